"""A list to choose from, however long: the browser gets a page of it, and a field finds what is further down.

Knows widgets and texts. Always true: what is chosen is among the options; what a field is to find is looked for in all
of them, without case and accents.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from explorer.text import fold

PAGE = 500  # options that a list holds: of 100,000 a browser is busy for many seconds, with each click on the page


def choose(
    place: DeltaGenerator, label: str, options: Sequence[str], *, key: str, chosen: str = "", **settings: Any
) -> str | None:
    """A select box of `options` under `key`; of many only those that a field beside it finds. What is chosen."""
    shown = options if len(options) <= PAGE else _sought(place, label, options, key)
    if chosen and chosen not in shown:
        shown = [*shown, chosen]
    value: str | None = place.selectbox(label, shown, key=key, **settings)
    return value


def _sought(place: DeltaGenerator, label: str, options: Sequence[str], key: str) -> list[str]:
    """The first options that hold what the field says."""
    words = place.text_input(
        f"{label}: find", key=f"find-{key}", placeholder=f"one of {len(options):,}",
        help=f"The list below shows {PAGE} of {len(options):,} at most: those that hold what you type here.",
    )  # fmt: skip
    return first_of(options, str(words or ""))


def first_of(options: Sequence[str], words: str) -> list[str]:
    """The first page of those options that hold `words`, of all when there are none."""
    wanted = fold(words)
    return list(islice((option for option in options if not wanted or wanted in fold(option)), PAGE))
