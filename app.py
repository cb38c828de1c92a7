"""The door for `streamlit run app.py`: pages, routes, local hosts only. Everything else is in explorer/ui.

Streamlit finds an app by parsing the script it runs for `app = App(…)`: so explorer/ui/shell/door.py, which
`explorer app` runs in an installed package, says the same again.
"""

from streamlit.starlette import App

from explorer.server.guard import middleware
from explorer.server.routes import routes
from explorer.ui import PAGES
from explorer.ui.shell.ahead import lifespan
from explorer.ui.shell.entrance import access

served = access()
app = App(PAGES, routes=routes(served.base_path), middleware=middleware(served), lifespan=lifespan)
