"""The list beside the map as one Streamlit element: papers as cards, topics as chips, events back.

Holds the Python face of cards.js and cards.css. Knows papers and results, not libraries or queries. Always true: the
browser gets plain text, never HTML; an event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import resources
from typing import TypeGuard

from streamlit.components.v2 import component

from explorer.export import bibtex
from explorer.export.shapes import floor_percent
from explorer.library.report import Collection
from explorer.paper import Paper, author_name
from explorer.search.answer import Answer
from explorer.search.certainty import LEVELS, Certainty
from explorer.search.ranking import Result
from explorer.server.routes import script_path
from explorer.store import HIDDEN, Kind, Marks, Record
from explorer.text import readable

_NAME, _NOTE = 200, 20_000  # characters of a collection's or tag's name, and of a note, that are taken
_PICKED = 50  # papers in a basket: they stand in the address, and nobody reads a list made of more
_CHANGES = 1000  # changes in one message: far more than a hand can make before the first is answered

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
class Beside:
    """The passage of a draft that a result is shown for: its number from 1, heading and text.

    `ours` and `theirs` are the sentences of draft and paper that match, `note` a remark; all may be empty.
    """

    number: int
    heading: str
    text: str
    ours: str = ""
    theirs: str = ""
    note: str = ""


@dataclass(frozen=True)
class Basket:
    """What is liked and unliked, as (id, title), a remark, and the number of the last message carried out."""

    liked: tuple[tuple[str, str], ...] = ()
    unliked: tuple[tuple[str, str], ...] = ()
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Cards:
    """What the list shows: a heading, perhaps one selected paper, and results or topics."""

    heading: str
    note: str = ""
    back: str = ""
    selected: tuple[Paper, int] | None = None  # the paper and its row
    subheading: str = ""
    results: tuple[Result, ...] = ()
    answer: Answer | None = None  # what the results are part of: how near each is, and its near-copies
    of_paper: bool = False  # whether the results are those of a paper, not of a question
    calibrated: bool = True  # whether the results have a similarity at all; papers of an area have none
    more: str = ""
    topics: tuple[tuple[str, int], ...] = ()
    asked: str = ""  # the question that the results answer, to explain them by; not needed beside a selected paper
    saved: tuple[tuple[str, int], ...] = ()  # names of saved searches, with how many papers are new in each
    fresh: frozenset[str] = frozenset()  # ids of the papers that are new in the saved search that is open
    forget: str = ""  # name of the saved search that is open
    beside: Mapping[str, Beside] = field(default_factory=dict)  # by the id of a result's paper
    basket: Basket = Basket()
    picks: bool = True  # whether papers can be put into the basket from here


@dataclass(frozen=True)
class Told:
    """What to say about the browser's message `number`, and whether it can be taken back."""

    number: int
    text: str
    undo: bool = False


@dataclass(frozen=True)
class Shelf:
    """The user's marks, as far as the cards show them.

    `marks` and `records` go by the paper's id, records only of papers made of several; `toggles` are the collections
    for liked, to read and hidden; `gather` is how many papers "Add these to" means; `sizes` are listed in the overview;
    `done` is the number of the last message carried out.
    """

    marks: Mapping[str, Marks] = field(default_factory=dict)
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    toggles: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sizes: tuple[Collection, ...] = ()
    shows_hidden: bool = False
    gather: int = 0
    done: int = 0
    told: Told | None = None


@dataclass(frozen=True)
class Change:
    """A mark set (`on`) or taken away; with kind None, the note."""

    paper: str
    kind: Kind | None
    text: str
    on: bool = True

    @property
    def hides(self) -> bool:
        """Whether it takes the paper out of sight."""
        return self.on and self.kind is Kind.COLLECTION and self.text == HIDDEN


@dataclass(frozen=True)
class Picked:
    """The ids of what is liked and unliked from now on; `number` is that of the browser's message."""

    number: int
    liked: tuple[str, ...]
    unliked: tuple[str, ...]


