"""Drafts: missing. Always true: what a draft cites already is not suggested."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli import NOTHING, draft_tables
from explorer.cli.options import FILE, FOLDER, JSON, Several, Texts, command, k, names, opened, within
from explorer.cli.tables import print_json, remark
from explorer.errors import UnreadableFile
from explorer.export.shapes import of_suggestions
from explorer.filter import Filter

if TYPE_CHECKING:
    from explorer.drafts.manuscript import Manuscript

_CITED = "ids, DOIs or titles it cites"


@command(FOLDER, within, JSON, k(20))
@click.argument("draft", type=FILE, metavar="DRAFT", help="a .tex, .docx, .pdf, .md or .txt file; - for stdin")
@click.option("--bib", type=FILE, metavar="FILE", help="its bibliography: BibTeX, RIS or any format that add reads")
@click.option("--cited", cls=Several, multiple=True, callback=names, metavar="ID [ID ...]", help=_CITED)
def missing(
    folder: Path, draft: str, bib: str | None, cited: Texts, k: int, within: Filter, as_json: bool
) -> int | None:
    """Find papers near to a draft that it does not cite."""
    from explorer.drafts.manuscript import bibliography
    from explorer.search.certainty import Certainty

    text = manuscript(draft)
    if bib:
        listed = bibliography(bib)
        if not listed:
            raise UnreadableFile(f"{bib}: holds no references; leave out --bib, or give another file")
        text = text.with_bibliography(listed)
    with opened(folder) as library:
        answer = library.missing(text.text, [*text.cited, *cited], k, within=within)
    for note in text.notes:
        remark(note)
    if not text.cited and not cited:
        remark("nothing is known of what the draft cites; give its bibliography: --bib FILE")
    if as_json:
        print_json(of_suggestions(answer))
    else:
        draft_tables.suggestions(answer)
    if not answer.suggestions:
        remark("nothing to suggest; widen the filter, or see what is there: explorer info")
        return NOTHING
    if all(suggestion.result.level is Certainty.NOTHING for suggestion in answer.suggestions):
        remark("nothing close: texts about something else get as near by chance")
    return None


def manuscript(file: str) -> Manuscript:
    """The draft in a file, or on stdin for "-"."""
    from explorer.drafts.manuscript import read_manuscript

    return read_manuscript(sys.stdin.buffer.read(), "stdin") if file == "-" else read_manuscript(file)
