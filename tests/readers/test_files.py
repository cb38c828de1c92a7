"""Folders, archives, pipes and limits: whatever is given is read file by file."""

from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import ROOT, shared
from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, columns, preview, read, read_bytes, recognise, summary
from explorer.readers.io import files
from explorer.readers.io.stream import Stream
from support.cost import bytes_at_most, examples, seconds_at_most
from support.files import passed_over, titles

CSV = "title,abstract\nFirst,One\nSecond,\n"
JSONL = '{"title": "Third", "abstract": "Three"}\n'


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_hundreds_of_files_wait_to_be_read_without_being_open_all(folder: Path) -> None:
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir())) if descriptors.exists() else 0
    readings = [read(folder / "c.csv") for _ in range(300)]
    assert not before or len(list(descriptors.iterdir())) < before + 110
    assert all([item.title for item in items if isinstance(item, Paper)] == ["First", "Second"] for items in readings)


def test_bytes_are_read_as_a_file_of_that_name() -> None:
    found = [item for item in read_bytes(CSV.encode(), "sent.csv") if isinstance(item, Paper)]
    assert [(paper.title, paper.sources[0].file) for paper in found] == [("First", "sent.csv"), ("Second", "sent.csv")]


# --------------------------------------------------------------------------------------------------------- folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "papers"
    (place / "b" / "deep").mkdir(parents=True)
    (place / ".hidden").mkdir()
    (place / "c.csv").write_text(CSV)
    (place / "b" / "deep" / "a.jsonl").write_text(JSONL)
    (place / "b" / "scan.pdf").write_bytes(b"%PDF-1.7 ...")
    (place / ".hidden" / "x.csv").write_text(CSV)
    (place / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (place / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    return place


def test_folder_is_read_file_by_file_in_the_order_of_names(folder: Path) -> None:
    found = [item for item in read(folder) if isinstance(item, Paper)]
    assert [(paper.title, paper.sources[0].file, paper.sources[0].record) for paper in found] == [
        ("Third", "b/deep/a.jsonl", 1),
        ("First", "c.csv", 1),
        ("Second", "c.csv", 2),
    ]
    assert list(passed_over(folder)) == ["b/scan.pdf"]
    assert passed_over(folder)["b/scan.pdf"].startswith("looks like a PDF")
    assert recognise(folder) == "mixed"


def test_loops_of_links_end_and_links_elsewhere_are_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "b" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "broken.csv").symlink_to(tmp_path / "nowhere")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "d.csv").write_text("title\nOutside\n")
    (folder / "z").symlink_to(outside, target_is_directory=True)
    assert titles(folder) == ["Third", "First", "Second", "Outside"]
    assert "No such file" in passed_over(folder)["broken.csv"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_pipes_and_sockets_are_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(folder / "pipe.csv")
    monkeypatch.chdir(folder)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.csv")
        assert titles(folder) == ["Third", "First", "Second"]
        assert passed_over(folder)["pipe.csv"] == "was passed over: a pipe"
        assert passed_over(folder)["socket.csv"] == "was passed over: a socket"
    with pytest.raises(UnreadableFile, match="a pipe"):
        read(folder / "pipe.csv")


def test_folder_without_anything_readable_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.csv").write_bytes(b"")
    with pytest.raises(UnreadableFile, match=r"a\.pdf: looks like a PDF.*b\.csv: is empty"):
        read(tmp_path)


def test_chosen_columns_apply_to_the_tables_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("HEAD,BODY\nFirst,One\n")
    (tmp_path / "b.csv").write_text("title,abstract\nSecond,Two\n")
    found = list(read(tmp_path, {"title": "HEAD"}))
    assert [item.title for item in found if isinstance(item, Paper)] == ["First"]
    assert "has no column “HEAD”" in next(item.reason for item in found if isinstance(item, Problem))


# -------------------------------------------------------------------------------------------------------- archives


def test_archive_is_read_member_by_member(tmp_path: Path) -> None:
    inner = zipped({"x/a.jsonl": JSONL, "deeper.zip": zipped({"n.csv": CSV})})
    content = {
        "lists/one.csv": CSV, "../../etc/evil.csv": "title\nHarmless\n", "more.zip": inner, "readme.pdf": b"%PDF-1.4",
        "__MACOSX/lists/._one.csv": b"\0\5\x16\7", "lists/.DS_Store": b"\0",
        "packed.csv.gz": gzip.compress(CSV.encode()),
    }  # fmt: skip
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(content))
    before = set(tmp_path.rglob("*")) | set(tmp_path.parent.iterdir())
    found = [(item.sources[0].file, item.title) for item in read(path) if isinstance(item, Paper)]
    assert found == [
        ("all.zip/../../etc/evil.csv", "Harmless"),
        ("all.zip/lists/one.csv", "First"), ("all.zip/lists/one.csv", "Second"),
        ("all.zip/more.zip/x/a.jsonl", "Third"),
        ("all.zip/packed.csv.gz", "First"), ("all.zip/packed.csv.gz", "Second"),
    ]  # fmt: skip
    assert set(tmp_path.rglob("*")) | set(tmp_path.parent.iterdir()) == before
    told = passed_over(path)
    assert set(told) == {"all.zip/more.zip/deeper.zip", "all.zip/readme.pdf"}
    assert "archive in an archive in an archive" in told["all.zip/more.zip/deeper.zip"]


