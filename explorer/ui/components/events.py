"""What the user did in a list or on the map, as one event.

Knows what the browser sends, not what follows from it. Always true: the browser is not trusted, so what is malformed
is no event; an event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

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

    `paper` is an id, `name` that of a topic, collection, tag or saved search, `row` a paper's row on the map, `area`
    the corners of what was drawn there, in map coordinates.
    """

    kind: EventKind
    paper: str = ""
    name: str = ""
    row: int = -1
    area: tuple[Point, ...] = ()
    marks: MarkMessage | None = None
    basket: BasketMessage | None = None


def read_event(state: Mapping[str, object]) -> Event | None:
    """The event in the raw state of an element; None when there is none, or one that cannot be."""
    message = state.get("event")
    if not isinstance(message, Mapping) or message.get("kind") not in list(EventKind):
        return None
    event = Event(
        EventKind(message["kind"]),
        paper=_text(message, "paper"),
        name=_text(message, "name"),
        row=_number(message, "row"),
        area=_area(message.get("polygon")),
        marks=_marks(message),
        basket=_basket(message),
    )
    return event if _NEEDED.get(event.kind, bool)(event) else None


# What an event of a kind must hold; others need nothing more.
_NEEDED: dict[EventKind, Callable[[Event], object]] = {
    EventKind.OPEN: lambda event: event.paper,
    **dict.fromkeys(
        (EventKind.TOPIC, EventKind.COLLECTION, EventKind.TAG, EventKind.SEARCH, EventKind.FORGET),
        lambda event: event.name,
    ),
    EventKind.MARK: lambda event: event.marks,
    EventKind.BASKET: lambda event: event.basket,
    EventKind.CLICK: lambda event: event.row >= 0,
    EventKind.AREA: lambda event: event.area,
}


def _marks(message: Mapping[str, object]) -> MarkMessage | None:
    number, changes = _number(message, "number"), message.get("changes")
    if number <= 0:
        return None
    return MarkMessage(
        number,
        tuple(filter(None, map(_change, changes[:_CHANGES]))) if isinstance(changes, list) else (),
        _name(_text(message, "gather")),
        message.get("undo") is True,
    )


def _change(change: object) -> Change | None:
    if not isinstance(change, Mapping):
        return None
    paper, kind, name = _text(change, "id"), _text(change, "kind"), _name(_text(change, "name"))
    if paper and kind == "note":
        return Change(paper, None, _text(change, "text")[:_NOTE])
    if paper and kind == Kind.SEEN:
        return Change(paper, Kind.SEEN, "")
    if paper and name and kind in {Kind.COLLECTION, Kind.TAG} and isinstance(change.get("on"), bool):
        return Change(paper, Kind(kind), name, change["on"])
    return None


def _basket(message: Mapping[str, object]) -> BasketMessage | None:
    number, liked, unliked = _number(message, "number"), _ids(message.get("liked")), _ids(message.get("unliked"))
    return None if number <= 0 or liked is None or unliked is None else BasketMessage(number, liked, unliked)


def _ids(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(paper_id, str) and paper_id for paper_id in value):
        return None
    return tuple(value[:_PICKED])


def _area(corners: object) -> tuple[Point, ...]:
    if not isinstance(corners, list) or len(corners) < 3 or not all(map(_is_point, corners)):
        return ()
    return tuple((float(x), float(y)) for x, y in corners)


def _is_point(corner: object) -> bool:
    return isinstance(corner, list) and len(corner) == 2 and all(isinstance(value, int | float) for value in corner)


def _number(message: Mapping[str, object], name: str) -> int:
    value = message.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _name(text: str) -> str:
    """A name on one line and not too long."""
    return " ".join(text.split())[:_NAME]
