"""The list beside the map as one Streamlit element: papers as cards, topics as chips, events back.

Holds the Python face of cards.js and cards.css. Knows papers and results, not libraries or queries. Always true: the
browser gets plain text, never HTML; an event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

from streamlit.components.v2 import component

from explorer.api import script_path
from explorer.export import bibtex, fields, floor_percent
from explorer.paper import Paper, author_name
from explorer.search import Result
from explorer.text import readable

_element = component(
    "explorer_cards",
    html='<div class="explorer-cards" data-testid="cards"></div>',
    css=(resources.files(__package__) / "cards.css").read_text(encoding="utf-8"),
    js=f"""
export default async function (component) {{
  const url = new URL("{script_path("cards")}", document.baseURI);
  return (await import(url.href)).mount(component);
}}
""",
)


@dataclass(frozen=True)
class Cards:
    """What the list shows: a heading, perhaps one selected paper, and results or topics."""

    heading: str
    note: str = ""
    back: str = ""
    selected: tuple[Paper, int] | None = None  # the paper and its row
    subheading: str = ""
    results: tuple[Result, ...] = ()
    calibrated: bool = True  # whether the results have a similarity at all; papers of an area have none
    more: str = ""
    topics: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class CardEvents:
    """What the user did in the list just before this run."""

    opened: str = ""
    closed: bool = False
    topic: str = ""
    more: bool = False

    @classmethod
    def of(cls, state: Mapping[str, object]) -> CardEvents:
        """Events out of the element's raw state; whatever is malformed counts as no event."""
        return cls(
            opened=_string(state.get("open"), "id"),
            closed=isinstance(state.get("close"), Mapping),
            topic=_string(state.get("topic"), "label"),
            more=isinstance(state.get("more"), Mapping),
        )


def draw_cards(cards: Cards, *, key: str, on_event: Callable[[], None]) -> None:
    """Draw the list; `on_event` is called before the run that an event starts, and finds it under `key`."""
    _element(
        key=key,
        data={
            "token": f"{cards.heading}|{cards.selected[1] if cards.selected else ''}",
            "heading": cards.heading,
            "note": cards.note,
            "back": cards.back,
            "selected": _card(*cards.selected) if cards.selected else None,
            "subheading": cards.subheading,
            "results": [
                _card(result.paper, result.row, result if cards.calibrated else None) for result in cards.results
            ],
            "more": cards.more,
            "topics": [{"label": label, "size": size} for label, size in cards.topics],
        },
        on_open_change=on_event,
        on_close_change=on_event,
        on_topic_change=on_event,
        on_more_change=on_event,
    )


def _card(paper: Paper, row: int, result: Result | None = None) -> dict[str, object]:
    return {
        "id": paper.id,
        "row": row,
        "title": paper.heading,
        "has_title": paper.has_title,
        "authors": [readable(author_name(author)) for author in paper.authors],
        "year": paper.year,
        "venue": readable(paper.venue),
        "abstract": readable(paper.abstract),
        "links": paper.links,
        "bibtex": bibtex({**fields(paper), "abstract": "", "keywords": ()}),
        "similarity": result.similarity if result else None,
        "percentile": floor_percent(result.percentile) if result else "",
        "sources": "From " + ", ".join(dict.fromkeys(f"{s.file} (record {s.record})" for s in paper.sources)),
    }


def _string(event: object, name: str) -> str:
    value = event.get(name) if isinstance(event, Mapping) else None
    return value if isinstance(value, str) else ""
