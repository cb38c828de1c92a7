"""The draft of a tab: text and files, what was chosen, what the library says of it; and its way over a reload.

Knows the session and the tabs that the server remembers, no widgets but that unseen element which names the tab. Always
true: nothing of it is written to a disk; no second tab gets it; the latest draft of a tab is remembered.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import streamlit as st

from explorer.drafts.manuscript import Manuscript
from explorer.drafts.suggestions import PassageResult, Suggestions
from explorer.server import tabs
from explorer.ui import address
from explorer.ui.components.tab import draw_tab
from explorer.ui.state import state

AT_FIRST = 20  # papers suggested at first, and more by each click
_PAPER = 10_000  # bytes that a paper with its passage and sentences takes, about


@dataclass(frozen=True)
class Comparison:
    """What the library says of a draft; `of` tells of which draft, library and number of papers."""

    of: tuple[str, str, str, int]
    missing: Suggestions
    cited: tuple[PassageResult, ...] | None = None  # papers cited already, when they were wanted
    matched: bool = False  # whether the sentences that match are there, too: they take longest

    @property
    def digest(self) -> str:
        """Digest of the draft."""
        return self.of[0]


@dataclass
class DraftState:
    """The draft, what was read of it, and what the library says of it."""

    files: dict[str, bytes] = field(default_factory=dict)  # by name
    text: str = ""  # pasted
    uploads: int = 0  # how often the fields were emptied
    shown: int = AT_FIRST
    manuscript: tuple[str, Manuscript] | None = None  # with the digest of what it was read from
    comparison: Comparison | None = None
    weak: str = ""  # digest of the draft for which papers are wanted that are not close
    cited: bool = False  # papers that it cites already are wanted, too
    opened: str = ""  # id of the paper to open on the page Explore
    marked: tuple[str, ...] = ()  # ids of the papers to show there together
    tab: str = ""  # name of the tab it is remembered for

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about; 0 without a draft."""
        texts = [self.text, self.manuscript[1].text if self.manuscript else ""]
        missing = self.comparison.missing if self.comparison else None
        papers = len(missing.suggestions) + len(missing.references) if missing else 0
        return sum(map(sys.getsizeof, filter(None, texts))) + sum(map(len, self.files.values())) + _PAPER * papers


def resume() -> None:
    """Bring back what this tab worked on before a reload, or have it remembered; before the page is drawn."""
    tab, draft = draw_tab(), state(DraftState)
    if not tab:
        return
    before = tabs.get(tab)
    if draft.tab != tab and not draft.size and isinstance(before, DraftState):
        draft = st.session_state[DraftState.__name__] = before
    draft.tab = tab
    remember(draft)


def remember(draft: DraftState) -> None:
    """Have the draft of a tab remembered, or forgotten when it is empty."""
    if draft.tab and draft.size:
        tabs.put(draft.tab, draft, draft.size)
    elif draft.tab:
        tabs.drop(draft.tab)


def marked() -> tuple[str, ...]:
    """Ids of the papers of the draft to show on the page Explore; none where the address does not ask for them."""
    return state(DraftState).marked if address.suggested() else ()
