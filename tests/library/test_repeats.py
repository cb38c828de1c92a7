"""What was here already was here before the import; what stands twice in its files is said apart."""

from explorer.library.records import repeats_of


def test_already_here_means_before_this_import(toy, write):
    def one(n, **more):
        return {
            "title": f"Paper {n} of voles and moles",
            "abstract": f"voles and item{n}",
            "doi": f"10.1000/{n}",
            **more,
        }

    first = toy.add(write(one(1), one(2), one(1, venue="Journal"), one(1, venue="Letters"), name="first.jsonl"))
    assert (first.added, first.merged, first.repeats) == (2, 2, 2)
    assert first.words == "2 added, 0 already here, 2 twice in what was read, of 4 records"
    again = toy.add(write(one(1, venue="Other"), one(3), one(3, venue="Journal"), name="second.jsonl"))
    assert again.words == "1 added, 1 already here, 1 twice in what was read, of 3 records"
    trial = toy.add(write(one(4), one(4, venue="Journal"), name="third.jsonl"), dry_run=True)
    assert (trial.added, trial.repeats) == (1, 1)
    latest, before = toy.records.info().imports[:2]
    assert (repeats_of(toy.records, before), repeats_of(toy.records, latest)) == (2, 1)
    assert toy.add(write(one(1), one(2), name="first.jsonl")).repeats == 0
