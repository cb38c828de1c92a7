"""Snapshots on disk: whole or not there, checked once, written over without a gap."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from conftest import paper
from embeddings import bundled
from embeddings.subjects import subject_vectors
from embeddings.toy import ToyEncoder
from explorer.errors import DamagedLibrary, LibraryError
from explorer.index import disk, files
from explorer.library import Library
from explorer.search import certainty
from explorer.search.question import Question


def papers(*numbers):
    return [paper(f"Paper {n} of voles", f"voles and item{n}", record=n, key=f"k{n}") for n in numbers]


@pytest.fixture
def compared(monkeypatch):
    """Names of the files of which a piece was read for its checksum, once for each."""
    names = []
    measure, compare = files._measured, files.CheckedFile._compare
    monkeypatch.setattr(files, "_measured", lambda path: names.append(path.name) or measure(path))
    monkeypatch.setattr(
        files.CheckedFile, "_compare", lambda self, *piece: names.append(self.path.name) or compare(self, *piece)
    )
    return names


def damage(file, place=-1):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def test_adding_a_paper_computes_the_checksums_of_the_new_files_only(toy, compared):
    toy.add(papers(*range(12)))
    written = len(json.loads((toy.folder / "derived" / toy.snapshot.version / "manifest.json").read_text())["files"])
    assert len(compared) == written
    assert len(toy.search("voles", 3)) == 3
    assert len(compared) == written  # what was just written is not read again
    compared.clear()
    toy.add(papers(99))
    assert compared.count("index.faiss") == 1


@pytest.fixture
def fresh(toy, monkeypatch):
    """A library of 40 papers, of which this process has compared nothing yet; a piece has 256 bytes."""
    monkeypatch.setattr(files, "PIECE", 256)
    toy.add(papers(*range(40)))
    toy.close()
    monkeypatch.setattr(files, "_sound", {})
    return toy.folder


def test_opening_compares_nothing_and_a_question_what_it_reads(fresh, compared):
    with Library.open(fresh, write=False, encoder=ToyEncoder()) as reader:
        snapshot = disk.read(fresh, reader.snapshot.version)
        assert compared == []
        assert len(snapshot.positions) == 40 and set(compared) == {"map.npy"}
        compared.clear()
        rows = fresh / "derived" / reader.snapshot.version / "words" / "0000" / "rows.npy"
        assert rows.stat().st_size > 4 * files.PIECE
        assert len(reader.search("item7", 3)) == 3
        assert 0 < compared.count("rows.npy") < rows.stat().st_size / files.PIECE
        assert compared.count("index.faiss") == -(-(rows.parents[2] / "index.faiss").stat().st_size // files.PIECE)
        compared.clear()
        assert len(reader.search("item7", 3)) == 3
        assert compared == []  # no piece is compared twice


def test_damage_is_told_by_the_question_that_reads_it_and_mended_by_a_build(fresh):
    with Library.open(fresh, write=False, encoder=ToyEncoder()) as reader:
        folder, whole = fresh / "derived" / reader.snapshot.version, reader.search("voles", 40)
    files._sound.clear()
    damage(folder / "words" / "0000" / "rows.npy")  # of the word that is last in the alphabet, "voles"
    with Library.open(fresh, write=False, encoder=ToyEncoder()) as reader:
        assert len(reader.search("item7", 3)) == 3
        with pytest.raises(DamagedLibrary, match=r"rows\.npy cannot be used: its checksum .* run: explorer build"):
            reader.search("voles", 40)
        [(place, _)] = disk.damages(fresh, folder.name)
        assert place == f"derived/{folder.name}/words/0000/rows.npy"
        places = reader.map.tobytes()
        with Library.open(fresh, encoder=ToyEncoder()) as writer:
            writer.build()
        assert reader.search("voles", 40) == whole and reader.map.tobytes() == places
        assert disk.damages(fresh, reader.snapshot.version) == []


def test_a_damaged_index_is_made_of_the_vectors_in_the_store_and_no_paper_moves(fresh):
    with Library.open(fresh, encoder=ToyEncoder()) as library:
        library.add(papers(99))  # its place is provisional: a new map would have another
        library.add(papers(98))
        places, answer = library.map.tobytes(), library.search("voles and item7", 12)
        folder = fresh / "derived" / library.snapshot.version
    files._sound.clear()
    damage(folder / "index.faiss")
    with Library.open(fresh, encoder=ToyEncoder()) as library:
        with pytest.raises(DamagedLibrary, match=r"index\.faiss"):
            library.search("voles", 3)
        library.build()
        assert disk.damages(fresh, library.snapshot.version) == []
        assert library.map.tobytes() == places and library.search("voles and item7", 12) == answer


@pytest.mark.parametrize("name", ["keys.npy", "map.npy", "neighbours.npy", "topics.npy", "topics.json", "trust.npy"])
def test_an_array_that_changed_is_not_used(fresh, name):
    version = next(iter((fresh / "derived").iterdir())).name
    damage(fresh / "derived" / version / name)
    snapshot = disk.read(fresh, version)
    field = {"map.npy": "positions", "trust.npy": "shares"}.get(name, name.partition(".")[0])
    for _ in range(2):
        with pytest.raises(DamagedLibrary, match="its checksum"):
            getattr(snapshot, field)
    assert disk.read_if_whole(fresh, version) is None


@pytest.mark.parametrize("name", ["map.npy", "words/live.npy", "manifest.json"])
def test_a_file_that_is_shorter_is_noticed_at_once(fresh, name):
    version = next(iter((fresh / "derived").iterdir())).name
    file = fresh / "derived" / version / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DamagedLibrary, match="Nothing is lost; run: explorer build"):
        disk.read(fresh, version)


def test_a_file_that_is_cut_short_while_it_is_open_is_told_of(fresh):
    """Its pages are gone; whoever touches them is killed."""
    folder = next(iter((fresh / "derived").iterdir()))
    snapshot = disk.read(fresh, folder.name)
    words = snapshot.keywords
    for name in ("index.faiss", "words/0000/rows.npy"):
        (folder / name).write_bytes(b"")
    with pytest.raises(DamagedLibrary, match=r"index\.faiss cannot be used: it was cut short"):
        _ = snapshot.index
    with pytest.raises(DamagedLibrary, match=r"rows\.npy cannot be used: it was cut short"):
        words.frequency("vole")


def test_a_snapshot_of_the_format_before_is_read_and_its_damage_noticed(fresh):
    """Its manifest has a sha256 of each file."""
    folder = next(iter((fresh / "derived").iterdir()))
    manifest = json.loads((folder / "manifest.json").read_text())
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]}
    old = {"format": 4, "fingerprint": folder.name, "files": digests}
    (folder / "manifest.json").write_text(json.dumps(old, indent=1))
    with Library.open(fresh, write=False, encoder=ToyEncoder()) as reader:
        assert len(reader.search("voles", 3)) == 3
    files._sound.clear()
    damage(folder / "words" / "0000" / "rows.npy", 130)
    with (
        Library.open(fresh, write=False, encoder=ToyEncoder()) as reader,
        pytest.raises(DamagedLibrary, match=r"rows\.npy"),
    ):
        reader.search("voles", 3)


def test_a_file_that_changed_is_checked_again(toy):
    toy.add(papers(*range(12)))
    damage(toy.folder / "derived" / toy.snapshot.version / "map.npy")
    with pytest.raises(DamagedLibrary, match=r"map\.npy cannot be used: its checksum"):
        _ = disk.read(toy.folder, toy.snapshot.version).positions
    assert disk.read_if_whole(toy.folder, toy.snapshot.version) is None
    toy.build()
    assert disk.read_if_whole(toy.folder, toy.snapshot.version) is not None


def test_a_block_that_fails_leaves_the_snapshot_before(tmp_path):
    target = disk.folder_of(tmp_path, "f1")
    for content in ("old", "new"):
        with disk.new_folder(target) as folder:
            (folder / "keys.npy").write_text(content)
    assert (target / "keys.npy").read_text() == "new"
    with pytest.raises(KeyboardInterrupt), disk.new_folder(target) as folder:
        (folder / "keys.npy").write_text("half")
        raise KeyboardInterrupt
    assert (target / "keys.npy").read_text() == "new"
    disk.remove_others(tmp_path, "f1")
    assert [path.name for path in target.parent.iterdir()] == ["f1"]


def test_what_is_removed_after_it_was_opened_is_read_still(toy, monkeypatch):
    """A build of another process takes the folder away, of which nothing but the manifest was read."""
    toy.add(papers(*range(12)))
    monkeypatch.setattr(files, "_sound", {})
    opened, folder = disk.read(toy.folder, toy.snapshot.version), toy.folder / "derived" / toy.snapshot.version
    words = opened.keywords
    shutil.rmtree(folder)
    assert opened.positions.shape == (12, 2) and len(opened.index) == 12 and opened.topics.levels is not None
    assert len(words) == 12 and words.holding("item7", opened.keys).tolist() == [n == 7 for n in range(12)]
    with pytest.raises(LibraryError, match="Nothing is lost; run: explorer build"):
        disk.read(toy.folder, folder.name)


def test_what_was_written_is_what_is_read(toy):
    toy.add(papers(*range(12)))
    toy.add(papers(40, 41))
    read = disk.read(toy.folder, toy.snapshot.version)
    for name in ("keys", "positions", "pair_similarities", "drawn", "near", "stamps", "neighbours"):
        np.testing.assert_array_equal(getattr(read, name), getattr(toy.snapshot.arrays, name), err_msg=name)
    assert read.fingerprint == toy.snapshot.version
    assert [level.labels for level in read.topics.levels] == [level.labels for level in toy.topics.levels]
    assert (read.index.vectors() == toy.snapshot.arrays.index.vectors()).all()


def test_trust_lies_on_disk_and_is_found_out_for_a_snapshot_that_lacks_it(toy):
    toy.add(papers(*range(40)))
    folder = toy.folder / "derived" / toy.snapshot.version
    read = disk.read(toy.folder, toy.snapshot.version)
    assert read.neighbours.shape == (40, 10)
    assert (read.shares == np.load(folder / "trust.npy")).all() and (
        read.typicality == np.load(folder / "typical.npy")
    ).all()
    for name in ("trust.npy", "typical.npy"):  # as versions before wrote it
        (folder / name).unlink()
    files.write_manifest(folder, folder.name)
    old = disk.read(toy.folder, toy.snapshot.version)
    assert old.shares is None
    assert (old.trust == read.trust).all() and (old.typical == read.typical).all()
    toy.add(papers(99))
    assert disk.read(toy.folder, toy.snapshot.version).shares is not None


class Like(ToyEncoder):
    """Has vectors as long as those of the bundled model, and says that it is that one."""

    name, revision, dimension = bundled.NAME, bundled.REVISION, 384

    def precision(self, texts):
        return "fp32"


def foreign(*numbers):
    return [paper(f"Бумага {n}", f"о полёвках{n}", record=n, key=f"f{n}") for n in numbers]


def flat(scale):
    return scale.usual, scale.chance.reach, scale.chance.spread


def scale_of(library):
    """Worked out anew, as for a library of another model."""
    arrays = library.snapshot.arrays
    rows = np.flatnonzero(~np.array(["Бумага" in each.title for each in library.snapshot.papers()]))
    vectors = arrays.index.vectors()
    return certainty.measured(vectors, arrays.neighbours, rows, subject_vectors(library.encoder.current))


def test_what_the_first_question_would_find_out_lies_in_the_snapshot(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.library.encoder.LibraryEncoder.reads", lambda self, text: "Бумага" not in text)
    with Library.open(tmp_path, encoder=Like()) as library:
        library.add(papers(*range(12)), foreign(1, 2))
        arrays, wanted = disk.read(tmp_path, library.snapshot.version), scale_of(library)
        assert arrays.illegible.tolist() == [each.title.startswith("Бумага") for each in library.snapshot.papers()]
        assert arrays.scale == library.ask(Question("voles")).scale
        assert flat(arrays.scale) == pytest.approx(flat(wanted))

        monkeypatch.setattr("explorer.library.search.certainty.measured", lambda *_: pytest.fail("measured again"))
        monkeypatch.setattr("explorer.library.search.illegible", lambda *_: pytest.fail("looked again"))
        with Library.open(tmp_path, write=False, encoder=Like()) as reader:
            assert reader.ask(Question("voles")).scale == arrays.scale


def test_a_snapshot_of_an_earlier_version_answers_the_same(tmp_path):
    with Library.open(tmp_path, encoder=Like()) as library:
        library.add(papers(*range(12)))
        wanted = library.ask(Question("voles and item7"))
        folder = tmp_path / "derived" / library.snapshot.version
    for name in ("scale.npy", "illegible.npy"):
        (folder / name).unlink()
    files.write_manifest(folder, folder.name)
    with Library.open(tmp_path, write=False, encoder=Like()) as library:
        answer = library.ask(Question("voles and item7"))
        assert library.snapshot.arrays.scale is None
    assert flat(answer.scale) == pytest.approx(flat(wanted.scale))
    assert [result.paper.id for result in answer.results] == [result.paper.id for result in wanted.results]


def test_a_paper_removed_since_counts_no_more(tmp_path, monkeypatch):
    with Library.open(tmp_path, encoder=Like()) as library:
        library.add(papers(*range(12)))
    monkeypatch.setattr("explorer.library.builder.Builder.build", lambda *_: None)
    with Library.open(tmp_path, encoder=Like()) as library:
        library.records.remove("k3")
    with Library.open(tmp_path, write=False, encoder=Like()) as library:
        arrays = library.snapshot.arrays
        assert len(arrays.keys) == 11 and arrays.scale is None and arrays.illegible is None
        assert flat(library.ask(Question("voles")).scale) == pytest.approx(flat(scale_of(library)))
