"""The map of a library as one Streamlit element: rows to highlight go in, what was clicked or drawn comes back.

Holds the Python face of the scripts beside it (map.js imports the others) and of map.css. Knows rows (positions in the
arrays that the HTTP routes serve) and map coordinates, not papers or questions. Always true: the points travel over
HTTP once an edition, a rerun carries highlights only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from streamlit.components.v2 import component

from explorer.ui.components.delivery import entry, stamped
from explorer.ui.components.events import Point

Colour = Literal["topic", "year", "similarity", "trust", "venue", "collection"]

_element = component(
    "explorer_map",
    html='<div class="explorer-map"></div>',
    css=(resources.files(__package__) / "map.css").read_text(encoding="utf-8"),
    js=entry("map"),
)


@dataclass(frozen=True)
class Highlights:
    """What the map shows on top of its points; all rows count from 0 in the order of the points.

    `results` are the rows of the list, best first; `neighbours` are joined to the `selected` one by thin lines; `query`
    is the place of the star that stands for the query, and each row of `asking` has a star of its own. `ringed` are the
    papers that a filter leaves, where they are few; the view moves to them. `mask_url`,
    `marks_url` and `similarity_url` say where to fetch a uint8 for each paper: 1 for one that is drawn plainly and not
    faint; bit 1 for a liked one and bit 2 for one that is not drawn at all; 255 for the closest to the question, which
    the colour `similarity` needs, else topics are shown. For the colours `venue` and `collection`, `kinds_url` is a
    number for each paper, of one of the `kinds` counted from 1 or 0 for none; a click on a name in the key is an event.
    Each new `focus` moves the view to the results, if there are any. `title` stands under a picture that is taken away.
    """

    results: tuple[int, ...] = ()
    neighbours: tuple[int, ...] = ()
    selected: int | None = None
    query: Point | None = None
    asking: tuple[int, ...] = ()
    ringed: tuple[int, ...] = ()
    colour: Colour = "topic"
    mask_url: str | None = None
    marks_url: str | None = None
    similarity_url: str | None = None
    kinds_url: str | None = None
    kinds: tuple[str, ...] = ()
    focus: int = 0
    title: str = ""

    def among(self, placed: NDArray[np.bool_]) -> Highlights:
        """The highlights of rows that have a place on the map, (n,) bool; a paper without a vector has none."""
        results, neighbours, asking, ringed = (
            tuple(row for row in rows if placed[row])
            for rows in (self.results, self.neighbours, self.asking, self.ringed)
        )
        selected = self.selected if self.selected is not None and placed[self.selected] else None
        neighbours = neighbours if selected is not None else ()
        return replace(self, results=results, neighbours=neighbours, asking=asking, ringed=ringed, selected=selected)


def draw_map(*, key: str, edition: str, highlights: Highlights, on_event: Callable[[], None]) -> None:
    """Draw the map, or bring the one that is there up to date.

    `key` must stay the same over reruns, or the view is lost; `edition` is the cache key of the points in the addresses
    of the HTTP routes; `on_event` is called before the run that an event starts, and finds it under `key`.
    """
    _element(key=key, data=stamped(key, {"version": edition, **asdict(highlights)}), on_event_change=on_event)
