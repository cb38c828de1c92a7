"""The page script: page config and navigation. Runs at every rerun of every page."""

from pathlib import Path

import streamlit as st

from explorer import api
from explorer.errors import ExplorerError
from explorer.ui import draft_page, explore, library_page, same_page, state

st.set_page_config(page_title="Explorer", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(state.STYLE)
state.keep_address()
pages = [
    st.Page(explore.draw, title="Explore", icon=":material/travel_explore:", url_path="explore", default=True),
    st.Page(library_page.draw, title="Library", icon=":material/library_books:", url_path="library"),
    st.Page(draft_page.draw, title="Draft", icon=":material/edit_document:", url_path="draft"),
    st.Page(same_page.draw, title="Same paper?", icon=":material/join:", url_path="same"),
]
page = st.navigation(pages, position="top")
st.session_state[state.EXPLORE_PAGE], st.session_state[state.LIBRARY_PAGE], _, st.session_state[state.SAME_PAGE] = pages
try:
    opened = api.library()
    if page is pages[0] and (opened is None or not opened.version):
        st.switch_page(pages[1])  # without papers there is nothing to explore yet
    page.run()
except ExplorerError as error:
    st.error(state.plain(str(error)))
else:
    api.warm()
