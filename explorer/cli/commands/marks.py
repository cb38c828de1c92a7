"""A user's own marks: mark, note, collections. Always true: they stay when files are read again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from explorer.cli.options import JSON, PAPER, Texts, command, papers, reads
from explorer.cli.tables import print_json, remark

if TYPE_CHECKING:
    from explorer.library import Library

_COLLECTION = click.argument("name", metavar="COLLECTION", help="liked, to read, hidden, or your own")


@command(reads, _COLLECTION, papers())
@click.option("--tag", is_flag=True, help="a tag instead of a collection")
@click.option("--remove", is_flag=True, help="take them out again")
def mark(library: Library, name: str, papers: Texts, tag: bool, remove: bool) -> None:
    """Put papers into a collection."""
    from explorer.store import Kind

    kind = Kind.TAG if tag else Kind.COLLECTION
    (library.marks.drop if remove else library.marks.put)(kind, name, *library.snapshot.ids(papers))
    remark(f"{len(papers)} {'out of' if remove else 'in'} the {kind.value} {name!r}")


@command(reads, PAPER)
@click.argument("text", required=False, metavar="[TEXT]", help="the note; an empty one removes it")
def note(library: Library, paper: str, text: str | None) -> None:
    """Show the note on a paper, or write it."""
    paper_id = library.snapshot.paper(paper).id
    if text is not None:
        library.marks.note(paper_id, text)
    print(library.marks.of([paper_id])[0].note)


@command(reads, JSON)
def collections(library: Library, as_json: bool) -> None:
    """List collections, folders and tags, with their numbers of papers."""
    collections = library.marks.collections()
    if as_json:
        return print_json([asdict(collection) for collection in collections])
    for collection in collections:
        print(f"{collection.kind.value:11} {collection.name} ({collection.papers})")
