"""Which reader reads a file, packed files, limits; any file at all."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DATA
from explorer.paper import Paper, Problem
from explorer.readers import READERS, UnreadableFile, read, recognise
from support.cost import bytes_at_most, examples
from support.files import Write, reasons, titles

# --------------------------------------------------------------------------------------- choosing, packing, limits


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<!DOCTYPE html><html><body>Please log in</body></html>", "a web page"),
        ("%PDF-1.7 ...", "a PDF"),
        ("{\\rtf1 Title", "a rich text document"),
        ("<?xml version='1.0'?><a/>", "XML"),
        ("\x01\x02\x03\x04" * 100, "no text"),
        ("Dear all, thanks!\nBest wishes", "text that begins “Dear all, thanks!"),
    ],
)
def test_other_files_are_called_by_their_name(write: Write, content: str, what: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        recognise(write("refs.csv.txt", content))
    assert f"refs.csv.txt: looks like {what}" in str(error.value)
    assert "Readable are" in str(error.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.csv", "cannot be opened"), (tmp_path, "holds no files")):
        with pytest.raises(UnreadableFile, match=reason):
            read(path)


def test_content_decides_not_the_name(write: Write) -> None:
    assert recognise(write("refs.bib", "id,title,abstract\n1,A,B\n")) == "csv"
    assert recognise(write("refs.csv", '{"title": "A"}\n')) == "jsonl"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_known_by_content(write: Write, pack: Callable[[bytes], bytes]) -> None:
    text = b"".join(b'{"title": "T%d", "abstract": "%d"}\n' % (number, number**99) for number in range(1_000))
    path = write("plain_name.jsonl", pack(text[: len(text) // 2]) + pack(text[len(text) // 2 :]))
    assert titles(path) == [f"T{number}" for number in range(1_000)]


def test_packed_file_cut_short_gives_what_was_whole() -> None:
    path = DATA / "cut_short.csv.gz"
    assert titles(path) == ["First"]
    found = reasons(path)
    assert [(record, line) for record, line, _ in found] == [(1 + 1, 3), (0, 0)]
    assert "cut off" in found[0][2]
    assert "damaged or was not copied whole" in found[1][2]


def test_packed_file_damaged_in_the_middle(write: Write) -> None:
    packed = bytearray(gzip.compress(b"".join(b'{"title": "%d"}\n' % number**99 for number in range(2_000))))
    packed[len(packed) // 2] ^= 0xFF
    path = write("damaged.jsonl.gz", bytes(packed))
    found = titles(path)
    assert found[:800] == [str(number**99) for number in range(800)]
    assert reasons(path)[-1][0] == 0


def test_wrong_checksum_loses_no_record(write: Write) -> None:
    packed = gzip.compress(b'{"title": "Whole"}')
    path = write("sum.jsonl.gz", packed[:-8] + b"\0" * 8)
    assert titles(path) == ["Whole"]
    assert [record for record, _, _ in reasons(path)] == [0]


@pytest.mark.slow
def test_bomb_is_cut_off_in_bounded_memory(write: Write) -> None:
    path = write("bomb.csv.gz", gzip.compress(b"title,abstract\nA,b\n" + b"x" * (300 * 2**20), 9))
    with bytes_at_most(80 * 2**20):
        found = list(read(path))
    assert [item.title for item in found if isinstance(item, Paper)] == ["A"]
    assert "unpacks to more than" in str(found[-1])


@pytest.mark.slow
def test_reading_is_streaming(write: Write) -> None:
    path = write("many.csv", "title,abstract\n" + f"Some title,{'Some abstract ' * 750}\n" * 2_000)
    with bytes_at_most(8 * 2**20):
        assert sum(1 for _ in read(path)) == 2_000


# --------------------------------------------------------------------------------------------------- any file at all

_WORDS = [*'",;\t\n\r|ab{}[]: \\\0é\ufeff', "title", "abstract", "null"]
_TEXT = st.lists(st.sampled_from(_WORDS), max_size=60).map("".join)
_BEGINNINGS = st.sampled_from(
    [b"", b"title,abstract\n", b"Abstract:", b"Brown, Noam\n", b"[", b'{"title": ', b"\xff\xfe"]
)
_CONTENT = st.tuples(_BEGINNINGS, st.one_of(st.binary(max_size=200), _TEXT.map(lambda text: text.encode()))).map(
    b"".join
)


@settings(max_examples=examples(400), deadline=None)
@given(content=_CONTENT, name=st.sampled_from(["f.csv", "f.tsv", "f.jsonl", "f.txt", "f"]), packed=st.booleans())
def test_any_bytes_give_papers_problems_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str, packed: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(gzip.compress(content) if packed else content)
    try:
        found = list(read(path))
    except UnreadableFile as error:
        assert str(error)
        return
    assert found
    records = [item.sources[0].record if isinstance(item, Paper) else item.record for item in found]
    numbered = [record for record in records if record]
    assert numbered == list(range(1, len(numbered) + 1))
    for item in found:
        assert isinstance(item, (Paper, Problem))
        str(item).encode()


@settings(max_examples=examples(100), deadline=None)
@given(cut=st.integers(0, 400), flip=st.integers(0, 400))
def test_any_damage_to_a_packed_file(tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int) -> None:
    packed = bytearray(gzip.compress(b"".join(b'{"title": "%d"}\n' % number**7 for number in range(60))))
    packed[min(flip, len(packed) - 1)] ^= 0x55
    path = tmp_path_factory.mktemp("damage") / "f.jsonl.gz"
    path.write_bytes(packed[: cut or None])
    try:
        assert all(isinstance(item, (Paper, Problem)) for item in read(path))
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=examples(200), deadline=None)
@given(rows=st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read_row_for_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    rows = [(f"x{title}", abstract) for title, abstract in rows]
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("title", "abstract"), *rows])
    found = list(read(path))
    assert len([item for item in found if isinstance(item, Paper)]) == len(rows)


def test_every_reader_has_its_own_name() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)
