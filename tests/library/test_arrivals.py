"""What came when: the imports that brought papers, and the filter for what is new."""

import time

from explorer.filter import All, Field, Filter
from explorer.library.arrivals import arrivals
from explorer.store import HIDDEN, Kind
from support.papers import record


def test_imports_are_told_apart_by_what_they_brought_and_hidden_papers_do_not_count(toy, write):
    toy.add(write(*(record(n) for n in range(5)), name="first.jsonl"))
    time.sleep(1.1)  # imports are told apart by the second
    toy.add(write(record(2), *(record(n) for n in range(10, 13)), name="second.jsonl"))
    late, early = arrivals(toy.snapshot)
    assert (late.papers, late.row, early.papers, early.row) == (3, 5, 5, 0)
    assert late.when > early.when

    since = Filter(where=All((Field("since", late.when),)))
    assert toy.snapshot.mask(since).tolist() == [False] * 5 + [True] * 3
    assert Filter.of_json(since.as_json()) == since
    assert toy.snapshot.mask(Filter(where=All((Field("since", early.when[:4]),)))).all()
    assert not toy.snapshot.mask(Filter(where=All((Field("since", "2999"),)))).any()

    toy.marks.put(Kind.COLLECTION, HIDDEN, toy.snapshot.papers([5])[0].id)
    late, _ = arrivals(toy.snapshot)
    assert (late.papers, late.row) == (2, 6)

    toy.records.undo()
    assert [each.papers for each in arrivals(toy.snapshot)] == [5]
