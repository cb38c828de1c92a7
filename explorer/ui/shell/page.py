"""The page script: page config and navigation. Runs at every rerun of every page."""

from pathlib import Path

import streamlit as st

from explorer.library.snapshot import arrays_or_none
from explorer.server import choice, session
from explorer.server.access import read_only
from explorer.ui import address
from explorer.ui.components import faults
from explorer.ui.draft.state import resume
from explorer.ui.library import job_panel
from explorer.ui.pages import draft, duplicates, explore, library, together
from explorer.ui.shell import replacement, switch
from explorer.ui.state import Pages, state

HERE = Path(__file__).parent
st.set_page_config(page_title="Explorer", page_icon=str(HERE / "icon.svg"), layout="wide")
st.html(HERE / "app.css")
pages = state(Pages)
pages.explore = st.Page(
    explore.draw, title="Explore", icon=":material/travel_explore:", url_path="explore", default=True
)
pages.library = st.Page(library.draw, title="Library", icon=":material/library_books:", url_path="library")
drafts = st.Page(draft.draw, title="Draft", icon=":material/edit_document:", url_path="draft")
shown = [pages.explore, pages.library, drafts]
if not read_only():  # on it papers are joined and split
    pages.duplicates = st.Page(duplicates.draw, title="Same paper?", icon=":material/join:", url_path="same")
    shown.append(pages.duplicates)
page = st.navigation(shown, position="top")
choice.ask(switch.wanted)
switch.follow(page.url_path, together=page is pages.explore)
with faults.shown(below=job_panel.draw_waiting):
    if page is pages.explore and choice.all_together():
        together.draw()
        session.warm()
        st.stop()
    if page is not pages.explore:
        switch.draw(together=False)
    with session.moment() as opened:
        if page is pages.explore and (opened is None or arrays_or_none(opened.snapshot) is None):
            st.switch_page(pages.library)  # without papers there is nothing to explore yet
        replacement.draw(session.file())
        if page is drafts or address.suggested():
            resume()
        page.run()
    session.warm()