@dataclass(frozen=True)
class CardEvents:
    """What the user did in the list just before this run; `number` is that of a message about marks."""

    opened: str = ""
    closed: bool = False
    topic: str = ""
    more: bool = False
    collection: str = ""
    tag: str = ""
    search: str = ""
    forget: str = ""
    number: int = 0
    changes: tuple[Change, ...] = ()
    gather: str = ""
    undo: bool = False
    picked: Picked | None = None

    @classmethod
    def of(cls, state: Mapping[str, object]) -> CardEvents:
        """Events out of the element's raw state; whatever is malformed counts as no event."""
        mark = state.get("mark")
        number = mark.get("number") if isinstance(mark, Mapping) else 0
        changes = mark.get("changes") if isinstance(mark, Mapping) else ()
        return cls(
            opened=_string(state.get("open"), "id"),
            closed=isinstance(state.get("close"), Mapping),
            topic=_string(state.get("topic"), "label"),
            more=isinstance(state.get("more"), Mapping),
            collection=_string(state.get("shelf"), "collection"),
            tag=_string(state.get("shelf"), "tag"),
            search=_string(state.get("search"), "name"),
            forget=_string(state.get("search"), "forget"),
            number=number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else 0,
            changes=tuple(filter(None, map(_change, changes[:_CHANGES]))) if isinstance(changes, list) else (),
            gather=" ".join(_string(mark, "gather").split())[:_NAME],
            undo=isinstance(mark, Mapping) and mark.get("undo") is True,
            picked=_picked(state.get("basket")),
        )


_BEGINS = 140  # characters of a passage shown before it is unfolded: a line and a half


def draw_cards(cards: Cards, shelf: Shelf, *, key: str, on_event: Callable[[], None]) -> None:
    """Draw the list; `on_event` is called before the run that an event starts, and finds it under `key`."""
    told = shelf.told
    _element(
        key=key,
        data={
            "token": f"{cards.heading}|{cards.selected[1] if cards.selected else ''}",
            "heading": cards.heading,
            "note": cards.note,
            "back": cards.back,
            "selected": _card(*cards.selected, shelf) if cards.selected else None,
            "subheading": cards.subheading,
            "results": [
                {
                    **_card(result.paper, result.row, shelf, result if cards.calibrated else None),
                    **_standing(result, cards.answer, cards.of_paper),
                    **_beside(cards.beside.get(result.paper.id)),
                    "fresh": result.paper.id in cards.fresh,
                }
                for result in cards.results
            ],
            "more": cards.more,
            "asked": cards.asked,
            "topics": [{"label": label, "size": size} for label, size in cards.topics],
            "saved": [{"name": name, "fresh": fresh} for name, fresh in cards.saved],
            "forget": cards.forget,
            "toggles": list(shelf.toggles),
            "names": {Kind.COLLECTION.value: list(shelf.collections), Kind.TAG.value: list(shelf.tags)},
            "shelf": [{"kind": one.kind.value, "name": one.name, "size": one.papers} for one in shelf.sizes],
            "shows_hidden": shelf.shows_hidden,
            "gather": shelf.gather,
            "done": shelf.done,
            "picks": cards.picks,
            "basket": {
                "number": cards.basket.number,
                "note": cards.basket.note,
                "liked": [{"id": name, "title": title} for name, title in cards.basket.liked],
                "unliked": [{"id": name, "title": title} for name, title in cards.basket.unliked],
            },
            "told": {"number": told.number, "text": told.text, "undo": told.undo} if told else None,
        },
        on_open_change=on_event,
        on_close_change=on_event,
        on_topic_change=on_event,
        on_more_change=on_event,
        on_shelf_change=on_event,
        on_search_change=on_event,
        on_mark_change=on_event,
        on_basket_change=on_event,
    )


def _card(paper: Paper, row: int, shelf: Shelf, result: Result | None = None) -> dict[str, object]:
    marks, records = shelf.marks.get(paper.id, Marks()), shelf.records.get(paper.id, ())
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
        "bibtex": bibtex.entry(replace(paper, abstract="", keywords=())),
        "similarity": result.similarity if result else None,
        "sources": "From " + ", ".join(dict.fromkeys(f"{s.file} (record {s.record})" for s in paper.sources)),
        "collections": list(marks.collections),
        "tags": list(marks.tags),
        "folders": list(marks.folders),
        "keywords": [readable(word) for word in paper.keywords],
        "note": marks.note,
        "seen": marks.seen,
        "made_of": _made_of(records),
        "records": [_record(record) for record in records] if len(records) > 1 else [],
    }


