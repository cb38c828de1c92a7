"""What visitors mark: each in a file of his own beside the library, which stays as it is to the byte."""

import re

import pytest

from conftest import paper
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError
from explorer.library import Library, care
from explorer.library.visitors import Visitor
from explorer.rights import SealedLibrary
from explorer.search.question import Question
from explorer.store import HIDDEN, LIKED, Kind, backups, visitors
from support.visitors import LIKES, digest, in_collection, opened


def test_each_has_marks_of_his_own_and_the_library_stays_as_it_is(base):
    before = digest(base.folder)
    ada, bob = (Visitor(base, name).library for name in ("ada", "bob"))
    ada.marks.put(LIKES, LIKED, "k5", "k6")
    ada.marks.put(Kind.TAG, "read twice", "k5")
    ada.marks.note("k5", "Ada's thoughts")
    bob.marks.put(LIKES, LIKED, "k7")
    bob.marks.put(LIKES, HIDDEN, "k5")
    bob.marks.see("k8")
    for library, liked, hidden in ((base, ["k0"], ["k1"]), (ada, ["k5", "k6"], []), (bob, ["k7"], ["k5"])):
        assert in_collection(library, LIKED) == liked
        assert in_collection(library, HIDDEN) == hidden
        assert library.records.info().hidden == len(hidden)
        results = library.ask(Question("alpha beta gamma delta"), 20).results
        assert not {result.paper.id for result in results} & {*hidden} and len(results) == 20 - len(hidden)
    (mine,), (yours,) = ada.marks.of(["k5"]), bob.marks.of(["k5"])
    assert (mine.collections, mine.tags, mine.note) == ((LIKED,), ("read twice",), "Ada's thoughts")
    assert (yours.collections, yours.tags, yours.note) == ((HIDDEN,), (), "")
    assert mine.folders == yours.folders == ("Thesis/One",)  # which comes from a file
    assert [each.name for each in ada.marks.collections()] == [LIKED, "Thesis/One", "read twice"]
    assert (ada.marks.count_seen(), bob.marks.count_seen(), base.marks.count_seen()) == (0, 1, 1)
    assert in_collection(ada, "Week 3") == [] and len(in_collection(ada, "Thesis")) == 20
    assert base.marks.of(["k3"])[0].note and not ada.marks.of(["k3"])[0].note
    assert digest(base.folder) == before


def test_what_is_marked_is_there_again_in_another_process_and_can_be_taken_back(folder):
    with opened(folder) as base:
        ada = Visitor(base, "ada")
        ada.library.marks.put(LIKES, "Mine", "k5", "k6")
        ada.library.marks.put(LIKES, LIKED, "k7")
        ada.library.marks.note("k7", "x")
        ada.close()
    with opened(folder) as base:
        ada = Visitor(base, "ada").library
        assert in_collection(ada, "Mine") == ["k5", "k6"]
        assert ada.marks.rename(LIKES, "Mine", "Ours") == 2 and in_collection(ada, "Ours") == ["k5", "k6"]
        ada.marks.drop(LIKES, "Ours", "k5")
        ada.marks.note("k7", "")
        assert ada.marks.delete(LIKES, "Ours") == 1
        assert ada.marks.of(["k7"])[0].note == "" and in_collection(ada, LIKED) == ["k7"]
        with pytest.raises(LibraryError, match="belongs to every library"):
            ada.marks.delete(LIKES, LIKED)


def test_what_one_marks_amid_a_moment_he_sees_there(base):
    ada = Visitor(base, "ada").library
    with ada.snapshot.moment():
        for paper_id in ("k5", "k6"):
            ada.marks.put(LIKES, LIKED, paper_id)
            assert paper_id in in_collection(ada, LIKED)


def test_reading_makes_no_file(base):
    ada = Visitor(base, "ada")
    ada.follow()
    with ada.library.snapshot.moment():
        assert in_collection(ada.library, LIKED) == [] and ada.library.saved.all() == []
        ada.library.ask(Question("alpha"), 5)
    assert not (base.folder / "visitors").exists()


def test_vectors_and_what_does_not_depend_on_marks_are_in_memory_once(base):
    ada = Visitor(base, "ada")
    assert ada.library.snapshot.arrays is base.snapshot.arrays
    assert ada.library.snapshot.years() is base.snapshot.years()
    ada.close()
    assert base.snapshot.years() is not None and in_collection(base, LIKED) == ["k0"]


