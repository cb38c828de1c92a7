"""Files of a test's own, by what they hold; a data folder of Zotero."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import DATA
from explorer.errors import UnreadableFile
from explorer.readers import read
from support.files import Write
from support.zotero import Zotero


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def write_xml(write: Write) -> Write:
    def write_file(content: str | bytes, name: str = "made.xml") -> Path:
        return write(name, content)

    return write_file


@pytest.fixture
def write_bibtex(write: Write) -> Write:
    def write_file(content: str) -> Path:
        return write("refs.bib", content)

    return write_file


@pytest.fixture
def write_json(write: Write) -> Write:
    def write_file(content: object) -> Path:
        return write("records.json", content if isinstance(content, str) else json.dumps(content))

    return write_file


@pytest.fixture
def zotero(tmp_path: Path) -> Iterator[Zotero]:
    made = Zotero(tmp_path / "Zotero")
    yield made
    made.tables.close()


@pytest.fixture(autouse=True, scope="session")
def _all_loaded() -> None:
    """A small file of every format is read, so that no test measures what the libraries cost that readers load late."""
    for path in sorted(DATA.joinpath("fuzz").rglob("*")):
        if path.is_file():
            with suppress(UnreadableFile):
                list(read(path))
