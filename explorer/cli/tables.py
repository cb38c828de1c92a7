"""What the command line prints: JSON for programs, tables for people, a progress bar on stderr.

Knows results, reports and terminals, not libraries. Always true: results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import codecs
import json
import sys
import time
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from explorer.export.shapes import floor_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.progress import TaskID

    from explorer.evaluation.library import LibraryFigures
    from explorer.explain.why import Explanation
    from explorer.library.authors import NameForm
    from explorer.library.report import Progress, Step
    from explorer.paper import Paper, Problem
    from explorer.search.answer import Result


def print_json(value: object) -> None:
    """`value` on stdout; what its encoding lacks is escaped, and a lone surrogate, as no encoding takes it."""
    json.dump(value, sys.stdout, ensure_ascii=_encoding() != "utf-8", indent=1)
    print()


def _encoding() -> str:
    return codecs.lookup(sys.stdout.encoding or "utf-8").name


def print_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """A table on stdout, in UTF-8, a line each of `rows`, which have the same keys; lists are divided by semicolons."""
    import csv

    from explorer.export.tables import inert

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    cells = ([_cell(row.get(name)) for name in names] for row in rows)
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in cells)


def _cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return "; ".join(str(_cell(each)) for each in value)
    return ":".join(map(str, value.values())) if isinstance(value, dict) else value


def remark(text: str) -> None:
    """A line on stderr."""
    print(text, file=sys.stderr)


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr with rate and time left; a plain line per stage when stderr is no terminal."""
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def tell(step: Step) -> None:
            if step.note:
                remark(step.note)
            if step.stage not in seen:
                seen.add(step.stage)
                remark(f"{step.stage}{f' {step.total} texts' if step.stage == 'Embedding' else ''} …")

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, tuple[TaskID, float]] = {}

        def show(step: Step) -> None:
            if step.note:
                bars.console.print(step.note, highlight=False)
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=1.0, words=""), time.monotonic() - 1e-9
            task, began = tasks[step.stage]
            words = f"{step.done:,}" + (f" of {step.total:,}" if step.total else "")
            if step.stage in {"Reading", "Embedding"} and step.done:
                words += f" · {step.done / (time.monotonic() - began):,.0f}/s"
            bars.update(task, completed=step.share, words=words)

        yield show


def print_problems(problems: Sequence[Problem], most: int | None = None) -> None:
    """The first `most` problems on stderr, and where the others are."""
    for problem in problems[:most]:
        remark(f"  {place(problem)}: {problem.reason}")
    if most is not None and len(problems) > most:
        remark(f"  … and {len(problems) - most:,} more; see: explorer problems")


def place(problem: Problem) -> str:
    """File and line of a problem, as far as they are there."""
    return f"{problem.file}, line {problem.line}" if problem.line else problem.file


def facts(paper: Paper) -> str:
    """First author and year, as far as they are there."""
    return ", ".join(filter(None, (*paper.authors[:1], str(paper.year or ""))))


def results_table(
    results: Sequence[Result], more: Mapping[str, Sequence[str]] | None = None, *, judged: bool = False
) -> None:
    """Results, one a line, with their rank among all pairs of papers, or if `judged` their relevance and level.

    `more` are further columns by name, one text a result.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from explorer.search.certainty import LEVELS
    from explorer.text import counted

    table = Table(box=None, pad_edge=False)
    for name in ("relevance", "", "similarity") if judged else ("similarity", "closer than"):
        table.add_column(name, justify="right")
    table.add_column("id", style="dim", overflow="fold")
    table.add_column("paper", overflow="fold")
    table.add_column("year", justify="right")
    for name in more or {}:
        table.add_column(name)
    for row, result in enumerate(results):
        paper, copies = result.paper, len(result.copies)
        folded = f" (and {counted(copies, 'near-copy', 'near-copies')})" if copies else ""
        level = LEVELS[result.level] if result.level else ""
        level = level if result.embedded else f"{level} by words".strip()
        nearness = (f"{result.relevance or 0:.0f}", level) if judged else ()
        rank = f"{floor_percent(result.percentile)} of pairs" if result.embedded else "by words"
        table.add_row(
            *nearness,
            f"{result.similarity:.3f}" if result.embedded else "–",
            *(() if judged else (rank,)),
            Text(paper.id),
            Text((f"[{paper.status}] " if paper.status else "") + paper.heading + folded),
            str(paper.year or ""),
            *(column[row] for column in (more or {}).values()),
        )
    Console().print(table)


def explanation(left: str, right: str, explanation: Explanation) -> None:
    """Why two texts are close: sentences that say something alike below each other, then the terms."""
    print(f"A  {left}\nB  {right}")
    for pair in explanation.pairs:
        print(f"\n{pair.similarity:.2f}  A  {pair.one.text}\n      B  {pair.other.text}")
    print("" if explanation.pairs else "\nno single sentence stands out")
    lists = (("both hold", explanation.shared), ("only A", explanation.only_one), ("only B", explanation.only_other))
    for name, terms in lists:
        if terms:
            print(f"{name:9}  {', '.join(f'{term.text} ({term.papers})' for term in terms)}")
    if not explanation.shared:
        print("no rare term in common")


def name_forms(forms: Sequence[NameForm]) -> None:
    """Spellings of names, each on a line: papers, years, co-authors."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("name", overflow="fold")
    for column in ("papers", "years"):
        table.add_column(column, justify="right")
    table.add_column("mostly with", overflow="fold")
    for form in forms:
        years = "–".join(dict.fromkeys(str(year) for year in (form.first, form.last) if year))
        table.add_row(
            Text(form.name), f"{form.papers:,}", years, Text(", ".join(f"{name} ({n})" for name, n in form.coauthors))
        )
    Console().print(table)


def topic_tree(tree: list[list[dict[str, Any]]], level: int, parent: int | None, indent: str) -> None:
    """Topics below `parent`, each with its papers, deeper levels indented."""
    for number, topic in enumerate(tree[level]):
        if topic["parent"] == parent:
            doubtful = f", {topic['doubtful']} in doubt" if topic["doubtful"] else ""
            second = f" · {topic['second']}" if topic["second"] else ""
            print(f"{indent}{topic['label']} ({topic['papers']}{doubtful}){second}")
            if level:
                topic_tree(tree, level - 1, number, indent + "  ")


def print_check(check: LibraryFigures) -> None:
    """What was measured without labels, task by task; on stderr what could not be."""
    from explorer.evaluation.library import MEANS
    from explorer.text import counted

    print(f"{counted(check.papers, 'paper')}; means in percent ± standard error")
    for task, means in MEANS.items():
        figures = [figure for figure in check.figures if figure.task == task]
        if figures:
            print(f"\n{task}: {means} (sample: {', '.join(dict.fromkeys(f'{figure.sample:,}' for figure in figures))})")
        for figure in figures:
            chance = "" if figure.chance is None else f"   by chance {figure.chance:.1f}"
            print(f"  {figure.method:8} {figure.name:18} {figure.value:5.1f} ± {figure.error:.1f}{chance}")
    for reason in check.left_out:
        remark(f"left out: {reason}")
