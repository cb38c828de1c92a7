"""The page script: page config and navigation. Runs at every rerun of every page."""

from pathlib import Path

import streamlit as st

from explorer.errors import ExplorerError
from explorer.server import routes
from explorer.ui import session
from explorer.ui.pages import draft, duplicates, explore, library

st.set_page_config(page_title="Explorer", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(session.STYLE)
session.keep_address()
pages = [
    st.Page(explore.draw, title="Explore", icon=":material/travel_explore:", url_path="explore", default=True),
    st.Page(library.draw, title="Library", icon=":material/library_books:", url_path="library"),
    st.Page(draft.draw, title="Draft", icon=":material/edit_document:", url_path="draft"),
    st.Page(duplicates.draw, title="Same paper?", icon=":material/join:", url_path="same"),
]
page = st.navigation(pages, position="top")
(
    st.session_state[session.EXPLORE_PAGE],
    st.session_state[session.LIBRARY_PAGE],
    _,
    st.session_state[session.SAME_PAGE],
) = pages
try:
    opened = routes.library()
    if page is pages[0] and (opened is None or not opened.version):
        st.switch_page(pages[1])  # without papers there is nothing to explore yet
    page.run()
except ExplorerError as error:
    st.error(session.plain(str(error)))
else:
    routes.warm()