@pytest.mark.parametrize(
    "name", ["..", "../../library", "/etc/passwd", "a/b", "CON", "Ada", "ada", "a" * 9000, "é", "%C3%A9", "\x00"]
)
def test_no_name_leads_out_of_the_folder_or_to_the_file_of_another(base, name):
    names = {"..", "../../library", "/etc/passwd", "a/b", "CON", "Ada", "ada", "a" * 9000, "é", "%C3%A9", "\x00"}
    before = digest(base.folder)
    Visitor(base, name).library.marks.put(LIKES, LIKED, "k5")
    (path,) = (base.folder / "visitors").glob("*.sqlite")
    assert re.fullmatch(r"[0-9a-f]{32}\.sqlite", path.name) and path == visitors.file_of(base.folder, name)
    assert len({visitors.file_of(base.folder, each) for each in names}) == len(names)
    assert [in_collection(Visitor(base, each).library, LIKED) for each in names - {name}] == [[]] * (len(names) - 1)
    assert digest(base.folder) == before


def test_what_is_the_owners_is_refused(base):
    ada, label = Visitor(base, "ada").library, base.topics.levels[0].labels[0]
    for change in (
        lambda: ada.marks.rename_topic(label, "Mine"),
        lambda: ada.records.keep_apart("k1", "k2"),
        lambda: ada.records.remove("k1"),
        lambda: ada.records.join("k1", "k2"),
        lambda: ada.records.undo(),
        lambda: ada.add([paper("New")]),
        lambda: ada.redraw(),
        lambda: ada.notices._store.notices.put([]),
    ):
        before = digest(base.folder)
        with pytest.raises(LibraryError):
            change()
        assert digest(base.folder) == before
    with pytest.raises(SealedLibrary):
        ada.marks.rename_topic(label, "Mine")


def test_saved_searches_and_what_is_new_in_them_are_his_own(folder):
    with opened(folder) as base:
        ada, bob = (Visitor(base, name).library for name in ("ada", "bob"))
        ada.saved.put("mine", Question("year:2019.."))
        assert [each.name for each in ada.saved.all()] == ["mine"] and bob.saved.all() == []
        assert [each.name for each in base.saved.all()] == ["the owner's question"]
        with pytest.raises(LibraryError, match="already"):
            ada.saved.put("mine", Question("alpha"))
        assert ada.saved.news()[0].papers == ()
        with Library.open(folder, encoder=ToyEncoder()) as owner:
            owner.add([paper("Paper anew", "alpha beta gamma delta", record=99, key="new", year=2024)])
        bob.saved.put("mine", Question("year:2019.."))
        assert [result.paper.id for result in ada.saved.news("mine")[0].papers] == ["new"]
        assert bob.saved.news("mine")[0].papers == ()  # it was there when he saved it
        ada.saved.look("mine")
        assert ada.saved.news("mine")[0].papers == ()
        ada.saved.drop("mine")
        assert ada.saved.all() == [] and len(bob.saved.all()) == 1


# -------------------------------------------------------------------------------------------- what becomes of papers


def test_marks_go_with_a_paper_that_becomes_part_of_another_and_come_back_with_it(folder):
    with opened(folder) as base:
        ada = Visitor(base, "ada")
        ada.library.marks.put(LIKES, LIKED, "k6")
        ada.library.marks.note("k6", "of six")
        ada.library.marks.note("k5", "of five")
        with Library.open(folder, encoder=ToyEncoder()) as owner:
            owner.records.join("k5", "k6")
        ada.follow()
        assert in_collection(ada.library, LIKED) == ["k5"]
        assert ada.library.marks.of(["k5"])[0].note == "of five\nof six"
        ada.library.marks.drop(LIKES, LIKED, "k5")
        assert in_collection(ada.library, LIKED) == []
        ada.follow()
        assert in_collection(ada.library, LIKED) == []  # it does not come back
        with Library.open(folder, encoder=ToyEncoder()) as owner:
            (records,) = owner.records.of(["k5"])
            assert owner.records.split(records[1].number).id == "k6"
        ada.follow()
        assert in_collection(ada.library, LIKED) == ["k6"]  # as it was marked before it was joined


