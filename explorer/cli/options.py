"""What commands take: the arguments and options that several share, the types of values, the library opened.

Knows the words of the command line, not what is done with them. Always true: an option has one spelling and one help
text in all commands; a wrong value ends with exit code 2 before anything is opened.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from functools import reduce, wraps
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from explorer.errors import LibraryError
from explorer.filter import Filter
from explorer.search.parse import Mode
from explorer.search.question import Order, Question

if TYPE_CHECKING:
    from explorer.library import Library

Run = Callable[..., int | None]  # the exit code, or None when all is done
Part = Callable[[Run], Run]
Texts = tuple[str, ...]
Folders = tuple[Path, ...]
FILE, PATH = click.Path(readable=False), click.Path(readable=False, path_type=Path)  # the checks are elsewhere
_PAPER = "id, DOI, arXiv id, or part of a title"
_OPTION = re.compile(r"--?[^\s\d=][^\s=]*(=.*)?", re.DOTALL)  # not: -5, or a text like "-survey of robots"


# --------------------------------------------------------------------------------------------------- how it is read


class Several(click.Option):
    """An option that takes all values up to the next option."""


class Command(click.Command):
    """A command whose arguments stand in any order, and may begin with a minus where they hold a blank.

    A long option may be cut short while only one begins so; no option takes another option for its value.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = {name: each for each in self.get_params(ctx) if isinstance(each, click.Option) for name in each.opts}
        # Completion reads the words before the last one: an option may still lack its value.
        return super().parse_args(ctx, args if ctx.resilient_parsing else _sorted(args, options))


def _sorted(arguments: list[str], options: Mapping[str, click.Option]) -> list[str]:
    """The options under their full names, each with one value; then "--" and the texts."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    words, named, texts = arguments[:end], list[str](), list[str]()
    while words:
        word = words.pop(0)
        if not _is_option(word, options):
            texts.append(word)
            continue
        name, equals, value = word.partition("=")
        longer = [full for full in options if name.startswith("--") and full.startswith(name)]
        name = longer[0] if len(longer) == 1 else name
        option = options.get(name)
        if equals or option is None or option.is_flag:
            named.append(name + equals + value)
            continue
        most = None if isinstance(option, Several) else 1
        values = list(islice(takewhile(lambda word: not _is_option(word, options), words), most))
        if not values:
            raise click.BadOptionUsage(name, f"Option {name!r} requires an argument.")
        named += [part for value in values for part in (name, value)]
        del words[: len(values)]
    return [*named, "--", *texts, *arguments[end + 1 :]]


def _is_option(word: str, options: Mapping[str, click.Option]) -> bool:
    return bool(_OPTION.fullmatch(word)) or word[:2] in options


def together(*parts: Part) -> Part:
    """Several arguments and options as one, in the order of the help page."""
    return lambda run: reduce(lambda run, part: part(run), reversed(parts), run)


def command(*parts: Part) -> Callable[[Run], click.Command]:
    """A command that takes `parts`, with the name of the function and its docstring for help."""
    return lambda run: click.command(cls=Command)(together(*parts)(run))


# ----------------------------------------------------------------------------------------------------- the library


def _folders(_context: click.Context, _option: click.Parameter, folders: Folders) -> Folders:
    return folders or (Path(os.environ.get("EXPLORER_LIBRARY") or "library"),)


def _folder(context: click.Context, option: click.Parameter, folders: Folders) -> Path:
    if len(folders) > 1:
        raise click.BadParameter("this command takes a single library; give --library once")
    return _folders(context, option, folders)[0]


_DIR = "folder of the library (default: $EXPLORER_LIBRARY, or ./library)"
FOLDER = click.option("--library", "folder", type=PATH, multiple=True, callback=_folder, metavar="DIR", help=_DIR)
FOLDERS = click.option(
    "--library", "folders", type=PATH, multiple=True, callback=_folders, metavar="DIR",
    help=f"{_DIR}; repeatable: all together",
)  # fmt: skip


@contextmanager
def opened(folder: Path, *, write: bool = False, model: str = "") -> Iterator[Library]:
    """The library in a folder, to be closed again; for writing it is made when missing."""
    from explorer.library import Library  # takes half a second, which a help page need not wait for

    with Library.open(folder, write=write, model=model) as library, library.snapshot.moment():
        yield library


def _library(*, write: bool) -> Part:
    def part(run: Run) -> Run:
        @FOLDER
        @wraps(run)
        def with_library(folder: Path, **options: Any) -> int | None:
            if write and not (folder / "library.sqlite").is_file():
                raise LibraryError(f"no library in {folder}; make one with: explorer add FILE")
            with opened(folder, write=write) as library:
                return run(library, **options)

        return with_library

    return part


reads = _library(write=False)  # the command gets the library for reading
writes = _library(write=True)  # for changing it; it must be there


# --------------------------------------------------------------------------------------------------- types of values


def column(text: str) -> tuple[str, str]:
    """FIELD=NAME."""
    field, equals, name = text.partition("=")
    if not equals or not field.strip() or not name.strip():
        raise click.BadParameter(f"{text!r} is no column; write FIELD=NAME, e.g. abstract=AB")
    return field.strip(), name.strip()


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter(f"{text!r} is not a whole number from 1 up")
    return int(text)


def port(text: str) -> int:
    """A number that a server may listen at."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise click.BadParameter(f"{text!r} is no port; take a number from 1024 to 65535")
    return int(text)


