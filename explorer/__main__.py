"""The command line: the verbs of `Library`, one subcommand each.

Knows arguments, tables and exit codes; holds no logic of its own. Always true: JSON goes to stdout, words and progress
to stderr; exit code 0 done, 1 nothing found or problems in the input, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import __version__
from explorer.errors import AmbiguousPaper, ExplorerError, LibraryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

    from explorer.library import Library
    from explorer.report import Progress
    from explorer.search import Result
    from explorer.store import Filter

DONE, NOTHING, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except ExplorerError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return WRONG_USE if isinstance(error, (LibraryError, AmbiguousPaper)) else NOTHING
    except KeyboardInterrupt:
        print(
            "\nexplorer: stopped; what was read and embedded so far is kept, the same command goes on from there",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader, `head` say, has had enough
        return DONE
    except Exception as error:
        from embeddings.encoder import EncoderError

        if not isinstance(error, (EncoderError, FileNotFoundError, PermissionError, IsADirectoryError)):
            raise
        print(f"explorer: {error}", file=sys.stderr)
        return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--library",
        metavar="DIR",
        type=Path,
        default=Path(os.environ.get("EXPLORER_LIBRARY", "library")),
        help="folder of the library (default: $EXPLORER_LIBRARY, or ./library)",
    )
    machine = argparse.ArgumentParser(add_help=False)
    machine.add_argument("--json", action="store_true", help="JSON on stdout instead of words")
    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument("-k", type=_positive, default=10, metavar="K", help="how many papers (default: 10)")
    asking.add_argument(
        "--year", type=_years, default=(None, None), metavar="FROM..TO", help="e.g. 2019, 2018.., ..2010"
    )
    asking.add_argument("--author", default="", help="part of an author's name")
    asking.add_argument("--venue", default="", help="part of the venue's name")
    asking.add_argument("--topic", default="", help="a topic's label, or part of it")
    asking.add_argument("--source", default="", metavar="FILE", help="name of the file it was read from")

    parser = argparse.ArgumentParser(prog="explorer", description="Find similar papers and see what a pile is about.")
    parser.add_argument("--version", action="version", version=f"explorer {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Any, help: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[common, *parents])
        made.set_defaults(run=run)
        return made

    add = command("add", _add, "read files into the library, embed what is new, draw the map", machine)
    add.add_argument("files", nargs="+", metavar="FILE")
    add.add_argument("--model", default="", help="sentence-transformers name or folder (default: the bundled MiniLM)")
    build = command("build", _build, "go on after an interruption; rebuild what is missing or damaged")
    build.add_argument("--seed", type=int, default=None, help="draw the map anew from another random seed")
    search = command("search", _search, "papers nearest to a question, a sentence or an abstract", asking, machine)
    search.add_argument("text", nargs="+", metavar="TEXT", help="the question; - reads it from stdin")
    similar = command("similar", _similar, "papers nearest to one paper", asking, machine)
    similar.add_argument("paper", metavar="PAPER", help="id, DOI, arXiv id, or part of a title")
    command("topics", _topics, "what the library is about", machine)
    export = command("export", _export, "write all papers with map and topics to .jsonl, .csv, .parquet or .bib")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    export.add_argument("--vectors", type=Path, metavar="FILE.npy", help="vectors too, in the same order")
    command("info", _info, "what is in the library", machine)
    command("problems", _problems, "what could not be read in the latest import, and why", machine)
    app = command("app", _app, "open the explorer in the browser")
    app.add_argument("--port", type=_port, default=8501)
    app.add_argument("--headless", action="store_true", help="do not open a browser window")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; take a number from 1024 to 65535")
    return int(text)


def _years(text: str) -> tuple[int | None, int | None]:
    low, dots, high = text.partition("..")
    known = [part for part in (low, high) if part]
    if not known or not all(part.isdecimal() and len(part) <= 4 for part in known) or (low and high and low > high):
        raise argparse.ArgumentTypeError(f"{text!r} is no year or range; write 2019, 2018..2021, 2018.. or ..2010")
    first = int(low) if low else None
    return first, (int(high) if high else None) if dots else first


# ---------------------------------------------------------------------------------------------------- commands


@contextmanager
def _open(options: argparse.Namespace, *, write: bool = False, model: str = "") -> Iterator[Library]:
    from explorer.library import Library

    with Library.open(options.library, write=write, model=model) as library:
        yield library


def _add(options: argparse.Namespace) -> int:
    for file in options.files:
        if not file or not Path(file).exists():
            raise LibraryError(f"no such file: {file or '(an empty name)'}")  # before a library is made
    with _open(options, write=True, model=options.model) as library, _progress() as progress:
        report = library.add(*options.files, progress=progress)
    counts = {name: getattr(report, name) for name in ("read", "added", "merged", "without_abstract")}
    if options.json:
        _print_json({**counts, "problems": [_plain(problem) for problem in report.problems]})
    else:
        print(
            f"{report.added} added, {report.merged} already here, {report.without_abstract} without an abstract, "
            f"{report.lost} could not be read, of {report.read}"
        )
        for problem in report.problems[:10]:
            print(f"  {problem.file}, line {problem.line}: {problem.reason}", file=sys.stderr)
        if len(report.problems) > 10:
            print(f"  … and {len(report.problems) - 10} more; see: explorer problems", file=sys.stderr)
    return NOTHING if report.lost or not report.read else DONE


def _build(options: argparse.Namespace) -> int:
    if not (options.library / "library.sqlite").is_file():
        raise LibraryError(f"no library in {options.library}; make one with: explorer add FILE")
    with _open(options, write=True) as library, _progress() as progress:
        if options.seed is None:
            library.build(progress=progress)
        else:
            library.redraw(options.seed, progress=progress)
    return DONE


def _search(options: argparse.Namespace) -> int:
    text = sys.stdin.read() if options.text == ["-"] else " ".join(options.text)
    if not text.strip():
        raise LibraryError("the question is empty; say what to look for")
    with _open(options) as library:
        return _show(library.search(text, options.k, within=_filter(options)), options.json)


def _similar(options: argparse.Namespace) -> int:
    with _open(options) as library:
        return _show(library.similar(options.paper, options.k, within=_filter(options)), options.json)


def _filter(options: argparse.Namespace) -> Filter:
    from explorer.store import Filter

    return Filter(options.year, options.author, options.venue, options.topic, options.source)


def _show(results: list[Result], as_json: bool) -> int:
    from explorer.export import result_record

    if as_json:
        _print_json([result_record(result) for result in results])
    elif results:
        _print_results(results)
    else:
        print("nothing found; widen the filter, or see what is there: explorer info", file=sys.stderr)
    return DONE if results else NOTHING


def _print_results(results: list[Result]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from explorer.export import floor_percent

    table = Table(box=None, pad_edge=False)
    table.add_column("similarity", justify="right")
    table.add_column("closer than", justify="right")
    table.add_column("id", style="dim", overflow="fold")
    table.add_column("paper", overflow="fold")
    table.add_column("year", justify="right")
    for result in results:
        paper = result.paper
        table.add_row(
            f"{result.similarity:.3f}",
            f"{floor_percent(result.percentile)} of pairs",
            Text(paper.id),
            Text(paper.heading),
            str(paper.year or ""),
        )
    Console().print(table)


def _topics(options: argparse.Namespace) -> int:
    with _open(options) as library:
        levels = library.topics.levels
    tree = [
        [
            {
                "label": label,
                "papers": int((level.assignment == i).sum()),
                "parent": level.parents[i] if level.parents else None,
            }
            for i, label in enumerate(level.labels)
        ]
        for level in levels
    ]
    if options.json:
        _print_json(tree)
    else:
        _print_topics(tree, len(tree) - 1, None, "")
    return DONE


def _print_topics(tree: list[list[dict[str, Any]]], level: int, parent: int | None, indent: str) -> None:
    for number, topic in enumerate(tree[level]):
        if topic["parent"] == parent:
            print(f"{indent}{topic['label']} ({topic['papers']})")
            if level:
                _print_topics(tree, level - 1, number, indent + "  ")


def _export(options: argparse.Namespace) -> int:
    from explorer import export

    if options.output.suffix.lower() not in export.WRITERS:
        raise LibraryError(f"cannot export to {options.output.name}: the name must end in {', '.join(export.WRITERS)}")
    if options.vectors and options.vectors.suffix != ".npy":
        raise LibraryError(f"vectors are written as .npy; call the file {options.vectors.stem}.npy")
    with _open(options) as library:
        export.write(options.output, export.rows(library.papers(), library.map, library.topics))
        if options.vectors:
            export.write_vectors(options.vectors, library.current.index.vectors())
        print(f"{len(library.map)} papers written to {options.output}", file=sys.stderr)
    return DONE


def _info(options: argparse.Namespace) -> int:
    with _open(options) as library:
        info = library.info()
    record = {
        "papers": info.papers,
        "vectors": info.vectors,
        "on_map": info.on_map,
        "without_abstract": info.without_abstract,
        "without_title": info.without_title,
        "encoder": info.encoder,
        "revision": info.revision,
        "files": dict(info.files),
        "imports": [_plain(done) for done in info.imports],
    }
    if options.json:
        _print_json(record)
        return DONE
    for name in ("papers", "vectors", "on_map", "without_abstract", "without_title", "encoder", "revision"):
        print(f"{name.replace('_', ' '):17} {record[name]}")
    for file, count in info.files:
        print(f"{'from':17} {file}: {count}")
    if info.vectors < info.papers:
        print(f"{info.papers - info.vectors} papers have no vector yet; run: explorer build")
    for done in info.imports:
        if not done.finished:
            print(f"import of {', '.join(done.files)} ({done.started}) was interrupted; add it again to finish it")
    return DONE


def _problems(options: argparse.Namespace) -> int:
    with _open(options) as library:
        problems = library.problems()
    if options.json:
        _print_json([_plain(problem) for problem in problems])
    else:
        for problem in problems:
            print(f"{problem.file}, line {problem.line}, record {problem.record}: {problem.reason}")
    return DONE


def _app(options: argparse.Namespace) -> int:
    from explorer.ui import start

    if not (options.library / "library.sqlite").is_file():
        print(f"explorer: no library in {options.library} yet; the app will offer to add files", file=sys.stderr)
    return start(options.library, options.port, headless=options.headless)


# ------------------------------------------------------------------------------------------------------ output


def _plain(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    print()


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr with rate and time left; a plain line per stage when stderr is no terminal."""
    from explorer.report import Step

    if not sys.stderr.isatty():
        seen: set[str] = set()

        def tell(step: Step) -> None:
            if step.stage not in seen:
                seen.add(step.stage)
                print(f"{step.stage}{f' {step.total} texts' if step.stage == 'Embedding' else ''} …", file=sys.stderr)

        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, tuple[TaskID, float]] = {}

        def show(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=1.0, words=""), time.monotonic() - 1e-9
            task, began = tasks[step.stage]
            words = f"{step.done:,}" + (f" of {step.total:,}" if step.total else "")
            if step.stage in {"Reading", "Embedding"} and step.done:
                words += f" · {step.done / (time.monotonic() - began):,.0f}/s"
            bars.update(task, completed=step.share, words=words)

        yield show


if __name__ == "__main__":
    sys.exit(main())
