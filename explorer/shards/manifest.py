"""What DIR says of itself: of which corpus, model and form its shards are, and which there are.

Knows the files `begun.json`, `plan.json` and `report.json`. Always true: a DIR of a newer version, or a damaged DIR, is
refused with the next step; the plan is there when all papers are read and all texts divided, and not before.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explorer.errors import LibraryError
from explorer.library.report import Report
from explorer.paper import Problem
from explorer.shards.files import replace, sealed, sum_of, unsealed

FORMAT = 1  # raise it when the shards of an earlier version cannot be read any more
PAPERS, TEXTS, VECTORS, MERGED = "papers", "texts", "vectors", "merged"  # folders in DIR
_BEGUN, _PLAN, _REPORT = "begun.json", "plan.json", "report.json"


@dataclass(frozen=True)
class PaperShard:
    """A shard of records in the order of the corpus: its file, how many they are, and where those after it begin."""

    name: str
    records: int
    arguments: tuple[int, int]  # of the corpus, the first and the last that it holds records of
    after: tuple[int, int, int]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> PaperShard:
        """The shard that was written as these values."""
        first, last = values["arguments"]
        argument, file, record = values["after"]
        return cls(values["name"], values["records"], (first, last), (argument, file, record))


@dataclass(frozen=True)
class TextShard:
    """A shard of texts in blocks: its file, how many they are, the first and last of their hashes in order.

    `key` names the list of texts, their blocks and the model: vectors of the same key are of the same texts.
    """

    name: str
    number: int
    key: str
    texts: int
    hashes: tuple[str, str]


@dataclass(frozen=True)
class Begun:
    """What was to be divided, and how; `files` are the states of the corpus's files."""

    corpus: tuple[str, ...]
    columns: Mapping[str, str]
    size: int
    encoder: str
    revision: str
    files: Mapping[str, str]

    @property
    def command(self) -> str:
        """The command that goes on with it, less the folder."""
        return shlex.join(["explorer", "shard", *self.corpus])


@dataclass(frozen=True)
class Plan:
    """All shards of DIR but those of vectors; `unread` are the files of the corpus that could not be read."""

    encoder: str
    revision: str
    bits: int  # of the hash of a text, which choose its block
    papers: tuple[PaperShard, ...]
    texts: tuple[TextShard, ...]
    origins: tuple[str, ...]
    unread: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """Changes with any record of the corpus."""
        return digest_of(self.papers)


def digest_of(shards: Sequence[PaperShard]) -> str:
    """Changes with any record of these shards."""
    return sum_of("\n".join(shard.name for shard in shards).encode())


def begun_in(folder: Path) -> Begun | None:
    """What was begun in a folder, None where nothing was. Raises LibraryError when it is damaged or newer."""
    read = _read(folder / _BEGUN, f"delete {folder} and divide the corpus again with: explorer shard")
    return Begun(**{**read, "corpus": tuple(read["corpus"])}) if read else None


def begin(folder: Path, begun: Begun) -> None:
    """Remember what is divided in a folder."""
    replace(folder / _BEGUN, (sealed({"format": FORMAT, **asdict(begun)}) + "\n").encode())


def plan_in(folder: Path) -> Plan:
    """The plan of a folder. Raises LibraryError when there is none yet, or it is damaged or newer."""
    begun = begun_in(folder)
    again = f"{begun.command if begun else 'explorer shard CORPUS'} --out {shlex.quote(str(folder))}"
    read = _read(folder / _PLAN, f"whole shards stay; make it again with: {again}")
    if read is None:
        raise LibraryError(f"{folder} holds no finished shards; make them, or go on, with: {again}")
    return Plan(
        **{
            **read,
            "papers": tuple(map(PaperShard.of, read["papers"])),
            "texts": tuple(TextShard(**{**shard, "hashes": tuple(shard["hashes"])}) for shard in read["texts"]),
            "origins": tuple(read["origins"]),
            "unread": tuple(Problem(**problem) for problem in read["unread"]),
        }
    )


def write_plan(folder: Path, plan: Plan) -> None:
    """Say that all shards are there."""
    replace(folder / _PLAN, (sealed({"format": FORMAT, **asdict(plan)}) + "\n").encode())


def write_report(folder: Path, report: Report) -> None:
    """Remember what came of reading the corpus, for whoever goes on after an interruption."""
    replace(folder / _REPORT, (sealed({"format": FORMAT, **asdict(report)}) + "\n").encode())


def report_in(folder: Path) -> Report | None:
    """What came of reading the corpus; None where nothing says so."""
    try:
        read = _read(folder / _REPORT, "")
    except LibraryError:  # it is a courtesy: what could not be read stands in the library, too
        return None
    if read is None:
        return None
    problems = tuple(Problem(**problem) for problem in read["problems"])
    return Report(**{**read, "problems": problems, "unread": tuple(read["unread"])})


def _read(path: Path, cure: str) -> dict[str, Any] | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    content = unsealed(text)
    if content is None:
        raise LibraryError(f"{path} is damaged; {cure}")
    if (form := content.pop("format", 0)) != FORMAT:
        raise LibraryError(
            f"{path} is of format {form}, and this version of the explorer reads format {FORMAT}; use the version that "
            "made it, or divide the corpus into another --out"
        )
    return content