def years(text: str) -> tuple[int | None, int | None]:
    """The first and the last year of 2019, 2018..2021, 2018.. or ..2010."""
    low, dots, high = text.partition("..")
    ends = [end for end in (low, high) if end]
    if not ends or not all(end.isdecimal() and len(end) <= 4 for end in ends) or (low and high and low > high):
        raise click.BadParameter(f"{text!r} is no year or range; write 2019, 2018..2021, 2018.. or ..2010")
    first = int(low) if low else None
    return first, (int(high) if high else None) if dots else first


# -------------------------------------------------------------------------------------------- arguments and options


PAPER = click.argument("paper", metavar="PAPER", help=_PAPER)
OTHER = click.argument("other", metavar="OTHER", help=_PAPER)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout instead of words")


class Form(Enum):
    """How results are written."""

    WORDS = "words"
    JSON = "json"
    CSV = "csv"


def _formed(run: Run) -> Run:
    @wraps(run)
    def with_form(*arguments: Any, as_json: bool, as_csv: bool, **options: Any) -> int | None:
        if as_json and as_csv:
            raise click.UsageError("choose --json or --csv, not both")
        form = Form.JSON if as_json else Form.CSV if as_csv else Form.WORDS
        return run(*arguments, form=form, **options)

    return with_form


FORMS: Part = together(
    JSON, click.option("--csv", "as_csv", is_flag=True, help="a table as CSV on stdout instead"), _formed
)
"""How results are written, which the command gets as `form`."""
COLUMNS = click.option(
    "--column", "columns", type=column, multiple=True, metavar="FIELD=NAME",
    callback=lambda _context, _option, columns: dict(columns),
    help="take a field from this column of a table (abstract=AB), by name or by number from 1; repeatable",
)  # fmt: skip
ORDER = click.option(
    "--order", type=click.Choice([order.value for order in Order]), default="best",
    help="best first; spread: near but unlike each other; newest: the newest of what is near; year, author, title, "
    "venue: the best, sorted (default: best)",
)  # fmt: skip
SURE = together(
    click.option("--strict", is_flag=True, help="exit code 1 when nothing is close, for scripts"),
    click.option("--weak", is_flag=True, expose_value=False, help="does nothing: results are always shown"),
)
EXAMPLES = together(
    click.option("--like", multiple=True, metavar="PAPER", help="more like this paper; repeatable"),
    click.option("--unlike", multiple=True, metavar="PAPER", help="less like it; repeatable"),
)
_FILTER = {
    "author": "an author's name, as usually written", "venue": "part of the venue's name",
    "topic": "a topic's label, or part of it", "source": "name of the file it was read from",
    "collection": "a collection, or a folder of the source", "tag": "a tag",
}  # fmt: skip


READ = click.option(
    "--read", type=click.Choice([mode.value for mode in Mode]), default=Mode.AUTO.value,
    help="how the question is read: as plain text, as a strategy, or as it looks (default: auto)",
)  # fmt: skip


def k(default: int, most: str = "how many papers") -> Part:
    """How many papers, or `most` other things."""
    return click.option("-k", type=positive, default=str(default), metavar="K", help=f"{most} (default: {default})")


def within(run: Run) -> Run:
    """The options of a filter, which the command gets as `within`."""

    @click.option("--year", type=years, metavar="FROM..TO", help="e.g. 2019, 2018.., ..2010")
    @together(*(click.option(f"--{name}", default="", metavar="TEXT", help=words) for name, words in _FILTER.items()))
    @wraps(run)
    def filtered(*arguments: Any, year: tuple[int | None, int | None] | None, **options: Any) -> int | None:
        fields = {name: options.pop(name) for name in _FILTER}
        return run(*arguments, within=Filter(year or (None, None), **fields), **options)

    return filtered


def papers(*, required: bool = True) -> Part:
    """Names of papers, on the command line or, for "-", on stdin."""
    metavar = "PAPER..." if required else "[PAPER]..."
    return click.argument(
        "papers", nargs=-1, required=required, callback=names, metavar=metavar, help=f"{_PAPER}; - reads ids from stdin"
    )


def question(*parts: Part) -> Part:
    """Parts of a question and its filter, which the command gets as `question`, its papers named as they were typed."""

    def part(run: Run) -> Run:
        @within
        @together(*parts)
        @wraps(run)
        def with_question(
            *arguments: Any,
            within: Filter,
            text: str = "",
            papers: Texts = (),
            like: Texts = (),
            unlike: Texts = (),
            order: str = "best",
            read: str = Mode.AUTO.value,
            **options: Any,
        ) -> int | None:
            question = Question(text, papers + like, unlike, within, Order(order), mode=Mode(read))
            return run(*arguments, question=question, **options)

        return with_question

    return part


def exact(ids: Callable[[Texts], Texts], question: Question) -> Question:
    """The question with the ids of the papers that it names, which `ids` knows."""
    return replace(question, like=ids(question.like), unlike=ids(question.unlike))


def joined(context: click.Context, _parameter: click.Parameter, words: Texts) -> str:
    """The words as one text; for "-" it is on stdin, which completion does not touch."""
    return sys.stdin.read() if words == ("-",) and not context.resilient_parsing else " ".join(words)


def names(context: click.Context, _parameter: click.Parameter, names: Texts) -> Texts:
    """The names of papers; for "-" they are on stdin, one a line."""
    if names != ("-",) or context.resilient_parsing:
        return names
    names = tuple(line.strip() for line in sys.stdin if line.strip())
    if not names:
        raise LibraryError("no ids came on stdin; give one a line")
    return names
