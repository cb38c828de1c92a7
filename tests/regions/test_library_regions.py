"""Regions of a library, over Python, the command line and HTTP: what they are about, two of them side by side."""

import json

import numpy as np
import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.cli.main import main
from explorer.errors import LibraryError
from explorer.export.region_shapes import growth_words, of_portrait
from explorer.library import Library
from explorer.regions.growth import Growth
from explorer.search.parse import BadQuery
from explorer.store import Kind

_FILLING = ("measured", "compared", "described", "shown", "extended", "tested", "built", "varied")


def papers():
    for number in range(80):
        subject = "protein folding of enzymes" if number % 2 else "visual odometry of drones"
        yield paper(
            f"Paper {number} on {subject}",
            f"We study {subject}. It is {_FILLING[number % 8]} with care in series {number % 5}.",
            record=number + 1, key=f"k{number}", year=2010 + number % 8, authors=[f"Writer {number % 4}"],
            venue="Enzyme Letters" if number % 2 else "Robots",
        )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regions") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(papers())
    return folder


@pytest.fixture
def library(folder):
    with Library.open(folder, write=False) as library:
        yield library


def test_a_region_is_told_by_its_words_with_exact_shares(library):
    region = library.regions.named("venue:robots")
    portrait = library.regions.portrait(region)
    assert portrait.papers == 40
    assert portrait.library == 80
    words = {term.text: term for term in portrait.terms}
    assert any("odometry" in text for text in words)
    assert not any("enzyme" in text or "protein" in text for text in words)
    for term in words.values():
        assert (term.papers, term.share, term.others, term.share_of_others) == (40, 1.0, 0, 0.0)
    assert dict(portrait.authors) == {"Writer 0": 20, "Writer 2": 20}
    assert {each.year for each in portrait.newest} == {2016}
    assert sum(count for _, count, _ in portrait.growth.years) == 40


def test_two_regions_have_words_of_their_own(library):
    named = library.regions.named
    comparison = library.regions.comparison(named("venue:robots"), named("venue:enzyme"))
    assert (comparison.first, comparison.second, comparison.common) == (40, 40, 0)
    assert any("odometry" in term.text for term in comparison.terms_of_first)
    assert any("protein" in term.text for term in comparison.terms_of_second)
    assert comparison.contrasts[0].difference.clear


def test_alike_regions_have_none(library):
    named = library.regions.named
    comparison = library.regions.comparison(named("year:2010 OR year:2012"), named("year:2014 OR year:2016"))
    assert comparison.terms_of_first == comparison.terms_of_second == ()
    assert not any(each.difference.clear for each in comparison.contrasts)


@pytest.mark.parametrize("name", ['"visual odometry"', "title:odometry", "title:odom*", 'venue:robots AND "drones"'])
def test_words_of_a_condition_are_no_question(library, name):
    assert library.regions.named(name).sum() == 40


@pytest.mark.parametrize("name", ["", "   ", "no such topic", 'topic:"gone"', "robots year:2010", "year:1850"])
def test_what_names_no_papers_is_refused(library, name):
    with pytest.raises(LibraryError):
        library.regions.named(name)


def test_a_name_that_does_not_parse_shows_the_place(library):
    with pytest.raises(BadQuery):
        library.regions.named('topic:"open')


def test_a_region_beside_itself_is_refused(library):
    region = library.regions.named("venue:robots")
    with pytest.raises(LibraryError, match="nothing to compare"):
        library.regions.comparison(region, region)


def test_the_whole_library_has_no_others_to_be_told_from(library):
    portrait = library.regions.portrait(np.ones(80, bool))
    assert portrait.terms == ()
    assert portrait.neighbours == ()
    assert portrait.growth.rate is None


def test_hidden_papers_are_in_no_region(folder):
    with Library.open(folder) as library:
        name = library.snapshot.papers([0])[0].id
        library.marks.put(Kind.COLLECTION, "hidden", name)
        try:
            assert library.regions.named("venue:robots").sum() == 39
            assert library.regions.named("in:hidden").sum() == 1
        finally:
            library.marks.drop(Kind.COLLECTION, "hidden", name)


def test_the_commands_print_both(folder, capsys):
    assert main(["about", "venue:robots", "--library", str(folder), "--json"]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert shape["papers"] == 40
    assert main(["about", "venue:robots", "--library", str(folder)]) == 0
    assert "100% here,  0.0% elsewhere" in capsys.readouterr().out
    assert main(["compare", "venue:robots", "venue:enzyme", "--library", str(folder)]) == 0
    assert "corrected" in capsys.readouterr().out
    assert main(["compare", "venue:robots", "nothing", "--library", str(folder)]) == 2
    assert "no topic is called 'nothing'" in capsys.readouterr().err


def test_http_tells_the_same(folder, library, monkeypatch):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from explorer.server.published import publish_rows
    from explorer.server.routes import ROUTES

    monkeypatch.setenv("EXPLORER_LIBRARY", str(folder))
    client = TestClient(Starlette(routes=ROUTES))
    region = library.regions.named("venue:robots")
    path = publish_rows(library.snapshot.edition, np.flatnonzero(region))
    answer = client.get("/" + path.replace("/papers/", "/about/"))
    assert answer.json() == json.loads(json.dumps(of_portrait(library.regions.portrait(region))))
    compare = "/" + path.replace("/papers/", "/compare/")
    assert client.get(compare, params={"with": "venue:enzyme"}).json()["second"] == 40
    assert "no topic is called" in client.get(compare, params={"with": "nothing"}).json()["failed"]
    assert "failed" in client.get(compare, params={"with": 'topic:"open'}).json()
    api = "/explorer/api"
    assert client.get(f"{api}/about", params={"name": "venue:robots"}).json()["papers"] == 40
    assert client.get(f"{api}/compare", params={"a": "venue:robots", "b": "venue:enzyme"}).json()["first"] == 40
    assert client.get(f"{api}/compare", params={"a": "venue:robots", "b": "nothing"}).status_code == 404
    assert client.get(f"{api}/about", params={"name": 'topic:"open'}).status_code == 400
    assert client.get(f"{api}/about").status_code == 404
    assert client.get("/" + path.rpartition("/")[0].replace("/papers", "/about") + "/ffff").status_code == 404


def test_a_trend_is_said_with_its_interval_or_not_at_all():
    assert growth_words(Growth(())) == ""
    assert growth_words(Growth((), 0.12, 0.09, 0.15)) == (
        "Its share of the library grows by 12 % a year (95 % interval: +9 % to +15 %)."
    )
    assert "shrinks by 6 %" in growth_words(Growth((), -0.06, -0.09, -0.02))
    assert growth_words(Growth((), 0.01, -0.02, 0.04)).startswith("No clear trend")
