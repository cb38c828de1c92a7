"""The list beside the map as one Streamlit element: papers as cards, topics as chips, events back.

Holds the Python face of cards.js and cards.css. Knows papers and how near they are, not libraries or questions. Always
true: the browser gets plain text, never HTML; an event is reported in exactly one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources

from streamlit.components.v2 import component

from explorer.paper import Paper
from explorer.store import Kind, Marks, Record
from explorer.ui.components.cards.card import Entry, card
from explorer.ui.components.delivery import entry, stamped

_element = component(
    "explorer_cards",
    html='<div class="explorer-cards" data-testid="cards"></div>',
    css=(resources.files(__package__) / "cards.css").read_text(encoding="utf-8"),
    js=entry("cards"),
)


@dataclass(frozen=True)
class Captions:
    """The words around the papers; what is empty is not drawn.

    `back` and `more` are buttons, `subheading` stands between the selected paper and the results, `query` is what the
    results are explained by, `forget` the name of the saved search that is open.
    """

    heading: str
    note: str = ""
    back: str = ""
    subheading: str = ""
    more: str = ""
    query: str = ""
    forget: str = ""


@dataclass(frozen=True)
class TopicChip:
    """A topic to choose, with its number of papers."""

    label: str
    size: int


@dataclass(frozen=True)
class SearchChip:
    """A saved search to open, with the number of papers that are new in it."""

    name: str
    fresh: int


@dataclass(frozen=True)
class Pick:
    """A paper of the basket."""

    id: str
    title: str


@dataclass(frozen=True)
class Basket:
    """What is liked and unliked, a remark, and the number of the browser's last message that was carried out."""

    liked: tuple[Pick, ...] = ()
    unliked: tuple[Pick, ...] = ()
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class FacetChip:
    """A venue or a file to choose: a field of the filter, its value, and how many papers that leaves."""

    field: str
    value: str
    size: int


@dataclass(frozen=True)
class FilterChip:
    """A filter that is set: its name in the address, and what it says."""

    name: str
    words: str


@dataclass(frozen=True)
class Arrived:
    """An import that brought papers: when it began (UTC), how many, and the row from which on they and later are."""

    when: str
    papers: int
    row: int


@dataclass(frozen=True)
class Exports:
    """The path of the list as a file, but for the ending, and its number of papers."""

    path: str
    count: int


@dataclass(frozen=True)
class Cards:
    """What the list shows: perhaps one selected paper, results, and chips; `picks`: papers can go into the basket."""

    captions: Captions
    results: tuple[Entry, ...] = ()
    selected: Entry | None = None
    topics: tuple[TopicChip, ...] = ()
    saved: tuple[SearchChip, ...] = ()
    searches: int = 0  # that have no chip
    basket: Basket = Basket()
    picks: bool = True
    exports: Exports | None = None
    filters: tuple[FilterChip, ...] = ()
    facets: tuple[FacetChip, ...] = ()
    about: bool = False  # the list is a region: what it is about stands above it
    arrivals: tuple[Arrived, ...] = ()  # the latest first
    library: str = ""  # which of several the list is of, by whose name it is explained

    @property
    def papers(self) -> list[Paper]:
        """All papers in the list."""
        return [entry.paper for entry in (*self.results, *((self.selected,) if self.selected else ()))]


@dataclass(frozen=True)
class Notice:
    """What to say about the browser's message `number`, and whether it can be taken back."""

    number: int
    text: str
    undo: bool = False


@dataclass(frozen=True)
class MarkChip:
    """A collection or tag with its number of papers."""

    kind: Kind
    name: str
    size: int


@dataclass(frozen=True)
class MarkChoices:
    """The marks on offer, and what became of those that were set.

    `toggles` are the collections for liked, to read and hidden; `names` those of each kind, `shelf` those listed in the
    overview, `further` how many more there are; `gather` is how many papers "Add these to" means; `done` is the number
    of the last message carried out.
    """

    toggles: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shelf: tuple[MarkChip, ...] = ()
    shows_hidden: bool = False
    gather: int = 0
    done: int = 0
    notice: Notice | None = None
    further: int = 0


@dataclass(frozen=True)
class Shelf:
    """The user's marks as far as a list shows them; `marks` and `records` go by the paper's id.

    Only papers made of several records need those.
    """

    choices: MarkChoices = MarkChoices()
    marks: Mapping[str, Marks] = field(default_factory=dict)
    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)

    def card(self, entry: Entry) -> dict[str, object]:
        """What the browser draws a paper from."""
        return card(entry, self.marks.get(entry.paper.id, Marks()), self.records.get(entry.paper.id, ()))


def draw_cards(cards: Cards, shelf: Shelf, *, key: str, on_event: Callable[[], None]) -> None:
    """Draw the list; `on_event` is called before the run that an event starts, and finds it under `key`."""
    selected = cards.selected
    data = stamped(
        key,
        {
            "token": f"{cards.captions.heading}|{selected.row if selected else ''}",
            **asdict(cards.captions),
            **asdict(shelf.choices),
            "selected": shelf.card(selected) if selected else None,
            "results": [shelf.card(entry) for entry in cards.results],
            "topics": [asdict(chip) for chip in cards.topics],
            "saved": [asdict(chip) for chip in cards.saved],
            "searches": cards.searches,
            "basket": asdict(cards.basket),
            "picks": cards.picks,
            "facets": [asdict(chip) for chip in cards.facets],
            "filters": [asdict(chip) for chip in cards.filters],
            "about": cards.about,
            "library": cards.library,
            "arrivals": [asdict(each) for each in cards.arrivals],
            "exports": asdict(cards.exports) if cards.exports else None,
        },
    )
    _element(key=key, data=data, on_event_change=on_event)
