"""Questions to a library: search, similar, explain, topics, authors.

Always true: results are shown however near they are; how sure they are goes to stderr, and with --strict into the
exit code: 1 when nothing is close.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explorer.cli import NOTHING, draft_tables, tables
from explorer.cli.commands.drafts import manuscript
from explorer.cli.options import (
    EXAMPLES,
    FILE,
    FOLDERS,
    FORMS,
    JSON,
    ORDER,
    OTHER,
    PAPER,
    READ,
    SURE,
    Folders,
    Form,
    command,
    exact,
    joined,
    k,
    opened,
    papers,
    question,
    reads,
)  # fmt: skip
from explorer.cli.tables import print_csv, print_json, remark
from explorer.errors import LibraryError
from explorer.export.shapes import of_answer, of_comparison, of_name_form, of_passage_results, of_shared, of_topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.libraries.libraries import Holders
    from explorer.library import Library
    from explorer.search.answer import Answer
    from explorer.search.certainty import Verdict
    from explorer.search.question import Question

_NOTHING_FOUND = "nothing found; widen the filter, or see what is there: explorer info"
_DRAFT = "a draft instead: .tex, .docx, .pdf, .md, .txt; - for stdin"
_WORDS = click.argument(
    "text", nargs=-1, callback=joined, metavar="[TEXT]...", help="the question; - reads it from stdin"
)
_SHORT = 250  # characters: these are fewer words than make a text long, in any language
_UNSORTED = "relevance does not sort this list, the order %s does"
_TEXT = click.option("--text", default="", help="and near to this question, with filters as in: explorer search")


@command(FOLDERS, k(10), SURE, FORMS, question(ORDER, READ, _WORDS))
@click.option("--file", type=FILE, metavar="DRAFT", help=_DRAFT)
def search(folders: Folders, question: Question, file: str | None, k: int, strict: bool, form: Form) -> int | None:
    """Find the papers nearest to a question, a sentence or an abstract, in a library or in several together."""
    from explorer.search.parse import Mode

    if bool(question.text.strip()) == bool(file):
        both = "say what to look for, or give a --file, not both"
        raise LibraryError(both if file else "the question is empty; say what to look for")
    if len(folders) > 1:
        if file:
            raise LibraryError("a draft is compared with a single library; give --library once")
        return _ask_all(folders, question, k, strict, form)
    with opened(folders[0]) as library:
        if not file and (_is_short(question.text) or question.parsed().mode is Mode.STRATEGY):
            return _show(library.ask(question, k), strict, form)
        from explorer.drafts.manuscript import read_manuscript

        text = question.text.encode("utf-8", "surrogateescape")
        draft = manuscript(file) if file else read_manuscript(text, "the text")
        answer = library.drafts.passages(draft.text, k, within=question.within)
        if coverage := library.snapshot.arrays.coverage:
            remark(coverage.remark)
    if form is Form.CSV:
        raise LibraryError("passages of a long text are no table; ask for them with --json")
    if form is Form.JSON:
        print_json(of_passage_results(answer))
    elif answer.results:
        draft_tables.passage_results(answer)
    return _judged(answer.verdict, bool(answer.results), strict)


def _is_short(text: str) -> bool:
    """Whether `text` is asked as one question, and not passage by passage."""
    if len(text) < _SHORT:
        return True
    from explorer.drafts.passages import LONG, count_words

    return count_words(text) <= LONG


@command(FOLDERS, k(10), SURE, FORMS, question(ORDER, READ, papers(required=False), EXAMPLES, _TEXT))
def similar(folders: Folders, question: Question, k: int, strict: bool, form: Form) -> int | None:
    """Find the papers nearest to one paper, or to several and a text."""
    from explorer.search.examples import NOTHING_WANTED

    if not (question.like or question.unlike or question.text.strip()):
        raise LibraryError(NOTHING_WANTED)
    if len(folders) > 1:
        return _ask_all(folders, question, k, strict, form)
    with opened(folders[0]) as library:
        return _show(library.ask(exact(library.snapshot.ids, question), k), strict, form)


def _ask_all(folders: Folders, question: Question, k: int, strict: bool, form: Form) -> int | None:
    """Ask several libraries together; each result says which of them hold it."""
    from explorer.libraries.libraries import Libraries

    with Libraries.open(folders) as libraries, libraries.moment():
        shared = libraries.ask(exact(libraries.ids, question), k)
        return _show(shared.answer, strict, form, shared.holders)


def _show(answer: Answer, strict: bool, form: Form, holders: Sequence[Holders] | None = None) -> int | None:
    """Print an answer, and on stderr how its text was read and how sure it is; `holders` of several libraries."""
    from explorer.search.box.interpretation import sentence
    from explorer.search.question import Order

    if answer.coverage:
        remark(answer.coverage.remark)
    if answer.language:
        remark(answer.language)
    shape = of_answer(answer) if holders is None else of_shared(answer, holders)
    if form is Form.JSON:
        print_json(shape)
    elif form is Form.CSV:
        print_csv(shape["results"])
    elif answer.results:
        more = {"library": [", ".join(each.library for each in its) for its in holders]} if holders else None
        tables.results_table(answer.results, more, judged=True)
        if answer.question.order is not Order.BEST:
            remark(_UNSORTED % answer.question.order.value)
    if answer.query and (line := sentence(answer.query)):
        remark(line)
    if answer.suggestion:
        remark(f"did you mean: {answer.suggestion}")
    return _judged(answer.verdict, bool(answer.results), strict)


def _judged(verdict: Verdict, shown: bool, strict: bool) -> int | None:
    """Say how sure an answer is whose results were shown, if there are any; the exit code."""
    from explorer.search.certainty import Certainty

    if not shown:
        remark(_NOTHING_FOUND)
        return NOTHING
    if verdict.remark:
        remark(verdict.remark)
    return NOTHING if strict and verdict.level is Certainty.NOTHING else None


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
    """Tell what the library is about.

    Behind a topic stands how many papers it has, of how many that is in doubt, and what else they are about.
    """
    arrays = library.snapshot.arrays
    levels, coverage = of_topics(arrays.topics, arrays.doubts), arrays.coverage
    if coverage:
        remark(f"Topics are those of the papers that have a vector ({coverage.words}).")
    if as_json:
        return print_json(levels)
    if levels:
        tables.topic_tree(levels, len(levels) - 1, None, "")


@command(reads, JSON)
@click.argument("name", nargs=-1, required=True, callback=joined, metavar="NAME")
def authors(library: Library, name: str, as_json: bool) -> int | None:
    """Tell how the authors whom a name may mean are written here, with papers, years and co-authors."""
    forms = library.snapshot.authors(name)
    if as_json:
        print_json([of_name_form(form) for form in forms])
    elif forms:
        tables.name_forms(forms)
    if not forms:
        remark(f"no author here is called {name!r}; names are whole words and initials, e.g. “M. Li” or “Li, Ming”")
        return NOTHING
    return None
