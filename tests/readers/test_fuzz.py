"""Files that once broke a reader, and the small ones `benchmarks/fuzz.py` begins with: none breaks a reader again."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from conftest import ROOT
from explorer.paper import Paper, Problem, Source
from explorer.readers import READERS, UnreadableFile, recognise

pytest.importorskip("resource", reason="the script measures time and memory as Unix does")

FILES = sorted(path for path in (ROOT / "tests" / "data" / "fuzz").rglob("*") if path.is_file())
NAMES = sorted({reader.name for reader in READERS})


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    """The script, which is no module of the package."""
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "benchmarks" / "fuzz.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_file_breaks_a_reader(fuzz: ModuleType, path: Path) -> None:
    assert fuzz.fault(path) == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_has_a_file_to_begin_with(fuzz: ModuleType, name: str) -> None:
    def format_of(path: Path) -> str:
        try:
            return recognise(path)
        except UnreadableFile:
            return ""

    assert name in [format_of(path) for path in fuzz.seeds(name)]


def paper(record: int, title: str = "T") -> Paper:
    return Paper(title=title, sources=(Source("f", record, 1),))


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([paper(1), Problem("f", 0, 1, "r"), Problem("f", 2, 1, "r"), paper(3)], ""),
        ([paper(1), paper(3)], "record 3 came after record 1"),
        ([paper(1), paper(1)], "record 1 came after record 1"),
        ([paper(0)], "record 0 came after record 0"),
        ([paper(1), None], "gave NoneType"),
        ([paper(1, "")], "a paper without title and abstract"),
        ([paper(1, "half \ud83d")], "title holds a NUL or half a character"),
        ([Problem("f", 1, 1, " ")], "a problem without a reason"),
    ],
)
def test_what_no_reader_may_give_is_found(
    fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, items: list[Paper | Problem], found: str
) -> None:
    monkeypatch.setattr(fuzz, "read", lambda path: iter(items))
    assert fuzz.fault(Path("f")) == found


def test_a_reader_that_takes_too_long_is_stopped(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(path: Path) -> Iterator[Paper]:
        while True:
            pass
        yield paper(1)

    monkeypatch.setattr(fuzz, "SECONDS", 0.1)
    monkeypatch.setattr(fuzz, "read", endless)
    with pytest.raises(fuzz.TooSlow):
        fuzz.fault(Path("f"))


def test_only_unreadable_file_may_be_raised(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(path: Path) -> Iterator[Paper]:
        raise UnreadableFile("f: is no list of papers")

    monkeypatch.setattr(fuzz, "read", unreadable)
    assert fuzz.fault(Path("f")) == ""
    monkeypatch.setattr(fuzz, "read", lambda path: {}["missing"])
    with pytest.raises(KeyError):
        fuzz.fault(Path("f"))


def test_changes_keep_to_the_length_and_to_the_seed(fuzz: ModuleType) -> None:
    data = FILES[0].read_bytes()
    first, again = ([fuzz.changed(data, random.Random(7), [data], 500) for _ in range(50)] for _ in range(2))
    assert first == again
    many = {fuzz.changed(data, random.Random(number), [data], 500) for number in range(300)}
    assert len(many) > 250 and max(map(len, many)) <= 500