def _encrypted(raw: bytes) -> bytes:
    """The archive with the flag of encryption set on every member."""
    out = bytearray(raw)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(magic)
        while at >= 0:
            out[at + offset] |= 1
            at = out.find(magic, at + 4)
    return bytes(out)


def test_encrypted_members_are_told(tmp_path: Path) -> None:
    path = tmp_path / "secret.zip"
    path.write_bytes(_encrypted(zipped({"a.csv": CSV})))
    with pytest.raises(UnreadableFile, match=r"secret\.zip/a\.csv: is encrypted"):
        read(path)
    (tmp_path / "open.csv").write_text(CSV)
    assert titles(tmp_path) == ["First", "Second"]
    assert "is encrypted" in passed_over(tmp_path)["secret.zip/a.csv"]


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"x" * 100, zipped({"a.csv": CSV * 99})[:-30], b"PK\x05\x06"])
def test_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"bad\.zip: is a zip archive that is damaged"):
        read(path)


def test_member_with_a_wrong_checksum_costs_itself_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.jsonl", JSONL)
    path = tmp_path / "sum.zip"
    path.write_bytes(out.getvalue().replace(b"First", b"Fixed"))
    assert titles(path) == ["Third"]
    assert "is damaged" in passed_over(path)["sum.zip/a.csv"]


def test_archive_that_unpacks_to_too_much_is_refused_at_once(tmp_path: Path) -> None:
    path = shared("imports", "hostile", "bomb_1GiB_jsonl.zip")
    with seconds_at_most(2), pytest.raises(UnreadableFile, match=r"978 MB, 400 times its size.*EXPLORER_LIMIT_RATIO"):
        read(path)


def test_bomb_in_gzip_takes_little_memory_and_time() -> None:
    path = shared("imports", "hostile", "bomb_1GiB.csv.gz")
    with bytes_at_most(80 * 2**20), seconds_at_most(10), pytest.raises(UnreadableFile, match="no records"):
        read(path)


def test_real_archive_of_openalex_pages() -> None:
    path = shared("imports", "openalex", "synergy_Donners_2021_works_1.zip")
    found = summary(path)
    assert (found.format, found.records, found.with_abstract) == ("openalex", 258, 250)
    first = next(iter(read(path)))
    assert isinstance(first, Paper)
    assert first.sources[0].file == "synergy_Donners_2021_works_1.zip/works_0_25.json"


# ----------------------------------------------------------------------------------------------------------- pipes


def test_what_is_piped_in_can_be_looked_at_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    assert [column.name for column in columns("-")] == ["title", "abstract"]
    assert titles("-") == ["First", "Second"]
    assert recognise("-") == "csv"
    paper = next(iter(read("-")))
    assert isinstance(paper, Paper)
    assert paper.sources[0].file == "stdin"


def test_seekable_file_of_unpacked_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"abcdef"))
    (tmp_path / "b").write_bytes(b"abcdef")
    for name in ("a.gz", "b"):
        with Stream(tmp_path / name).open() as file:
            file.seek(4)
            assert (file.read(), file.tell()) == (b"ef", 6)
    opened = Stream(lambda: io.BytesIO(gzip.compress(CSV.encode())), "made.csv")
    assert [line.text for line in opened.lines()] == ["title,abstract", "First,One", "Second,", ""]


