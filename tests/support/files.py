"""What the readers make of a file, in the forms that tests compare. No test stands here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from explorer.paper import Paper, Problem
from explorer.readers import read

Write = Callable[..., Path]  # the fixture `write`: makes a file in the folder of the test


def papers(path: Path, **columns: str | int) -> list[Paper]:
    return [item for item in read(path, columns) if isinstance(item, Paper)]


def sound_papers(path: Path) -> list[Paper]:
    """The papers of a file in which there is no problem."""
    assert problems(path) == []
    return papers(path)


def only(path: Path) -> Paper:
    """The one paper of a file that holds nothing else."""
    [item] = read(path)
    assert isinstance(item, Paper), item
    return item


def problems(path: Path) -> list[Problem]:
    return [item for item in read(path) if isinstance(item, Problem)]


def titles(path: Path) -> list[str]:
    return [paper.title for paper in papers(path)]


def lost(path: Path) -> list[Problem]:
    """Records that could not be read."""
    return [problem for problem in problems(path) if problem.record]


def remarks(path: Path) -> list[str]:
    """What is said of a file as a whole."""
    return [problem.reason for problem in problems(path) if not problem.record]


def reasons(path: Path) -> list[tuple[int, int, str]]:
    """(record, line, reason) of every problem."""
    return [(problem.record, problem.line, problem.reason) for problem in problems(path)]


def passed_over(path: Path) -> dict[str, str]:
    """File → what is said of it as a whole."""
    return {problem.file: problem.reason for problem in problems(path) if not problem.record}
