"""What became of papers: retractions. Always true: nothing is fetched, and no paper is changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from explorer.cli.options import FILE, JSON, command, reads
from explorer.cli.tables import facts, print_json, remark
from explorer.export.shapes import of_paper
from explorer.notices import LABELS, Deed, State

if TYPE_CHECKING:
    from explorer.library import Library

_WORDS = {**{state.value: LABELS[state] for state in State}, "notice": "Notice"}


@command(reads, JSON)
@click.argument(
    "file", type=FILE, required=False, metavar="[FILE]", help="the table of Retraction Watch (retraction_watch.csv)"
)
def retractions(library: Library, file: str | None, as_json: bool) -> None:
    """List papers that were retracted, doubted or corrected, by their records and by the table of Retraction Watch."""
    if file is not None:
        count = library.notices.read(file)
        remark(f"the table tells something of {count:,} ids; papers are matched by DOI and PubMed id")
    affected = library.notices.all()
    if as_json:
        shapes = [{**asdict(each), "paper": of_paper(each.paper, without=("abstract",))} for each in affected]
        return print_json(shapes)
    for state, label in _WORDS.items():
        papers = [each for each in affected if each.state == state]
        if papers:
            print(f"{label} ({len(papers):,}):")
        for each in papers:
            kind = next(
                (f"{LABELS[deed]}: " for deed in Deed if state == "notice" and deed in str(each.paper.notices)), ""
            )
            why = " · ".join(filter(None, (each.date, each.reason)))
            print(
                f"  {each.paper.id}  {kind}{each.paper.heading[:100]} ({facts(each.paper)})"
                + (f" — {why}" if why else "")
            )
    if not affected:
        print("no paper of this library is known to be retracted, doubted or corrected")