# ---------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("EXPLORER_LIMIT_LINE", "1_000", "(1000, 68719476736, 400, 100000, '')"),
        ("EXPLORER_LIMIT_EXPANDED", "7", "(16777216, 7340032, 400, 100000, '')"),
        ("EXPLORER_LIMIT_RATIO", "9000", "(16777216, 68719476736, 9000, 100000, '')"),
        ("EXPLORER_LIMIT_FILES", "many", "'EXPLORER_LIMIT_FILES is “many”, but must be a whole number above 0"),
    ],
)
def test_limits_come_from_the_environment(variable: str, value: str, shown: str) -> None:
    limits = "(l.line(), l.expanded(), l.ratio(), l.files(), l.wrong())"
    code = f"from explorer.readers.io import limits as l; print({limits})"
    environment = {**os.environ, variable: value, "PYTHONIOENCODING": "utf-8"}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=environment, check=True)
    assert shown in printed.stdout.decode()


def test_a_wrong_limit_is_told_when_a_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    monkeypatch.setenv("EXPLORER_LIMIT_RATIO", "x")
    with pytest.raises(UnreadableFile, match="EXPLORER_LIMIT_RATIO is “x”"):
        read(tmp_path / "a.csv")


def test_too_many_files_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_FILES", "1")
    assert titles(folder) == ["Third"]
    assert "EXPLORER_LIMIT_FILES" in passed_over(folder)["papers"]


# ------------------------------------------------------------------------------------------------ summary, preview


def test_summary_counts_records_and_abstracts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,abstract,n\nA,One,\nB,[No abstract available],\n,,3\n")
    found = summary(path)
    assert (found.format, found.records, found.with_abstract) == ("csv", 3, 1)
    assert [(problem.record, problem.line) for problem in found.problems] == [(3, 4)]


def test_summary_of_a_folder_of_one_format(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(CSV)
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7")
    found = summary(tmp_path)
    assert (found.format, found.records, found.with_abstract, len(found.problems)) == ("csv", 4, 2, 1)


def test_preview_reads_the_beginning_only(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("title,abstract\n")
        for _ in range(60):
            file.write("Some title,Some abstract that is a little longer\n" * 10_000)
    with seconds_at_most(0.5):
        found = preview(path, n=3)
    assert (found.format, found.label, len(found.papers), found.more) == ("csv", "CSV", 3, True)
    assert [(column.name, column.field) for column in found.columns] == [("title", "title"), ("abstract", "abstract")]


def test_preview_of_a_short_file_and_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    assert preview(tmp_path / "a.csv", n=2).more is False
    (tmp_path / "b.jsonl").write_text(JSONL)
    found = preview(tmp_path)
    assert (found.format, found.label) == ("mixed", "CSV and JSON lines")
    assert [paper.title for paper in found.papers] == ["First", "Second", "Third"]


# ----------------------------------------------------------------------------------------------------- any archive


@example(cut=0, flip=375, to=0)  # a member without a name
@settings(max_examples=examples(80), deadline=None)
@given(cut=st.integers(0, 400), flip=st.integers(0, 400), to=st.integers(0, 255))
def test_any_damage_to_an_archive(tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int, to: int) -> None:
    raw = bytearray(zipped({"a.csv": CSV, "b.jsonl": JSONL, "c.zip": zipped({"d.csv": CSV})}))
    raw[min(flip, len(raw) - 1)] = to
    path = tmp_path_factory.mktemp("zip") / "z.zip"
    path.write_bytes(raw[: len(raw) - cut if cut < 40 else None])
    try:
        assert all(isinstance(item, (Paper, Problem)) for item in read(path))
    except UnreadableFile as error:
        assert str(error)


def test_place_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    assert (files.at(tmp_path).file is None, files.at(tmp_path / "a.csv").file is None) == (True, False)
    opened: Callable[[], object] = files.at(tmp_path / "a.csv").streams
    assert [stream.name for stream in opened()] == ["a.csv"]  # type: ignore[attr-defined]