def _standing(result: Result, answer: Answer | None, of_paper: bool) -> dict[str, object]:
    """How near a result is, in a few words and in a sentence, and how many near-copies it stands for."""
    why = (
        "Cosine similarity, and how it ranks among random pairs of papers of this library. The order counts words and "
        "the papers around it as well"
    )
    told: dict[str, object] = {"rank": f"closer than {floor_percent(result.percentile)} of pairs", "why": why}
    if answer is None:
        return told
    told["words"] = result.row in answer.holding
    if of_paper:
        told["why"] = f"{why}. Nearest neighbours usually have {answer.scale.usual:.2f}"
    else:  # a question is shorter than an abstract and less similar to all: its rank among pairs would say little
        chance, close = answer.scale.bounds
        level = answer.levels[result.row]
        told["rank"] = LEVELS[level]
        if level is Certainty.CLOSE and result.similarity < close:
            told["rank"] = "close by its words"
        told["why"] = (
            f"Cosine similarity with the question. Nearest neighbours usually have {answer.scale.usual:.2f} here; from "
            f"{close:.2f} on, or when it holds the words, a paper counts as close; up to {chance:.2f} is chance. The "
            "order counts words and the papers around it as well"
        )
    copies = len(answer.copies[result.row])
    return told | {"copies": f"and {copies} near-cop{'y' if copies == 1 else 'ies'}" if copies else ""}


def _beside(found: Beside | None) -> dict[str, object]:
    if found is None:
        return {}
    begins = found.text if len(found.text) <= _BEGINS else found.text[:_BEGINS].rsplit(" ", 1)[0] + " …"
    return {"beside": {**asdict(found), "begins": begins}}


def _made_of(records: Sequence[Record]) -> str:
    """How many records and versions a paper was made of, in words; empty when it is one record."""
    versions = 1 + sum(record.version for record in records)
    if versions > 1 and versions == len(records):
        return f"{versions} versions"
    return f"{len(records)} records" + (f", {versions} versions" if versions > 1 else "") if len(records) > 1 else ""


def _record(record: Record) -> dict[str, object]:
    paper, source = record.paper, record.source
    return {
        "facts": " · ".join(str(fact) for fact in (paper.year, readable(paper.venue)) if fact) or "no year, no venue",
        "title": paper.heading,
        "links": paper.links,
        "source": f"{source.file} (record {source.record})",
        "reason": record.reason or "the first that was read",
    }


def _change(given: object) -> Change | None:
    paper, name, kind = _string(given, "id"), _string(given, "name"), _string(given, "kind")
    if not isinstance(given, Mapping) or not paper:
        return None
    if kind == "note":
        return Change(paper, None, _string(given, "text")[:_NOTE])
    if kind == Kind.SEEN.value:
        return Change(paper, Kind.SEEN, "")
    if kind not in {Kind.COLLECTION.value, Kind.TAG.value} or not name.strip() or not isinstance(given.get("on"), bool):
        return None
    return Change(paper, Kind(kind), " ".join(name.split())[:_NAME], given["on"] is True)


def _picked(given: object) -> Picked | None:
    if not isinstance(given, Mapping):
        return None
    number, liked, unliked = (given.get(name) for name in ("number", "liked", "unliked"))
    if not isinstance(number, int) or isinstance(number, bool) or not (_are_ids(liked) and _are_ids(unliked)):
        return None
    return Picked(number, tuple(liked[:_PICKED]), tuple(unliked[:_PICKED]))


def _are_ids(given: object) -> TypeGuard[list[str]]:
    return isinstance(given, list) and all(isinstance(one, str) and one for one in given)


def _string(event: object, name: str) -> str:
    value = event.get(name) if isinstance(event, Mapping) else None
    return value if isinstance(value, str) else ""
