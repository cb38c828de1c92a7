"""What a session remembers: the names of all keys, and how choices become a filter.

Knows session keys and the address, not libraries. Always true: query, basket, filters, colour and selected paper
live in the address (filters and colour by bound widgets, the others by hand), so a reload brings them back; the map
keeps its own view there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from explorer.search.parse import BadQuery, filters_alone
from explorer.store import Filter

# In the address under these names: the filters and the colour by binding their widgets; the question by hand, so that
# each one becomes a step of the browser's history.
QUERY, COLOUR = "q", "colour"
FROM, TO, AUTHOR, VENUE, TOPIC, SOURCE = "from", "to", "author", "venue", "topic", "source"
COLLECTION, TAG = "collection", "tag"
ORDER = "order"  # in the address, too
FILTERS = (FROM, TO, AUTHOR, VENUE, TOPIC, SOURCE, COLLECTION, TAG)
_NAMES = ("author", "venue", "topic", "source", "collection", "tag")  # of a Filter, in the order of FILTERS
PAPER = "paper"  # in st.query_params, set by clicks
LIKE, UNLIKE = "like", "unlike"  # the basket: ids in st.query_params
# Only in the session.
AREA, FOCUS, SHOWN, MAP, CARDS, LIBRARY_PAGE = "area", "focus", "shown", "map", "cards", "library_page"
WITHHELD, WEAK = "withheld", "weak"  # the question whose weak results are not shown, or are wanted all the same
# Of marks: number of the browser's last message that was carried out, what to say of it, the rows that "Add these to"
# means, and what its "Undo" takes back.
BASKET = "basket_done"  # number of the browser's last message about the basket
DONE, TOLD, GATHER, UNDO = "marks_done", "marks_told", "marks_gather", "marks_undo"
# Of saved searches: the name being typed, what is wrong with it, and the one that was opened, with what was new in it.
SAVE_NAME, SAVE_WRONG, OPENED = "save_name", "save_wrong", "saved_opened"
# Of the page Library: the files that lie ready, how many times the uploader was emptied, the path that is typed, what
# is wrong with it, the file looked into, whether to follow the file, the import shown, the page of its problems.
DRAFT, UPLOADS, PATH, PATH_WRONG, LOOKED = "draft", "uploads", "path", "path_wrong", "looked_into"
SYNC, IMPORT, PROBLEMS = "sync", "import", "problems"
# Of the page Same paper?: merged or to review, words of a title, the page of the list, what it shows.
SAME_VIEW, SAME_TITLE, SAME_LIST, SAME_SHOWN = "same_view", "same_title", "same_list", "same_shown"
# Of the page Draft: its files by name, how many times the uploader was emptied, the pasted text, what was read of it,
# what was found for it, how many papers to show, whether to show cited ones, the list, the paper to open on Explore.
DRAFT_FILES, DRAFT_UPLOADS, DRAFT_TEXT, MANUSCRIPT = "draft_files", "draft_uploads", "draft_text", "manuscript"
DRAFT_FOUND, DRAFT_SHOWN, DRAFT_CITED = "draft_found", "draft_shown", "draft_cited"
DRAFT_WEAK = "draft_weak"  # whether to show papers that are not close
DRAFT_CARDS, DRAFT_OPENED = "draft_cards", "draft_opened"
EXPLORE_PAGE, SAME_PAGE = "explore_page", "same_page"

PAGE = 10  # results at first, and more by each click

STYLE = """<style>
.stMainBlockContainer { padding-top: 4.4rem; padding-bottom: 1rem; max-width: 1900px; }
.st-key-topline { row-gap: 0.5rem; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 0.8rem; padding-right: 0.8rem; }
  .stColumn:has(.st-key-mapside) { order: -1; }
  .st-key-topline > :has(.st-key-savebox) { order: 1; } /* the search box keeps its width */
}
</style>"""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def keep_address() -> None:
    """Give the session its starting values."""
    st.session_state.setdefault(FOCUS, 0)
    st.session_state.setdefault(SHOWN, PAGE)
    st.session_state.setdefault(AREA, None)


def plain(text: str) -> str:
    """`text` for a Streamlit call that reads Markdown, so that it shows as it is: all punctuation escaped."""
    return _PUNCTUATION.sub(r"\\\1", text)


def question() -> str:
    """What stands in the search box, without blanks around it."""
    return str(st.session_state.get(QUERY) or "").strip()


def selected() -> str:
    """Id of the selected paper, from the address; empty when there is none."""
    return str(st.query_params.get(PAPER, ""))


def select(paper_id: str) -> None:
    """Select a paper, or none."""
    st.session_state[SHOWN] = PAGE
    if paper_id:
        st.query_params[PAPER] = paper_id
    elif PAPER in st.query_params:
        del st.query_params[PAPER]


def show_more() -> None:
    """Show more results, or those that were withheld because nothing is close."""
    if withheld := st.session_state.get(WITHHELD):
        st.session_state[WEAK] = withheld
    else:
        st.session_state[SHOWN] += 2 * PAGE


def basket() -> tuple[list[str], list[str]]:
    """Ids of the liked and of the unliked papers, from the address."""
    liked, unliked = (list(dict.fromkeys(st.query_params.get_all(name))) for name in (LIKE, UNLIKE))
    return liked, [name for name in unliked if name not in liked]


def pick(liked: Sequence[str], unliked: Sequence[str]) -> None:
    """Put these papers, and only these, into the basket, and let go of the selected one; one step of the history."""
    st.session_state[SHOWN] = PAGE
    st.session_state[FOCUS] += 1
    st.query_params.update({LIKE: list(liked), UNLIKE: list(unliked), PAPER: []})


def quoted(text: str, most: int = 120) -> str:
    """`text` in quotes for a heading, cut after a word."""
    return f"“{text}”" if len(text) <= most else f"“{text[:most].rsplit(' ', 1)[0]} …”"


def ask_anew() -> None:
    """A new query: let go of the selected paper and the area, and show the results on the map.

    What is only a filter (author:Brown) goes where filters are.
    """
    with suppress(BadQuery):
        if found := filters_alone(question()):
            chosen = (*found.year, *(getattr(found, name) for name in _NAMES))
            for name, value in zip(FILTERS, chosen, strict=True):
                if value:
                    st.session_state[name] = value
            st.session_state[QUERY] = ""
    st.session_state[AREA] = None
    st.session_state[FOCUS] += 1
    select("")
    if question():
        st.query_params[QUERY] = question()
    elif QUERY in st.query_params:
        del st.query_params[QUERY]


def follow_address() -> None:
    """Put the question of the address into the search box: after a reload, a link, or the browser's Back."""
    asked = str(st.query_params.get(QUERY, ""))
    if question() != asked:
        st.session_state[QUERY] = asked


def within() -> Filter:
    """The filter that is set."""
    chosen = st.session_state
    return Filter(
        (chosen.get(FROM), chosen.get(TO)),
        *(str(chosen.get(name) or "").strip() for name in (AUTHOR, VENUE, TOPIC, SOURCE, COLLECTION, TAG)),
    )


def set_within(within: Filter) -> None:
    """Set the filter; to be called before the widgets are drawn, in a callback."""
    values = (*within.year, within.author, within.venue, within.topic, within.source, within.collection, within.tag)
    for name, value in zip(FILTERS, values, strict=True):
        st.session_state[name] = value if name == AUTHOR else value or None


def ask(text: str) -> None:
    """Put a question into the search box and ask it; in a callback."""
    st.session_state[QUERY] = text
    ask_anew()


def count_filters() -> int:
    """How many filters are set; also right in a session's first run, before the widgets have read the address."""
    chosen, address = st.session_state, st.query_params
    return sum(bool(chosen[name] if name in chosen else address.get(name)) for name in FILTERS)


def clear_filters() -> None:
    """Set every filter to nothing."""
    for name in FILTERS:
        st.session_state[name] = "" if name == AUTHOR else None
