"""Venues and files with the number of papers that a filter by them leaves."""

import numpy as np

from conftest import paper
from explorer.filter import Filter
from explorer.library.facets import Facet, facets


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
