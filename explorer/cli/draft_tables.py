"""What the command line prints of a long text: results by passage, and what a draft does not cite.

Knows values and terminals, not libraries. Always true: a passage is called by its number, its heading and its first
words; texts are cut to a line or two, which JSON never does.
"""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING

from explorer.cli import tables
from explorer.export.shapes import floor_percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.drafts.passages import Passage
    from explorer.drafts.suggestions import PassageResults, Reference, Suggestion, Suggestions

_SHOWN = 10  # references on the screen
_SENTENCE = 240  # characters of a sentence on the screen
_WORDS = 9  # of a passage, to know it by
_INDENT = " " * 9


def passage_results(answer: PassageResults) -> None:
    """Results, one a line, with the numbers of their passages; then these passages."""
    numbers = [", ".join(str(passage.number) for passage in result.passages) for result in answer.results]
    tables.results_table([result.result for result in answer.results], {"answers passage": numbers})
    passages = {passage.number: passage for result in answer.results for passage in result.passages}
    for _, passage in sorted(passages.items()):
        print(_title(passage))


def suggestions(answer: Suggestions) -> None:
    """Suggestions under their passages, each with the sentences that matter; then what is cited, here and elsewhere."""
    for warning in answer.warnings:
        _print(warning, "! ", 2)
    for passage, group in answer.by_passage:
        print(_title(passage))
        for suggestion in group:
            _print_suggestion(suggestion)
        print()
    for words, references in (("cited, in", answer.here), ("cited, not in", answer.elsewhere)):
        if references:
            print(f"{words} this library ({len(references)}):")
            _print_references(references)


def _print_suggestion(suggestion: Suggestion) -> None:
    result, pair = suggestion.result, suggestion.pair
    year = f" ({result.paper.year})" if result.paper.year else ""
    status = f"[{result.paper.status}] " if result.paper.status else ""
    _print(f"{result.similarity:.3f}  {status}{result.paper.heading}{year}", "  ", 7)
    print(f"{_INDENT}{result.paper.id} · closer than {floor_percent(result.percentile)} of pairs")
    if suggestion.cited:
        _print(f"near what you cite: {suggestion.cited.heading} ({suggestion.cited_similarity:.2f})", _INDENT)
    if pair:
        _print(f"you:  “{_short(pair.ours, _SENTENCE)}”", _INDENT, 6)
        _print(f"they: “{_short(pair.theirs, _SENTENCE)}”", _INDENT, 6)


def _print_references(references: Sequence[Reference]) -> None:
    for reference in references[:_SHOWN]:
        ids = f"  [{', '.join(paper.id for paper in reference.papers)}]" if reference.papers else ""
        reason = f" — {reference.reason}" if reference.reason else ""
        _print(f"{_short(reference.label, 150)}{ids}{reason}", "  ", 7)
    if len(references) > _SHOWN:
        print(f"  … and {len(references) - _SHOWN} more, all with --json")


def _title(passage: Passage) -> str:
    heading = f" {_short(passage.heading, 40)}:" if passage.heading else ""
    words = passage.text.split()
    return f"passage {passage.number}{heading} “{_short(' '.join(words[:_WORDS]), 70)}{' …' if words[_WORDS:] else ''}”"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _print(text: str, indent: str, hanging: int = 0) -> None:
    width = max(40, min(110, shutil.get_terminal_size((110, 24)).columns))
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent + " " * hanging))
