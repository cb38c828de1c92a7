"""Corpora of all kinds and places: formats, folders, archives, addresses behind fsspec, and connections that break."""

import gzip
import json
import shutil
import zipfile
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from conftest import SEEDS
from embeddings.toy import ToyEncoder
from explorer.errors import LibraryError, UnreadableFile
from explorer.library import Library
from explorer.readers import numbered, read
from explorer.shards import papers
from explorer.shards.corpus import Corpus, Position
from explorer.shards.division import divide
from explorer.shards.manifest import plan_in
from explorer.shards.union import gather
from explorer.shards.vectors import Share, embed
from support.papers import record
from support.shards import all_of, write_corpus

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def mixed(tmp_path):
    """A folder of many formats: packed lines, an archive, Parquet, the seeds, and parts as OpenAlex has them."""
    folder = tmp_path / "mixed"
    write_corpus(folder, 30)
    with gzip.open(folder / "c.jsonl.gz", "wt") as lines:
        lines.writelines(json.dumps(record(number)) + "\n" for number in range(100, 110))
    with zipfile.ZipFile(folder / "d.zip", "w") as archive:
        for name in ("x", "y"):
            archive.writestr(f"{name}.json", json.dumps([record(ord(name))]))
    table = pyarrow.Table.from_pylist([{key: str(value) for key, value in record(number).items()} for number in (7, 8)])
    parquet.write_table(table, folder / "e.parquet")
    for number in range(2):
        part = folder / "works" / f"updated_date=2026-01-0{number + 1}" / "part_000.gz"
        part.parent.mkdir(parents=True)
        with gzip.open(part, "wt") as lines:
            lines.writelines(json.dumps(_work(5 * number + each)) + "\n" for each in range(5))
    for seed in SEEDS[:2]:
        shutil.copy(seed, folder)
    return folder


def _work(number):
    return {
        "id": f"https://openalex.org/W{1000 + number}", "doi": f"https://doi.org/10.7777/{number}",
        "display_name": f"Work {number} on mosses", "publication_year": 2020, "type": "article",
        "abstract_inverted_index": {"Mosses": [0], "grow": [1], f"slowly{number}": [2]},
    }  # fmt: skip


def test_records_are_read_from_any_place_on_as_add_reads_them(mixed):
    corpus = Corpus((str(mixed), str(mixed / "first.jsonl")), {})
    whole = list(corpus.records())
    assert [each for _, each in whole] == [*read(mixed), *read(mixed / "first.jsonl")]
    assert len(whole) > 60 and sum(isinstance(each, papers.Problem) for _, each in whole) > 2
    for start in range(0, len(whole), 7):
        assert list(corpus.records(whole[start][0])) == whole[start + 1 :]


def test_files_are_numbered_and_a_file_that_cannot_be_read_is_a_problem(mixed):
    numbers = [number for number, _ in numbered(mixed)]
    assert numbers == sorted(numbers) and len(set(numbers)) == max(numbers) + 1
    [(number, problem)] = numbered(mixed / "broken.pdf")
    assert number == 0 and "looks like a PDF" in problem.reason
    assert [number for number, _ in numbered(mixed, first=3)] == [number for number in numbers if number >= 3]


def test_records_come_back_as_they_were_written(mixed, tmp_path):
    corpus = Corpus((str(mixed),), {})
    shards = papers.make(tmp_path / "shards", corpus, 11, lambda step: None)
    entries = [entry for shard in shards for entry in papers.read(tmp_path / "shards" / "papers" / shard.name)]
    assert [entry.record for entry in entries] == list(read(mixed))
    assert {entry.argument for entry in entries} == {0}


def test_letters_that_no_encoding_has_come_back(tmp_path):
    """Half of a pair of surrogates and a NUL, as readers leave them out, but as nothing promises."""
    odd = papers.Paper(title="half \ud83d of it\0", id="\ud83d", sources=(papers.Source("a\udcff", 1, 1, "\0"),))
    data = papers._packed([(Position(), odd)])
    name = papers.files.write_once(tmp_path, "00000", ".parquet", data)
    assert [entry.record for entry in papers.read(tmp_path / name)] == [odd]


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_an_address_is_as_the_folder(mixed, tmp_path, scheme):
    """The archive is opened, leftovers are passed over, names and order are the same."""
    address = f"file://{mixed}"
    if scheme == "memory":
        address = f"memory://{tmp_path.name}/mixed"
        fsspec.filesystem("memory").put(f"{mixed}/", f"/{tmp_path.name}/mixed/", recursive=True)
    folder = tmp_path / "shards"
    done = divide(Corpus((address,), {}), folder, size=20, encoder=ToyEncoder())
    embed(folder, Share())
    gather(folder, tmp_path / "gathered")
    with Library.open(tmp_path / "single", encoder=ToyEncoder()) as library:
        assert done.report == library.add(mixed)
    assert all_of(tmp_path / "gathered") == all_of(tmp_path / "single")
    assert plan_in(folder).origins == ("mixed",)


def test_a_connection_that_breaks_ends_the_command_and_loses_nothing(mixed, tmp_path, monkeypatch):
    system = fsspec.filesystem("memory")
    system.put(f"{mixed}/", f"/{tmp_path.name}/mixed/", recursive=True)
    corpus = (f"memory://{tmp_path.name}/mixed",)
    get, count = type(system).get_file, [0]

    def breaking(self, remote, local, **options):
        count[0] += 1
        if count[0] % 7 == 0:
            if count[0] % 2:
                raise TimeoutError("no answer")
            Path(local).write_bytes(b"the begin")  # cut off without a word
            return
        get(self, remote, local, **options)

    monkeypatch.setattr(type(system), "get_file", breaking)
    ends = set()
    for _ in range(30):
        try:
            divide(Corpus(corpus, {}), tmp_path / "shards", size=4, encoder=ToyEncoder())
            break
        except LibraryError as error:
            assert "then give the same command again: it goes on from there" in str(error)
            ends.add("no answer" in str(error))
    assert ends == {True, False}
    plan = plan_in(tmp_path / "shards")
    entries = [each for shard in plan.papers for each in papers.read(tmp_path / "shards" / "papers" / shard.name)]
    assert [entry.record for entry in entries] == list(read(mixed))


def test_what_cannot_be_a_corpus_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    def refused(*arguments, kind=LibraryError):
        with pytest.raises(kind) as error:
            divide(Corpus(arguments, {}), tmp_path / "shards", encoder=ToyEncoder())
        assert not (tmp_path / "shards").exists()
        return str(error.value)

    assert "no such file: none.jsonl" in refused("none.jsonl")
    assert "piped in cannot be; name a file" in refused("-")
    assert "an empty name" in refused("")
    assert "memory://nowhere/x cannot be read (" in refused("memory://nowhere/x")
    assert "bogus://x cannot be read (Protocol not known: bogus" in refused("bogus://x")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    assert "looks like a PDF" in refused(str(tmp_path / "a.pdf"), kind=UnreadableFile)
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    assert "fsspec, which is not installed; give: pip install fsspec" in refused("s3://bucket/works")
