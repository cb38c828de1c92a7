"""Questions to a library: search, similar, explain, topics.

Always true: when nothing is close, the reason goes to stderr and the exit code is 1; weak results need --weak.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import NOTHING, draft_tables, tables
from explorer.cli.commands.drafts import manuscript
from explorer.cli.options import (
    EXAMPLES,
    FILE,
    FOLDER,
    JSON,
    ORDER,
    OTHER,
    PAPER,
    WEAK,
    command,
    exact,
    joined,
    k,
    opened,
    papers,
    question,
    reads,
)  # fmt: skip
from explorer.cli.tables import print_json, remark
from explorer.errors import LibraryError
from explorer.export.shapes import of_answer, of_comparison, of_passage_results, of_topics

if TYPE_CHECKING:
    from explorer.library import Library
    from explorer.search.answer import Answer
    from explorer.search.question import Question

_NOTHING_FOUND = "nothing found; widen the filter, or see what is there: explorer info"
_DRAFT = "a draft instead: .tex, .docx, .pdf, .md, .txt; - for stdin"
_WORDS = click.argument(
    "text", nargs=-1, callback=joined, metavar="[TEXT]...", help="the question; - reads it from stdin"
)
_TEXT = click.option("--text", default="", help="and near to this question, with filters as in: explorer search")


@command(FOLDER, k(10), WEAK, JSON, question(ORDER, _WORDS))
@click.option("--file", type=FILE, metavar="DRAFT", help=_DRAFT)
def search(folder: Path, question: Question, file: str | None, k: int, weak: bool, as_json: bool) -> int | None:
    """Find the papers nearest to a question, a sentence or an abstract."""
    from explorer.drafts.manuscript import read_manuscript
    from explorer.drafts.passages import LONG, count_words

    if bool(question.text.strip()) == bool(file):
        both = "say what to look for, or give a --file, not both"
        raise LibraryError(both if file else "the question is empty; say what to look for")
    with opened(folder) as library:
        if not file and count_words(question.text) <= LONG:
            return _show(library.ask(question, k), weak, as_json)
        text = question.text.encode("utf-8", "surrogateescape")
        draft = manuscript(file) if file else read_manuscript(text, "the text")
        answer = library.drafts.passages(draft.text, k, within=question.within)
    if as_json:
        print_json(of_passage_results(answer))
    elif answer.results:
        draft_tables.passage_results(answer)
    else:
        remark(_NOTHING_FOUND)
    return None if answer.results else NOTHING


@command(reads, k(10), WEAK, JSON, question(ORDER, papers(required=False), EXAMPLES, _TEXT))
def similar(library: Library, question: Question, k: int, weak: bool, as_json: bool) -> int | None:
    """Find the papers nearest to one paper, or to several and a text."""
    from explorer.search.examples import NOTHING_WANTED

    if not (question.like or question.unlike or question.text.strip()):
        raise LibraryError(NOTHING_WANTED)
    return _show(library.ask(exact(library, question), k), weak, as_json)


def _show(answer: Answer, weak: bool, as_json: bool) -> int | None:
    """Print an answer; when nothing is close, only why, unless the weak results are wanted."""
    from explorer.search.certainty import Certainty

    nothing_close = answer.verdict.level is Certainty.NOTHING
    shown = answer if weak or not nothing_close else replace(answer, results=())
    if as_json:
        print_json(of_answer(shown))
    elif shown.results:
        tables.results_table(shown.results, levels=not answer.question.like)
    if not answer.results:
        remark(_NOTHING_FOUND)
    elif nothing_close:
        more = "" if weak else " To see the weak results anyway: --weak"
        remark(f"nothing close here. {answer.verdict.remark}{more}")
    elif answer.verdict.remark:
        remark(answer.verdict.remark)
    return NOTHING if nothing_close else None


@command(reads, JSON, PAPER, OTHER)
@click.option("--question", is_flag=True, help="PAPER is a question or a text, not a name")
def explain(library: Library, paper: str, other: str, question: bool, as_json: bool) -> None:
    """Tell why two papers are close: sentences alike, rare terms shared, what differs."""
    right = library.snapshot.paper(other)
    left = paper if question else library.snapshot.paper(paper)
    explanation = library.explain(other, text=paper) if question else library.explain(paper, other)
    if as_json:
        return print_json(of_comparison(left, right, explanation))
    tables.explanation(f"“{left}”" if isinstance(left, str) else left.heading, right.heading, explanation)


@command(reads, JSON)
def topics(library: Library, as_json: bool) -> None:
    """Tell what the library is about."""
    levels = of_topics(library.topics)
    if as_json:
        return print_json(levels)
    tables.topic_tree(levels, len(levels) - 1, None, "")
