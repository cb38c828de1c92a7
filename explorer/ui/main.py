"""The page script: page config and navigation. Runs at every rerun of every page."""

from pathlib import Path

import streamlit as st

from explorer import api
from explorer.errors import ExplorerError
from explorer.ui import explore, library_page, state

st.set_page_config(page_title="Explorer", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(state.STYLE)
state.keep_address()
pages = [
    st.Page(explore.draw, title="Explore", icon=":material/travel_explore:", url_path="explore", default=True),
    st.Page(library_page.draw, title="Library", icon=":material/library_books:", url_path="library"),
]
page = st.navigation(pages, position="top")
st.session_state[state.LIBRARY_PAGE] = pages[1]
try:
    page.run()
except ExplorerError as error:
    st.error(state.plain(str(error)))
api.warm()
