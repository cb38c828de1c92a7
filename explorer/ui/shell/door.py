"""The same door as app.py of the repository, for an installed package; `explorer app` starts it.

Streamlit finds an app by parsing the script it runs for `app = App(…)`: so this is written out here and there.
"""

from streamlit.starlette import App

from explorer.server.guard import MIDDLEWARE
from explorer.server.routes import ROUTES
from explorer.ui import PAGES
from explorer.ui.shell.ahead import lifespan

app = App(PAGES, routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
