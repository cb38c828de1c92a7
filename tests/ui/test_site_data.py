"""A page without a server gives cards and map all that Python gives them: what one gains, the other must have."""

import re
from dataclasses import fields

from conftest import ROOT
from explorer.ui.components import cards
from explorer.ui.components.cards import Captions, Cards, Shelf, draw_cards
from explorer.ui.components.map import Highlights

PAGE = (ROOT / "explorer" / "export" / "site" / "page" / "page.js").read_text(encoding="utf-8")


def test_the_page_gives_the_cards_every_value_that_python_gives(monkeypatch):
    sent = {}
    monkeypatch.setattr(cards, "_element", lambda data, **_: sent.update(data[0]))
    draw_cards(Cards(Captions("all")), Shelf(), key="cards", on_event=lambda: None)
    assert "filters" in sent
    del sent["made"]  # the page draws everything in order
    assert {name for name in sent if not re.search(rf"\b{name}\b[:,]", PAGE)} == set()


def test_the_page_gives_the_map_every_value_that_python_gives():
    names = {field.name for field in fields(Highlights)} | {"version"}
    assert {name for name in names if not re.search(rf"\b{name}\b[:,]", PAGE)} == set()
