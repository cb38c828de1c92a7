"""Every file of the shared imports gives the counts of its manifest, or those explained in import_exceptions.md."""

from __future__ import annotations

import csv
import re

import pytest

from conftest import NEEDS_SHARED, ROOT, SHARED, shared
from explorer.readers import UnreadableFile, summary
from support.files import lost, papers

EXCEPTIONS = ROOT / "tests" / "import_exceptions.md"
TAGGED = ("ris", "nbib", "wos", "enw", "ovid", "refworks")


def manifest() -> list[tuple[str, str, int, int]]:
    with shared("imports", "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
        return [
            (row["file"], row["format"], int(row["records"]), int(row["records_with_abstract"] or 0))
            for row in csv.DictReader(file)
            if row["records"]  # one file was not counted
        ]


def exceptions() -> dict[str, tuple[int, int]]:
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| .{20,} \|$", EXCEPTIONS.read_text("utf-8"), re.MULTILINE)
    return {name: (int(records), int(abstracts)) for name, records, abstracts in rows}


def test_the_exceptions_name_files_of_the_manifest() -> None:
    files = [file for file, *_ in manifest()]
    assert len(files) > 100
    assert set(exceptions()) <= set(files)


@pytest.mark.parametrize(
    ("file", "format_name", "records", "abstracts"),
    manifest() if SHARED else [pytest.param("", "", 0, 0, marks=pytest.mark.skip(reason=NEEDS_SHARED))],
    ids=lambda value: str(value),
)
def test_counts(file: str, format_name: str, records: int, abstracts: int) -> None:
    records, abstracts = exceptions().get(file, (records, abstracts))
    try:
        found = summary(shared("imports", *file.split("/")))
    except UnreadableFile as error:
        assert len(str(error)) < 800
        assert (records, abstracts) == (0, 0)
        return
    assert (found.records, found.with_abstract) == (records, abstracts)
    assert records, "a file without records is refused"
    for problem in found.problems:
        assert problem.file and problem.reason
    if format_name in TAGGED:
        assert found.format == format_name


@pytest.mark.parametrize(
    ("name", "read", "unreadable"),
    [
        ("wrong_types.jsonl", 3, 2),  # a list as title, and broken JSON; the rest is told
        ("truncated.csv.gz", 0, 1),  # the row that is cut off is told
    ],
)
def test_what_is_lost_in_hostile_files(name: str, read: int, unreadable: int) -> None:
    path = shared("imports", "hostile", name)
    assert (len(papers(path)), len(lost(path))) == (read, unreadable)
