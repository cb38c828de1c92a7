"""Whoever writes to a library reads its snapshot once for a question, and again after each change of its own."""

import threading
import time

from conftest import paper
from explorer.index import disk
from explorer.search.question import Question


def test_a_question_looks_for_the_snapshot_once_though_the_library_may_be_written(toy, monkeypatch):
    toy.add(
        [paper("Moss on walls", "moss grows on walls", key="a"), paper("River deltas", "sediment", key="b", record=2)]
    )
    toy.ask(Question("deltas"), 5)  # it is read from the disk with the first
    looked, place_of = [], disk.place_of
    monkeypatch.setattr(disk, "place_of", lambda *place: looked.append(place) or place_of(*place))
    assert len(toy.ask(Question("moss"), 5).results) == 2
    assert len(looked) == 1


def test_a_change_is_seen_inside_the_moment_and_one_taken_back_is_not(toy):
    toy.add(
        [paper("Moss on walls", key="a"), paper("River deltas", key="b", record=2), paper("Peat", key="c", record=3)]
    )
    snapshot, store = toy.snapshot, toy._store
    with snapshot.moment():
        assert len(snapshot.arrays.keys) == 3
        try:
            with store.transaction():
                store._db.execute("DELETE FROM papers WHERE id = 'a'")
                assert len(snapshot.arrays.keys) == 2
                raise KeyError
        except KeyError:
            assert len(snapshot.arrays.keys) == 3
        toy.records.remove("b")
        assert len(snapshot.arrays.keys) == 2


def test_threads_that_ask_for_the_same_at_once_make_it_once(toy):
    toy.add([paper("Moss on walls", key="a")])
    made, gate = [], threading.Barrier(4)

    def ask():
        gate.wait()
        toy.snapshot.once("slow", lambda: (made.append(1), time.sleep(0.1)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
