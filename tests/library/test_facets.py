"""Venues and files with the number of papers that a filter by them leaves."""

import numpy as np

from conftest import paper
from explorer.filter import Filter
from explorer.library.facets import Facet, collections, facets, venues
from explorer.store import HIDDEN


def test_a_facet_is_as_large_as_what_a_filter_by_it_leaves(toy):
    venues = ["ICRA", "ICRA", "icra", "ICRA Workshop", "Nature", ""]
    toy.add([paper(f"Paper {n} of voles", f"voles and item{n}", record=n, venue=venues[n % 6]) for n in range(24)])
    rows = np.arange(24)
    found = facets(toy.snapshot, rows)
    assert found == (Facet("venue", "ICRA", 16), Facet("venue", "ICRA Workshop", 4), Facet("venue", "Nature", 4))
    for facet in found:
        assert np.count_nonzero(toy.snapshot.mask(Filter(venue=facet.value))) == facet.size
    assert facets(toy.snapshot, np.flatnonzero(toy.snapshot.mask(Filter(venue="Nature")))) == ()


def test_files_are_counted_by_their_papers(toy, write):
    for name, papers in (("one.jsonl", 5), ("two.jsonl", 7)):
        records = [{"title": f"Paper {n} of {name}", "abstract": f"voles and {name}{n}"} for n in range(papers)]
        toy.add(write(*records, name=name))
    found = [facet for facet in facets(toy.snapshot, np.arange(12)) if facet.field == "source"]
    assert found == [Facet("source", "two.jsonl", 7), Facet("source", "one.jsonl", 5)]
    for facet in found:
        assert np.count_nonzero(toy.snapshot.mask(Filter(source=facet.value))) == facet.size


def test_rows_have_the_number_of_their_venue_the_most_common_first(toy):
    names = [f"Forum {letter}" for letter in "abcdefghijklmn" for _ in range(ord(letter) - 95)]
    toy.add([paper(f"Paper {n} of voles", f"voles and item{n}", record=n, venue=name) for n, name in enumerate(names)])
    kinds = venues(toy.snapshot)
    assert kinds.names == tuple(f"Forum {letter}" for letter in "nmlkjihgfedc")
    written = [each.venue for each in toy.snapshot.papers()]
    assert [kinds.names[code - 1] if code else "" for code in kinds.codes] == [
        name if name in kinds.names else "" for name in written
    ]


def test_a_paper_of_several_collections_has_the_number_of_the_smallest():
    members = {"All": np.arange(6), "Few": np.array([2, 3]), HIDDEN: np.array([5]), "Empty": np.zeros(0, np.int64)}
    kinds = collections(members, 8)
    assert kinds.names == ("All", "Few")
    assert kinds.codes.tolist() == [1, 1, 2, 2, 1, 1, 0, 0]
