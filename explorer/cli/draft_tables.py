"""What the command line prints of a long text: answers by passage, and what a draft does not cite.

Knows the values of `explorer.missing` and terminals, not libraries. Always true: a passage is called by its number, its
heading and its first words; JSON holds everything, the words for people are cut.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from explorer.cli import tables
from explorer.drafts.passages import Passage
from explorer.drafts.suggestions import PassageResults, Reference, Suggestions
from explorer.export.shapes import floor_percent

_SHOWN = 10  # references on the screen
_SENTENCE = 240  # characters of a sentence on the screen
_WORDS = 9  # of a passage, to know it by
_INDENT = " " * 7


def answers_table(found: PassageResults) -> None:
    """Results, one a line, with the numbers of their passages; then the passages that are answered."""
    numbers = [", ".join(str(passage.number) for passage in answer.passages) for answer in found.results]
    tables.results_table([answer.result for answer in found.results], {"answers passage": numbers})
    answered = {passage.number: passage for answer in found.results for passage in answer.passages}
    for number in sorted(answered):
        print(_called(answered[number]))


def missing_words(found: Suggestions) -> None:
    """Suggestions under their passages, each with the sentences that matter; then what is cited, here and elsewhere."""
    for passage, suggestions in found.by_passage:
        print(_called(passage))
        for one in suggestions:
            result = one.result
            year = f" ({result.paper.year})" if result.paper.year else ""
            _print(f"{result.similarity:.3f}  {result.paper.heading}{year}", "  ")
            print(f"{_INDENT}  {result.paper.id} · closer than {floor_percent(result.percentile)} of pairs")
            if one.cited:
                _print(f"near what you cite: {one.cited.heading} ({one.cited_similarity:.2f})", _INDENT + "  ")
            if one.pair:
                _print(f"you:  “{_short(one.pair.ours, _SENTENCE)}”", _INDENT + "  ")
                _print(f"they: “{_short(one.pair.theirs, _SENTENCE)}”", _INDENT + "  ")
        print()
    for words, references in (("cited, in", found.here), ("cited, not in", found.elsewhere)):
        if references:
            _references(f"{words} this library ({len(references)}):", references)


def _references(title: str, references: Sequence[Reference]) -> None:
    print(title)
    for one in references[:_SHOWN]:
        ids = f"  [{', '.join(paper.id for paper in one.papers)}]" if one.papers else ""
        _print(f"{_short(one.label, 150)}{ids}{f' — {one.reason}' if one.reason else ''}", "  ")
    if len(references) > _SHOWN:
        print(f"  … and {len(references) - _SHOWN} more, all with --json")


def _called(passage: Passage) -> str:
    heading = f" {_short(passage.heading, 40)}:" if passage.heading else ""
    words = passage.text.split()
    return f"passage {passage.number}{heading} “{_short(' '.join(words[:_WORDS]), 70)}{' …' if words[_WORDS:] else ''}”"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _print(text: str, indent: str) -> None:
    width = max(40, min(110, shutil.get_terminal_size((110, 24)).columns))
    hanging = indent + " " * (7 if indent == "  " else 6 if text[:4] in ("you:", "they") else 0)
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=hanging))
