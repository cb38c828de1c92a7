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


@command(reads, _COLLECTION)
@click.option("--tag", is_flag=True, help="a tag instead of a collection")
@click.option("--topic", is_flag=True, help="a topic instead of a collection")
@click.option("--to", "new", metavar="NAME", help="the new name; it joins a collection that is called so")
@click.option("--delete", is_flag=True, help="take it off all papers, which stay; a topic gets its own name again")
def rename(library: Library, name: str, tag: bool, topic: bool, new: str | None, delete: bool) -> None:
    """Rename or delete a collection or a tag, or rename a topic.

    The name of a topic stays over imports, and over redraws as long as most of its papers stay together.
    """
    from explorer.store import Kind
    from explorer.text import counted

    if bool(new) == delete:
        raise click.UsageError("say either the new name (--to NAME) or --delete")
    if topic and tag:
        raise click.UsageError("say either --tag or --topic")
    if topic:
        remark(f"the topic {name!r} is called {library.marks.rename_topic(name, new or '')!r} now")
        return
    kind = Kind.TAG if tag else Kind.COLLECTION
    if new:
        count = library.marks.rename(kind, name, new)
        remark(f"the {kind.value} {name!r} is called {new!r} now; it holds {counted(count, 'paper')}")
    else:
        count = library.marks.delete(kind, name)
        remark(f"the {kind.value} {name!r} is deleted; {counted(count, 'paper')} stay in the library")


@command(reads, JSON)
def collections(library: Library, as_json: bool) -> None:
    """List collections, folders and tags, with their numbers of papers."""
    collections = library.marks.collections()
    if as_json:
        return print_json([asdict(collection) for collection in collections])
    for collection in collections:
        print(f"{collection.kind.value:11} {collection.name} ({collection.papers})")
