"""Filling a library and looking after it: add, remove, undo, build, info, problems.

Always true: only `add` makes a library; what was read before an interruption stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from explorer.cli import NOTHING
from explorer.cli.options import (
    COLUMNS,
    FILE,
    FOLDER,
    JSON,
    PATH,
    Texts,
    command,
    opened,
    papers,
    positive,
    reads,
    within,
    writes,
)  # fmt: skip
from explorer.cli.tables import place, print_json, print_problems, progress, remark
from explorer.errors import LibraryError
from explorer.export.shapes import counts_of, of_info, precisions_of
from explorer.filter import Filter
from explorer.search.question import Question
from explorer.text import counted

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.library.report import Report
    from explorer.store import Import

_SHOWN = 10  # problems on the screen
_CLUSTER = "embed on a Dask cluster: local, local:4, or the address of a scheduler (needs distributed)"
_FILES = "a file, a folder of files, a Zotero data folder, or - for stdin"


@command(FOLDER, JSON, COLUMNS)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...", help=_FILES)
@click.option("--model", default="", help="sentence-transformers name or folder (default: the bundled MiniLM)")
@click.option("--sync", is_flag=True, help="also remove what these files do not hold any more")
@click.option("--dry-run", is_flag=True, help="change nothing, only tell what would change")
@click.option("--cluster", default="", metavar="WHERE", help=_CLUSTER)
def add(
    folder: Path, files: Texts, columns: dict[str, str], model: str, sync: bool, dry_run: bool, cluster: str,
    as_json: bool,
) -> int | None:  # fmt: skip
    """Read files into the library, embed what is new, draw the map."""
    from explorer.search.news import headline

    if cluster and (sync or dry_run):
        raise click.UsageError("--cluster adds; use it without --sync and --dry-run")
    if cluster:
        return _shown(_added_by(cluster, folder, files, columns, model), as_json)

    absent = [file or "(an empty name)" for file in files if file != "-" and (not file or not Path(file).exists())]
    if len(absent) == len(files) or "(an empty name)" in absent:
        raise LibraryError(f"no such file: {', '.join(absent)}")  # before a library is made
    with _library_to_fill(folder, model, dry_run) as library, progress() as show:
        report = library.add(*files, columns=columns, sync=sync, dry_run=dry_run, progress=show)
        news = "" if dry_run else headline(library.saved.news())
    code = _shown(report, as_json, "would be: " if dry_run else "")
    if news:
        remark(f"{news}; see: explorer news")
    return code


def _added_by(cluster: str, folder: Path, files: Texts, columns: dict[str, str], model: str) -> Report:
    from explorer.shards.cluster import add as add_by
    from explorer.shards.corpus import Corpus

    with progress() as show:
        return add_by(Corpus(files, columns), folder, cluster, model=model, progress=show)


def _shown(report: Report, as_json: bool, before: str = "") -> int | None:
    if as_json:
        print_json(asdict(report))
    else:
        print(before + report.words)
        print_problems(report.problems, _SHOWN)
    return NOTHING if report.lost or report.unread or not report.read else None


@contextmanager
def _library_to_fill(folder: Path, model: str, dry_run: bool) -> Iterator[Library]:
    """For writing; to try out what a first import would do, a library that is gone afterwards."""
    if not dry_run or (folder / "library.sqlite").is_file():
        with opened(folder, write=True, model=model) as library:
            yield library
        return
    with TemporaryDirectory() as temporary, opened(Path(temporary), write=True) as library:
        yield library


@command(writes, papers())
def remove(library: Library, papers: Texts) -> None:
    """Take papers out of the library."""
    with progress() as show:
        removed = library.records.remove(*_named(library, papers), progress=show)
    for paper in removed:
        print(f"removed {paper.id}: {paper.heading}")
    for problem in library.records.problems():
        remark(f"{problem.file}: {problem.reason}")
    remark("To bring them back: explorer undo")


def _named(library: Library, papers: Texts) -> Texts:
    """The ids of papers; those of a removal that was killed and is repeated are gone already."""
    names = tuple(dict.fromkeys(papers))
    return (
        names if any(change.files == names for change in library.records.undoable()) else library.snapshot.ids(papers)
    )


_QUERY = "all papers that fulfil its conditions (tag:peat year:2019..); with words, the K best"
_COPY = click.option("-k", type=positive, metavar="K", help="how many of the best, for a --query with words")


@command(FOLDER, JSON, within, papers(required=False), _COPY)
@click.option("--to", "target", type=PATH, required=True, metavar="DIR", help="the second library; made when missing")
@click.option("--query", default="", metavar="TEXT", help=_QUERY)
@click.option("--move", "moves", is_flag=True, help="with marks and notes, and take them out of the first library")
def copy(
    folder: Path, target: Path, within: Filter, papers: Texts, query: str, k: int | None, moves: bool, as_json: bool
) -> int | None:
    """Copy or move papers to another library: by name, or all that pass a filter."""
    from explorer.libraries import transfer
    from explorer.libraries.names import names_of

    name, second = names_of([folder, target])
    if not (folder / "library.sqlite").is_file():
        raise LibraryError(f"no library in {folder} to copy from")
    with ExitStack() as stack:
        source = stack.enter_context(opened(folder, write=moves))
        ids = names = tuple(dict.fromkeys(papers))
        if not (moves and names and transfer.latest_removal(source) == names):
            ids = _chosen(source, papers, Question(query, within=within), k)
        if not ids:
            remark("no paper passes; nothing was copied")
            return NOTHING
        there = (target / "library.sqlite").is_file()
        library = stack.enter_context(opened(target, write=True, model="" if there else source.encoder.name))
        show = stack.enter_context(progress())
        verb = transfer.move if moves else transfer.copy
        done = verb(source, library, ids, name=name, progress=show)
    if as_json:
        print_json({**asdict(done.report), "vectors": done.vectors, "removed": [paper.id for paper in done.removed]})
        return None
    print(f"{second}: {done.report.words}")
    remark(f"To undo it there: explorer undo --library {target}")
    if done.removed:
        print(f"{name}: {counted(len(done.removed), 'paper')} taken out")
        remark(f"To bring them back: explorer undo --library {folder}")
    return None


def _chosen(library: Library, names: Texts, question: Question, k: int | None) -> Texts:
    """Ids of the papers that are named, or else that fulfil a question. Raises LibraryError where neither does."""
    if bool(names) == bool(question.text.strip() or question.within):
        raise LibraryError("say which papers: ids, DOIs or titles, or else a filter as --tag peat or a --query")
    if names:
        return library.snapshot.ids(names)
    if (words := question.parsed().text.strip()) and k is None:
        raise LibraryError(f"{words!r} ranks all papers; say how many of the best with -k, or give conditions alone")
    if words:
        return tuple(result.paper.id for result in library.ask(question, k or 0).results)
    mask = library.snapshot.mask(question.within & question.parsed().within)
    rows = None if mask is None else [int(row) for row in mask.nonzero()[0]]
    return tuple(paper.id for paper in library.snapshot.papers(rows))


@command(writes)
def undo(library: Library) -> None:
    """Undo the latest import, sync or removal."""
    with progress() as show:
        undone = library.records.undo(progress=show)
    print(f"undone: {_change(undone)}")


def _change(done: Import) -> str:
    names = ", ".join(done.files[:5]) + (" …" if len(done.files) > 5 else "")
    if done.kind == "remove":
        return f"removal of {names}"
    return f"{done.kind} of {names} ({done.added:,} added, {done.updated:,} updated, {done.removed:,} removed)"


@command(writes)
@click.option("--redraw", is_flag=True, help="draw the map anew from the places of now: every paper gets its own")
@click.option("--seed", type=int, help="draw the map anew from nothing, by a random seed (0: from the places of now)")
def build(library: Library, redraw: bool, seed: int | None) -> None:
    """Go on after an interruption; rebuild what is missing or damaged."""
    with progress() as show:
        if redraw or seed is not None:
            library.redraw(seed or 0, progress=show)
        else:
            library.build(progress=show)


@command(reads, JSON)
@click.option("--methods", "paragraph", is_flag=True, help="print a paragraph for the methods section of a paper")
def info(library: Library, as_json: bool, paragraph: bool) -> None:
    """Tell what is in the library."""
    if paragraph or as_json:  # imported here: what the others need loads sooner
        from explorer.export.provenance import methods, provenance
    if paragraph:
        return print(methods(library))
    info = library.records.info()
    if as_json:
        made = asdict(provenance(library)) if info.on_map else None
        return print_json({**of_info(info), "provenance": made})
    for name, value in counts_of(info).items():
        print(f"{name.replace('_', ' '):17} {value}")
    if precisions := precisions_of(info):
        each = ", ".join(f"{count} {name}" for name, count in precisions.items())
        print(f"{'of the vectors':17} {each}{'; they may be compared' if len(precisions) > 1 else ''}")
    if info.recall:
        poor = "" if info.recall.sure else "; map and search are the worse for it"
        print(f"{'neighbours':17} {info.recall.words} of each paper are there{poor}")
    for file, count in info.files:
        print(f"{'from':17} {file}: {count}")
    if info.vectors < info.papers:
        waiting = f"{info.papers - info.vectors} papers have no vector yet; run: explorer build"
        print(f"meaning: {info.vectors:,} of {info.papers:,}; {waiting}")
    if info.drift:
        print(f"{info.drift.words} To draw the map anew: explorer build --redraw")
    for done in info.imports[:1]:  # what was interrupted before has gone on since, or is over
        if not done.finished and not done.undone:
            print(f"import of {', '.join(done.files)} ({done.started}) was interrupted; add it again to finish it")


@command(reads, JSON)
def problems(library: Library, as_json: bool) -> None:
    """List what could not be read in the latest import, and why."""
    problems = library.records.problems()
    if as_json:
        return print_json([asdict(problem) for problem in problems])
    for problem in problems:
        print(f"{place(problem)}{f', record {problem.record}' if problem.record else ''}: {problem.reason}")
    if not problems:
        remark("none in the latest import")
