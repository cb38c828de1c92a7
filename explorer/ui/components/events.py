"""What the user did in a list or on the map, as one event.

Knows what the browser sends, not what follows from it. Always true: the browser is not trusted, so what is malformed
is no event; an event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

from explorer.store import HIDDEN, Kind

Point = tuple[float, float]

_NAME, _NOTE = 200, 20_000  # characters of a name and of a note that are taken
_PICKED = 50  # papers in a basket: they stand in the address, and nobody reads a list made of more
_CHANGES = 1000  # changes in one message: far more than a hand can make before the first is answered


class EventKind(StrEnum):
    """The kinds of events: those of a list, then those of the map."""

    OPEN = "open"
    CLOSE = "close"
    MORE = "more"
    TOPIC = "topic"
    UNFILTER = "unfilter"
    VENUE = "venue"
    SOURCE = "source"
    AUTHOR = "author"
    SINCE = "since"
    ASK = "ask"
    COLLECTION = "collection"
    TAG = "tag"
    SEARCH = "search"
    FORGET = "forget"
    MARK = "mark"
    BASKET = "basket"
    CLICK = "click"
    CLEAR = "clear"
    AREA = "area"


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
class MarkMessage:
    """The browser's message `number` about marks: changes, then perhaps a collection for all papers, or an undo."""

    number: int
    changes: tuple[Change, ...] = ()
    gather: str = ""
    undo: bool = False


@dataclass(frozen=True)
class BasketMessage:
    """The browser's message `number` about the basket: the ids of what is liked and unliked from now on."""

    number: int
    liked: tuple[str, ...]
    unliked: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """An event; its kind says which of the fields mean something.

    `paper` is an id, `name` that of a topic, filter, venue,
    author, file, collection, tag or saved search, `row` a paper's row on the map, `area`
    the corners of what was drawn there, in map coordinates. Whatever its kind, `unfilter`
    names the filters that the user took off and that the browser still sees set.
    """

    kind: EventKind
    paper: str = ""
    name: str = ""
    row: int | None = None
    area: tuple[Point, ...] = ()
    marks: MarkMessage | None = None
    basket: BasketMessage | None = None
    unfilter: tuple[str, ...] = ()


def read_event(state: Mapping[str, object]) -> Event | None:
    """The event in the raw state of an element; None when there is none, or one that cannot be."""
    message = state.get("event")
    if not isinstance(message, Mapping) or message.get("kind") not in list(EventKind):
        return None
    event = Event(
        EventKind(message["kind"]), paper=_text(message, "paper"), name=_text(message, "name"),
        row=_number(message, "row"), area=_area(message.get("polygon")), marks=_marks(message),
        basket=_basket(message), unfilter=_texts(message, "unfilter"),
    )  # fmt: skip
    needed = _NEEDS.get(event.kind)
    return event if needed is None or getattr(event, needed) not in ("", None, ()) else None


# The field that an event of a kind must have; the others need none.
_NEEDS = {
    EventKind.OPEN: "paper", EventKind.TOPIC: "name", EventKind.UNFILTER: "name", EventKind.VENUE: "name",
    EventKind.SOURCE: "name", EventKind.AUTHOR: "name", EventKind.ASK: "name", EventKind.COLLECTION: "name",
    EventKind.TAG: "name",
    EventKind.SEARCH: "name", EventKind.FORGET: "name", EventKind.MARK: "marks", EventKind.BASKET: "basket",
    EventKind.CLICK: "row", EventKind.AREA: "area",
}  # fmt: skip


def _marks(message: Mapping[str, object]) -> MarkMessage | None:
    number, changes = _number(message, "number"), message.get("changes")
    if not number:
        return None
    return MarkMessage(
        number, tuple(filter(None, map(_change, changes[:_CHANGES]))) if isinstance(changes, list) else (),
        _name(message, "gather"), message.get("undo") is True,
    )  # fmt: skip


def _change(change: object) -> Change | None:
    if not isinstance(change, Mapping) or not (paper := _text(change, "id")):
        return None
    kind, name, on = _text(change, "kind"), _name(change, "name"), change.get("on")
    if kind == "note":
        return Change(paper, None, _text(change, "text")[:_NOTE])
    if kind == Kind.SEEN:
        return Change(paper, Kind.SEEN, "")
    if kind in {Kind.COLLECTION, Kind.TAG} and name and isinstance(on, bool):
        return Change(paper, Kind(kind), name, on)
    return None


def _basket(message: Mapping[str, object]) -> BasketMessage | None:
    number, liked, unliked = _number(message, "number"), message.get("liked"), message.get("unliked")
    if number and _are_ids(liked) and _are_ids(unliked):
        return BasketMessage(number, tuple(liked[:_PICKED]), tuple(unliked[:_PICKED]))
    return None


def _are_ids(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(paper_id, str) and paper_id for paper_id in value)


def _area(corners: object) -> tuple[Point, ...]:
    if not isinstance(corners, list) or len(corners) < 3 or not all(map(_is_point, corners)):
        return ()
    return tuple((float(x), float(y)) for x, y in corners)


def _is_point(corner: object) -> bool:
    return isinstance(corner, list) and len(corner) == 2 and all(isinstance(value, int | float) for value in corner)


def _number(message: Mapping[str, object], name: str) -> int | None:
    """A whole number that is not negative; None for anything else."""
    value = message.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _texts(message: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = message.get(name)
    return tuple(text for text in value[:_PICKED] if isinstance(text, str)) if isinstance(value, list) else ()


def _name(message: Mapping[str, object], name: str) -> str:
    """A name on one line and not too long."""
    return " ".join(_text(message, name).split())[:_NAME]
