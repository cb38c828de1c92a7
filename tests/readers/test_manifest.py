"""Every file of the shared imports gives the counts of its manifest, or those explained in import_exceptions.md."""

from __future__ import annotations

import csv
import re

import pytest

from conftest import ROOT, SHARED
from explorer.readers import UnreadableFile, summary

IMPORTS = SHARED / "imports"
EXCEPTIONS = ROOT / "tests" / "import_exceptions.md"


def manifest() -> list[tuple[str, int, int]]:
    if not (IMPORTS / "manifest.csv").is_file():
        return []
    with (IMPORTS / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [
            (row["file"], int(row["records"]), int(row["records_with_abstract"] or 0))
            for row in csv.DictReader(file)
            if row["records"]  # one file was not counted
        ]


def exceptions() -> dict[str, tuple[int, int]]:
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| .{20,} \|$", EXCEPTIONS.read_text("utf-8"), re.MULTILINE)
    return {name: (int(records), int(abstracts)) for name, records, abstracts in rows}


def counted(file: str) -> tuple[int, int]:
    try:
        found = summary(IMPORTS / file)
    except UnreadableFile as error:
        assert len(str(error)) < 800
        return 0, 0
    for problem in found.problems:
        assert problem.file and problem.reason
    return found.records, found.with_abstract


@pytest.mark.skipif(not IMPORTS.is_dir(), reason="needs the shared data: imports")
def test_the_exceptions_name_files_of_the_manifest() -> None:
    assert set(exceptions()) <= {file for file, *_ in manifest()}


@pytest.mark.parametrize(("file", "records", "abstracts"), manifest(), ids=lambda value: str(value))
def test_counts(file: str, records: int, abstracts: int) -> None:
    assert counted(file) == exceptions().get(file, (records, abstracts))
