"""Which papers are one: merges, split, join, review. Always true: every merge can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explorer.cli.options import JSON, OTHER, PAPER, command, k, reads, writes
from explorer.cli.tables import print_json, progress, remark
from explorer.export.shapes import of_doubt, of_merged, of_pair
from explorer.text import counted

if TYPE_CHECKING:
    from explorer.library import Library


@command(reads, k(100, "at most so many"), JSON)
def merges(library: Library, k: int, as_json: bool) -> None:
    """List papers made of several records, and why."""
    papers = [(paper, library.records.of([paper.id])[0]) for paper in library.records.merged(k)]
    if as_json:
        return print_json([of_merged(paper, records) for paper, records in papers])
    for paper, records in papers:
        print(f"{paper.id}  {paper.heading}")
        for record in records:
            source = ", ".join(filter(None, (record.paper.venue, str(record.paper.year or ""), record.paper.doi)))
            reason = f" — {record.reason}" if record.reason else ""
            print(f"  record {record.number}: {record.source.file} ({source}){reason}")
    merged = library.records.info().merged
    some = f"the latest {len(papers):,} of {merged:,} papers" if len(papers) < merged else counted(merged, "paper")
    remark(f"{some} made of several records; to undo a merge: explorer split RECORD")


@command(writes)
@click.argument("record", type=int, metavar="RECORD", help="its number in: explorer merges")
def split(library: Library, record: int) -> None:
    """Undo a merge: make a paper of its own of a record."""
    with progress() as show:
        paper = library.records.split(record, progress=show)
    print(f"record {record} is a paper of its own now: {paper.id}  {paper.heading}")


@command(writes, PAPER, OTHER)
@click.option("--never", is_flag=True, help="remember that they are two")
def join(library: Library, paper: str, other: str, never: bool) -> None:
    """Make one paper of two."""
    if never:
        library.records.keep_apart(*(library.snapshot.paper(name).id for name in (paper, other)))
        return print("they stay two papers")
    with progress() as show:
        joined = library.records.join(*(library.snapshot.paper(name).id for name in (paper, other)), progress=show)
    print(f"one paper now: {joined.id}  {joined.heading}")


@command(reads, k(100, "at most so many"), JSON)
def review(library: Library, k: int, as_json: bool) -> None:
    """List merges in doubt, then pairs that may be one paper, and what keeps them apart. Nothing is changed."""
    doubts, pairs = library.records.doubts(), library.records.review(k)
    if as_json:
        return print_json({"merges": [of_doubt(doubt) for doubt in doubts], "pairs": [of_pair(pair) for pair in pairs]})
    for doubt in doubts[:k]:
        record = doubt.record
        print(f"{doubt.paper.id}  {doubt.paper.heading}")
        source = ", ".join(filter(None, (record.paper.heading, str(record.paper.year or ""), record.paper.doi)))
        print(f"  record {record.number}: {record.source.file} ({source})")
        print(f"  was merged ({record.reason}), but: {doubt.reason}; to split: explorer split {record.number}")
    if doubts:
        remark(f"{counted(len(doubts), 'merge')} in doubt; a right one can stay as it is")
    for pair in pairs:
        print(f"{pair.one.id}  {pair.one.heading}\n{pair.other.id}  {pair.other.heading}\n  {pair.reason}")
    remark(f"{len(pairs)} pairs; one paper: explorer join A B; two papers: explorer join A B --never")
