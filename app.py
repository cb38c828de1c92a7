"""The door for `streamlit run app.py`: pages, routes, local hosts only. Everything else is in explorer/ui."""

from streamlit.starlette import App

from explorer.server.routes import MIDDLEWARE, ROUTES
from explorer.ui import PAGES

app = App(PAGES, routes=ROUTES, middleware=MIDDLEWARE)