def test_marks_of_a_paper_that_is_removed_wait_for_it(folder):
    with opened(folder) as base:
        ada = Visitor(base, "ada")
        ada.library.marks.put(LIKES, LIKED, "k6", "k7")
        with Library.open(folder, encoder=ToyEncoder()) as owner:
            owner.records.remove("k6")
            ada.follow()
            assert in_collection(ada.library, LIKED) == ["k7"]
            owner.records.undo()
        assert in_collection(ada.library, LIKED) == ["k6", "k7"]


def test_an_older_copy_of_the_library_does_not_shift_marks_to_papers_with_the_same_key(folder, monkeypatch):
    copy = care.back_up(folder)
    with Library.open(folder, encoder=ToyEncoder()) as owner:
        owner.add([paper("Came later", "alpha", record=50, key="later")])
    with opened(folder) as base:
        Visitor(base, "ada").library.marks.put(LIKES, LIKED, "later", "k7")
    care.restore(folder, copy)
    monkeypatch.setattr("explorer.library.imports.now", lambda: "2037-01-01T00:00:00+00:00")  # not in the same second
    with Library.open(folder, encoder=ToyEncoder()) as owner:
        owner.add([paper("Came instead", "beta", record=51, key="instead")])
    with opened(folder) as base:
        ada = Visitor(base, "ada")
        ada.follow()
        assert in_collection(ada.library, LIKED) == ["k7"]


def test_a_copy_elsewhere_holds_the_marks_of_readers_and_brings_back_what_is_gone(folder, tmp_path):
    copy, beside = tmp_path / "elsewhere" / "copy.sqlite", tmp_path / "elsewhere" / "copy.sqlite.visitors"
    with opened(folder) as base:
        for name, key in (("ada", "k5"), ("bob", "k6"), ("eve", "k7")):
            Visitor(base, name).library.marks.put(LIKES, LIKED, key)
        damaged = visitors.file_of(folder, "eve")
        with opened(folder) as other:
            ada = Visitor(other, "ada")  # who is at work
            care.back_up(folder, copy)
            ada.library.marks.put(LIKES, LIKED, "k8")
            ada.close()
    assert sorted(file.name for file in beside.iterdir()) == sorted(
        visitors.file_of(folder, name).name for name in ("ada", "bob", "eve")
    )
    with pytest.raises(LibraryError, match="is there already"):
        care.back_up(folder, copy)
    damaged.write_bytes(b"no file of SQLite" * 400)
    care.back_up(folder, tmp_path / "second")
    assert (tmp_path / "second.visitors" / damaged.name).read_bytes() == damaged.read_bytes()
    for file in (folder / "visitors").glob(f"{visitors.file_of(folder, 'bob').name}*"):
        file.unlink()
    damaged.unlink()
    assert care.restore(folder, copy).visitors == 2
    with opened(folder) as base:
        for name, keys in (("ada", ["k5", "k8"]), ("bob", ["k6"]), ("eve", ["k7"])):
            assert in_collection(Visitor(base, name).library, LIKED) == keys
    assert care.restore(folder, copy).visitors == 0


def test_a_copy_among_the_librarys_own_leaves_the_marks_where_they_are(folder):
    with opened(folder) as base:
        Visitor(base, "ada").library.marks.put(LIKES, LIKED, "k5")
    copy = care.back_up(folder)
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    assert care.restore(folder).visitors == 0
    with opened(folder) as base:
        assert in_collection(Visitor(base, "ada").library, LIKED) == ["k5"]


def test_a_copy_that_failed_leaves_nothing_and_can_be_made_again(folder, tmp_path, monkeypatch):
    with opened(folder) as base:
        Visitor(base, "ada").library.marks.put(LIKES, LIKED, "k5")
    copy, whole = tmp_path / "copy.sqlite", backups._copy_visitors

    def full(files, target):
        whole(files, target)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(backups, "_copy_visitors", full)
        with pytest.raises(LibraryError, match="cannot be written"):
            care.back_up(folder, copy)
    assert not list(tmp_path.glob("*copy*"))
    care.back_up(folder, copy)
    assert len(list((tmp_path / "copy.sqlite.visitors").iterdir())) == 1
