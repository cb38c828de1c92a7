"""The page Same paper?: merged records, near copies, decisions in line."""

import pytest

from explorer.library import Library
from explorer.server import session, tasks
from explorer.ui.pages.duplicates import TITLE, VIEW
from support.app import add, button, labels, same, shown, wait
from support.papers import WORDS, record


def test_merged_papers_show_their_records_and_are_split_off(folder, write):
    add(folder, write(record(1, doi="10.1000/x"), record(2), record(3)))
    again = record(1, id="other", doi="10.1000/x", year=2002, venue="A Journal", abstract="Another text")
    add(folder, write(again, name="b.jsonl"))
    page = same(folder).run()
    assert not page.exception
    words = shown(page)
    assert "list.jsonl, record 1 · 2001 · 10.1000/x came first" in words
    assert "b.jsonl, record 1 · 2002 · A Journal · 10.1000/x same DOI, 10.1000/x" in words
    button(page, "Split off").click().run()
    wait()
    page.run()
    assert "Now its own paper" in shown(page)  # it stays where it was until one asks for the rest
    assert session.library().records.info().papers == 4
    button(page, "Show what is left").click().run()
    assert "No paper was merged" in shown(page)


def test_what_was_split_off_is_joined_again(folder, write):
    add(folder, write(record(1, doi="10.1000/x"), record(2)))
    add(folder, write(record(1, id="other", doi="10.1000/x", year=2002), name="b.jsonl"))
    page = same(folder).run()
    button(page, "Split off").click().run()
    wait()
    page.run()
    button(page, "Join again").click().run()
    wait()
    page.run()
    assert not page.exception
    assert "One paper again" in shown(page)
    assert [paper.id for paper in session.library().records.merged()] == ["k1"]
    button(page, "Show what is left").click().run()
    assert "joined by hand" in shown(page)
    button(page, "Split off").click().run()
    wait()
    page.run()
    assert "Now its own paper" in shown(page)


def near_copies(*numbers):
    text = " ".join(f"{word} is studied with care" for word in WORDS)
    for number in numbers:
        title = f"{WORDS[number]} {WORDS[number - 1]} {WORDS[-number]}"
        yield record(number, abstract=f"{text} {WORDS[number]}", title=title)


def test_near_copies_are_reviewed_side_by_side(folder, write):
    add(folder, write(*near_copies(1, 2), record(3)))
    page = same(folder).run()
    assert not page.exception
    assert "of the shorter abstract’s words are in the other" in shown(page)
    button(page, "Not the same").click().run()
    wait()
    page.run()
    assert "Kept apart" in shown(page)
    button(page, "Show what is left").click().run()
    assert "No two papers look like copies" in shown(page)
    assert session.library().records.review() == []


def test_a_decision_on_a_pair_is_undone(folder, write):
    add(folder, write(*near_copies(1, 2), record(3)))
    page = same(folder).run()
    button(page, "Not the same").click().run()
    wait()
    button(page.run(), "Undo").click().run()
    wait()
    page.run()
    assert not page.exception and "Kept apart" not in shown(page)
    assert len(session.library().records.review()) == 1
    button(page, "Same paper").click().run()
    wait()
    button(page.run(), "Undo").click().run()
    wait()
    page.run()
    assert not page.exception and "Two papers again" in shown(page)
    assert session.library().records.info().papers == 3


@pytest.mark.slow
def test_merges_in_doubt_are_split_off_and_joined_again(folder, write):
    old = record(1, authors=["Smith, Anna"], title="Peat moss recovery after rewetting of drained bogs", abstract="")
    add(folder, write(old, record(3)))
    add(folder, write({**old, "id": "later", "year": 2002}, name="b.jsonl"))
    page = same(folder).run()
    page.segmented_control(key=VIEW).set_value("In doubt").run()
    assert "no id and no abstract in common, and another year" in shown(page)
    button(page, "Split off").click().run()
    wait()
    button(page.run(), "Join again").click().run()
    wait()
    assert "One paper again" in shown(page.run()) and not page.exception


@pytest.mark.slow
def test_decisions_wait_in_line_behind_one_another(folder, write):
    add(folder, write(*near_copies(1, 2, 3, 4), *map(record, range(20, 30))))
    pairs = [(pair.one.id, pair.other.id) for pair in session.library().records.review()]
    assert len(pairs) == 6
    assert tasks.join("k1", "k2")
    for pair in (("k3", "k4"), ("k1", "nobody")):
        assert tasks.join(*pair)
    job = wait()
    assert session.library().records.info().papers == 12
    assert list(job.failed) == [tasks.pair_name("k1", "nobody")]
    assert "no paper with id" in job.failed[tasks.pair_name("k1", "nobody")]


def test_a_library_that_is_locked_fails_every_decision_in_line(folder, write):
    add(folder, write(*map(record, range(4))))
    with Library.open(folder):
        tasks.join("k1", "k2")
        job = wait()
    assert "is writing to" in job.error
    assert list(job.failed) == [tasks.pair_name("k1", "k2")]
    assert tasks.join("k1", "k2")
    assert wait().failed == {}


@pytest.mark.slow
def test_many_merges_come_in_pages_and_are_found_by_title(folder, write):
    add(folder, write(*(record(number, doi=f"10.1000/{number}") for number in range(300))))
    add(folder, write(*(record(number, id=f"b{number}", doi=f"10.1000/{number}") for number in range(300)), name="b"))
    page = same(folder).run()
    page.segmented_control(key=VIEW).set_value("Merged").run()
    assert not page.exception
    assert labels(page).count("Split off") == 8
    page.text_input(key=TITLE).set_value("EPSILON128").run()
    assert labels(page).count("Split off") == 1
    assert "epsilon128" in shown(page)
