"""The same door as app.py of the repository, for an installed package; `explorer app` starts it.

Streamlit finds an app by parsing the script it runs for `app = App(…)`: so this is written out here and there.
"""

from streamlit.starlette import App

from explorer.server.guard import middleware
from explorer.server.routes import routes
from explorer.ui import PAGES
from explorer.ui.shell.ahead import lifespan
from explorer.ui.shell.entrance import access

served = access()
app = App(PAGES, routes=routes(served.base_path), middleware=middleware(served), lifespan=lifespan)
