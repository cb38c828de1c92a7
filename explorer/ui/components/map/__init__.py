"""The map of a library as one Streamlit element: mount it with the rows to highlight, read back what was clicked.

It holds the Python face of the scripts beside it (``map.js`` imports the others) and of ``map.css``. It refuses to
know what a paper, a search or a library is: it speaks of rows (positions in the arrays the HTTP routes serve) and of
map coordinates. Always true: the points travel over HTTP once per version, a rerun carries highlights only, and an
event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from streamlit.components.v2 import component

from explorer.server.routes import script_path

Colour = Literal["topic", "year", "similarity"]
Point = tuple[float, float]

# Inline JavaScript is sent again with every changed element, so this only fetches the real module, which the browser
# keeps for ever under its hash. Relative to the page, so that server.baseUrlPath needs no extra setting.
_LOADER = f"""
export default async function (component) {{
  const {{ mount }} = await import(new URL("{script_path("map")}", document.baseURI).href);
  return mount(component);
}}
"""

_element = component(
    "explorer_map",
    html='<div class="explorer-map"></div>',
    css=Path(__file__).with_name("map.css").read_text(encoding="utf-8"),
    js=_LOADER,
)


@dataclass(frozen=True)
class Highlights:
    """What the map shows on top of its points; all rows count from 0 in the order of the points.

    :param results: Rows of the result list, best first.
    :param neighbours: Rows joined to the selected paper by thin lines.
    :param selected: Row of the selected paper.
    :param query: Map coordinates of the star that stands for the query.
    :param asking: Rows of the papers that ask together, as liked ones do; each has a star.
    :param colour: What the colour of a point means; ``similarity`` needs ``similarity_url``, else topics are shown.
    :param mask_url: Where to fetch ``uint8[n]``, 1 for each paper that passes the filters; the others become faint.
    :param marks_url: Where to fetch ``uint8[n]``, bit 1 for each liked paper, bit 2 for each that is not drawn at all.
    :param similarity_url: Where to fetch ``uint8[n]``, 255 for the paper closest to the query.
    :param focus: A counter; each new value moves the view to the results, if there are any.
    """

    results: tuple[int, ...] = ()
    neighbours: tuple[int, ...] = ()
    selected: int | None = None
    query: Point | None = None
    asking: tuple[int, ...] = ()
    colour: Colour = "topic"
    mask_url: str | None = None
    marks_url: str | None = None
    similarity_url: str | None = None
    focus: int = 0


@dataclass(frozen=True)
class MapEvents:
    """What the user did on the map just before this run; everything is empty in a run with another cause.

    :param clicked: Row of the paper that was clicked.
    :param area: Corners, in map coordinates, of the area drawn with the box or the lasso.
    :param cleared: True when the user clicked empty space or pressed Escape.
    """

    clicked: int | None = None
    area: tuple[Point, ...] | None = None
    cleared: bool = False

    @classmethod
    def of(cls, state: Mapping[str, object]) -> MapEvents:
        """Read the events out of the element's raw state, for a callback that finds it in ``st.session_state``.

        The browser is not trusted: whatever is not a row or a polygon counts as no event.

        :param state: The mapping Streamlit keeps for the element.
        :return: The events; empty where nothing happened.
        """
        clicked, area = state.get("clicked"), state.get("area")
        row = clicked.get("row") if isinstance(clicked, Mapping) else None
        return cls(
            clicked=row if isinstance(row, int) and not isinstance(row, bool) and row >= 0 else None,
            area=_polygon(area.get("polygon")) if isinstance(area, Mapping) else None,
            cleared=isinstance(clicked, Mapping) and "row" in clicked and row is None,
        )


def draw_map(
    *,
    key: str,
    version: str,
    highlights: Highlights,
    on_click: Callable[[], None] | None = None,
    on_area: Callable[[], None] | None = None,
    force2d: bool = False,
) -> MapEvents:
    """Draw the map, or bring the map that is there up to date.

    :param key: Streamlit's key; keep it the same over reruns, or the view is lost.
    :param version: The cache key of the points, as used in the addresses of the HTTP routes.
    :param highlights: What to mark.
    :param on_click: Called before the run that a click (also one into empty space) starts.
    :param on_area: Called before the run that a finished box or lasso starts.
    :param force2d: Draw without WebGL, as on machines that lack it; for tests.
    :return: What the user did just before this run.
    """
    state = _element(
        key=key,
        data={"version": version, "force2d": force2d, **asdict(highlights)},
        on_clicked_change=on_click or _ignore,
        on_area_change=on_area or _ignore,
    )
    return MapEvents.of(state)


def _ignore() -> None:
    """Stand in for a missing callback: Streamlit reports only the triggers that have one."""


def _polygon(corners: object) -> tuple[Point, ...] | None:
    if not isinstance(corners, list) or len(corners) < 3:
        return None
    points = tuple((float(c[0]), float(c[1])) for c in corners if _is_point(c))
    return points if len(points) == len(corners) else None


def _is_point(corner: object) -> bool:
    return isinstance(corner, list) and len(corner) == 2 and all(isinstance(value, int | float) for value in corner)


__all__ = ["Colour", "Highlights", "MapEvents", "draw_map"]
