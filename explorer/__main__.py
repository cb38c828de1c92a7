"""The command line: the verbs of `Library`, one subcommand each.

Knows arguments and exit codes; what the commands do is in `explorer.cli.commands` and its like, loaded when one runs.
Always true: JSON goes to stdout, words and progress to stderr; exit code 0 done, 1 nothing found or problems in the
input, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from explorer import __version__
from explorer.errors import AmbiguousPaper, ExplorerError, LibraryError

DONE, NOTHING, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        module, _, name = options.run.rpartition(".")
        return int(getattr(import_module(f"explorer.cli.{module or 'commands'}"), name)(options))
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
    common, machine, asking, many, filtering, columns, ranked = (
        argparse.ArgumentParser(add_help=False) for _ in range(7)
    )
    common.add_argument(
        "--library",
        metavar="DIR",
        type=Path,
        default=Path(os.environ.get("EXPLORER_LIBRARY", "library")),
        help="folder of the library (default: $EXPLORER_LIBRARY, or ./library)",
    )
    machine.add_argument("--json", action="store_true", help="JSON on stdout instead of words")
    asking.add_argument("-k", type=_positive, default=10, metavar="K", help="how many papers (default: 10)")
    ranked.add_argument(
        "--order",
        choices=("best", "spread", "newest"),
        default="best",
        help="best first; spread: near but unlike each other; newest: the newest of what is near (default: best)",
    )
    ranked.add_argument("--weak", action="store_true", help="show results even when nothing is close")
    many.add_argument("-k", type=_positive, default=100, metavar="K", help="at most so many (default: 100)")
    filtering.add_argument(
        "--year", type=_years, default=(None, None), metavar="FROM..TO", help="e.g. 2019, 2018.., ..2010"
    )
    filtering.add_argument("--author", default="", help="part of an author's name")
    filtering.add_argument("--venue", default="", help="part of the venue's name")
    filtering.add_argument("--topic", default="", help="a topic's label, or part of it")
    filtering.add_argument("--source", default="", metavar="FILE", help="name of the file it was read from")
    filtering.add_argument("--collection", default="", help="a collection, or a folder of the source")
    filtering.add_argument("--tag", default="", help="a tag")
    columns.add_argument(
        "--column",
        type=_column,
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="take a field from this column of a table (abstract=AB), by name or by number from 1; repeatable",
    )

    parser = argparse.ArgumentParser(prog="explorer", description="Find similar papers and see what a pile is about.")
    parser.add_argument("--version", action="version", version=f"explorer {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, help: str, *parents: argparse.ArgumentParser, run: str = "", **arguments: Any
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[common, *parents])
        made.set_defaults(run=run or name)
        for argument, settings in arguments.items():
            made.add_argument(argument, **settings)
        return made

    papers = {"nargs": "+", "metavar": "PAPER", "help": "id, DOI, arXiv id, or part of a title; - reads ids from stdin"}
    one = {"metavar": "PAPER", "help": "id, DOI, arXiv id, or part of a title"}

    add = command("add", "read files into the library, embed what is new, draw the map", machine, columns)
    add.add_argument(
        "files", nargs="+", metavar="FILE", help="a file, a folder of files, a Zotero data folder, or - for stdin"
    )
    add.add_argument("--model", default="", help="sentence-transformers name or folder (default: the bundled MiniLM)")
    add.add_argument("--sync", action="store_true", help="also remove what these files do not hold any more")
    add.add_argument("--dry-run", action="store_true", help="change nothing, only tell what would change")
    command("read", "read a file without a library: what it holds, and what of it cannot be read", machine, columns,
            file={"metavar": "FILE"})  # fmt: skip
    command("remove", "take papers out of the library", papers=papers)
    command("undo", "undo the latest import, sync or removal")
    build = command("build", "go on after an interruption; rebuild what is missing or damaged")
    build.add_argument("--redraw", action="store_true", help="draw the map anew: every paper gets a place of its own")
    build.add_argument("--seed", type=int, default=None, help="draw the map anew from another random seed")

    search = command(
        "search", "papers nearest to a question, a sentence or an abstract", asking, ranked, filtering, machine
    )
    search.add_argument("text", nargs="*", metavar="TEXT", help="the question; - reads it from stdin")
    search.add_argument("--file", metavar="DRAFT", help="a draft instead: .tex, .docx, .pdf, .md, .txt; - for stdin")
    similar = command(
        "similar", "papers nearest to one paper, or to several and a text", asking, ranked, filtering, machine
    )
    similar.add_argument("papers", **{**papers, "nargs": "*"})  # type: ignore[arg-type]
    for option, words in (("--like", "more like this paper; repeatable"), ("--unlike", "less like it; repeatable")):
        similar.add_argument(option, action="append", default=[], metavar="PAPER", help=words)
    similar.add_argument("--text", default="", help="and near to this question, with filters as in: explorer search")
    explain = command("explain", "why two papers are close: sentences alike, rare terms shared, what differs", machine,
                      paper=one, other=one | {"metavar": "OTHER"})  # fmt: skip
    explain.add_argument("--question", action="store_true", help="PAPER is a question or a text, not a name")
    missing = command("missing", "papers near to a draft that it does not cite", filtering, machine)
    missing.add_argument("draft", metavar="DRAFT", help="a .tex, .docx, .pdf, .md or .txt file; - for stdin")
    missing.add_argument("--bib", metavar="FILE", help="its bibliography: BibTeX, RIS or any format that add reads")
    missing.add_argument("--cited", nargs="+", default=[], metavar="ID", help="ids, DOIs or titles it cites")
    missing.add_argument("-k", type=_positive, default=20, metavar="K", help="how many papers (default: 20)")
    command("topics", "what the library is about", machine)
    write = command("export", "write papers to .jsonl, .csv, .parquet, .bib or .ris", filtering, run="write")
    write.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    write.add_argument("--vectors", type=Path, metavar="FILE.npy", help="vectors too, in the same order")

    mark = command("mark", "put papers into a collection (liked, to read, hidden, or your own)")
    mark.add_argument("name", metavar="COLLECTION")
    mark.add_argument("papers", **papers)  # type: ignore[arg-type]
    mark.add_argument("--tag", action="store_true", help="a tag instead of a collection")
    mark.add_argument("--remove", action="store_true", help="take them out again")
    note = command("note", "show the note on a paper, or write it", paper=one)
    note.add_argument("text", nargs="?", metavar="TEXT", help="the note; an empty one removes it")
    command("collections", "collections, folders and tags, with their numbers of papers", machine)

    save = command("save", "save a search, to be told what comes", filtering, run="saved.save")
    save.add_argument("name", metavar="NAME")
    save.add_argument("text", nargs="?", default="", metavar="QUESTION", help="as in: explorer search")
    for option, words in (("--like", "more like this paper; repeatable"), ("--unlike", "less like it; repeatable")):
        save.add_argument(option, action="append", default=[], metavar="PAPER", help=words)
    saved = command("saved", "saved searches, with how much is new in each", machine, run="saved.saved")
    saved.add_argument("--forget", metavar="NAME", help="forget this one")
    news = command("news", "what is new in saved searches since last time", machine, run="saved.news")
    news.add_argument("names", nargs="*", metavar="NAME", help="a saved search (default: all)")
    news.add_argument("--keep", action="store_true", help="tell the same again next time")

    command("merges", "papers made of several records, and why", many, machine)
    command("split", "undo a merge: make a paper of its own of a record",
            record={"type": int, "metavar": "RECORD", "help": "its number in: explorer merges"})  # fmt: skip
    join = command("join", "make one paper of two", paper=one, other={"metavar": "OTHER"})
    join.add_argument("--never", action="store_true", help="remember that they are two")
    command("review", "near-copies: pairs that may be one paper", many, machine)

    evaluate = command("evaluate", "measure search, index and map on the library itself, or search on a set", machine)
    evaluate.add_argument(
        "--set", type=Path, metavar="FOLDER", help="a labelled set: corpus.jsonl, queries.jsonl, qrels.tsv"
    )
    evaluate.add_argument("--method", choices=("bm25", "vectors", "default"), default="default")
    evaluate.add_argument("--model", default="", help="sentence-transformers name or folder (default: bundled)")

    command("info", "what is in the library", machine)
    command("problems", "what could not be read in the latest import, and why", machine)
    app = command("app", "open the explorer in the browser")
    app.add_argument("--port", type=_port, default=8501)
    app.add_argument("--headless", action="store_true", help="do not open a browser window")
    return parser


def _column(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or not field.strip() or not column.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no column; write FIELD=NAME, e.g. abstract=AB")
    return field.strip(), column.strip()


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


if __name__ == "__main__":
    sys.exit(main())
