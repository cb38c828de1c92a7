"""Papers copied or moved from a library to another, as an import there: with all records, vectors and, moved, marks.

Joins two open libraries; knows their tables by their faces only. Always true: what is copied is committed in the second
library before the first is touched, so that a kill leaves a paper in both at worst, and the same command goes on; what
the rules of identity or the user's hand made of the records holds there, too; either side can be undone by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.errors import UnknownPaper
from explorer.library import Library
from explorer.library.builder import quiet
from explorer.library.imports import Importer, ImportSource
from explorer.library.insides import Insides
from explorer.library.marks import keys_of
from explorer.library.report import Progress, Report
from explorer.paper import Paper
from explorer.store import BY_HAND, Kind
from explorer.store.records import home_of

_AT_ONCE = 500  # papers in memory


@dataclass(frozen=True)
class Transfer:
    """What came of a copy: the report of the import, how many vectors came along, and the papers that were moved.

    `vectors` is None where the libraries are of different models, so that the texts are embedded anew.
    """

    report: Report
    vectors: int | None
    removed: tuple[Paper, ...] = ()


def copy(
    source: Library, target: Library, ids: Sequence[str], *, name: str, marks: bool = False,
    progress: Progress | None = None,
) -> Transfer:  # fmt: skip
    """Copy the papers with these exact ids; `name` is what the second library calls the first in its imports.

    With `marks`, collections, tags, notes and what was looked at, too. Raises UnknownPaper for an id that is not there.
    """
    ours, theirs = Insides.of(source), Insides.of(target)
    ids = tuple(dict.fromkeys(ids))
    keys = keys_of(ours.store, ids)
    theirs.encoder.settle()
    vectors = _copy_vectors(ours, theirs, keys)
    with source.snapshot.moment():
        importer = Importer(theirs.store)
        report = importer.run([ImportSource(f"library {name}", _records(ours, keys))], progress or quiet)
    for start in range(0, len(keys), _AT_ONCE):
        _follow(ours, theirs, keys[start : start + _AT_ONCE], marks=marks)
    target.build(progress=progress)
    return Transfer(report, vectors)


def move(
    source: Library, target: Library, ids: Sequence[str], *, name: str, progress: Progress | None = None
) -> Transfer:
    """Copy papers with their marks, then take them out of the first library, as `LibraryRecords.remove` does.

    Raises as `copy`. Papers that an interrupted move has taken out already are no error.
    """
    ids = tuple(dict.fromkeys(ids))
    if latest_removal(source) == ids:  # the same command, which was killed: all is there already
        number = source.records.undoable()[0].number
        for library in (target, source):
            library.build(progress=progress)
        return Transfer(Report(), None, tuple(Insides.of(source).store.records.taken(number)))
    done = copy(source, target, ids, name=name, marks=True, progress=progress)
    return replace(done, removed=tuple(source.records.remove(*ids, progress=progress)))


def latest_removal(source: Library) -> tuple[str, ...]:
    """The ids of the papers that the latest change took out, by a move or a removal; empty when it was another."""
    changes = source.records.undoable()
    return changes[0].files if changes and changes[0].kind == "remove" else ()


def _records(ours: Insides, keys: Sequence[int]) -> Iterator[Paper]:
    """what each file says of the papers, under the names of the files; of each paper its first record has its id."""
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        papers = ours.store.papers.by_key(some)
        for key, records in zip(some, ours.store.records.of(some), strict=True):
            if key not in papers:
                raise UnknownPaper("papers were removed from the library just now; give the same command again")
            for record in records:
                yield replace(record.paper, id=papers[key].id, sources=(record.source,))


def _copy_vectors(ours: Insides, theirs: Insides, keys: Sequence[int]) -> int | None:
    """Give the second library the vectors of the papers at `keys`, bit by bit; how many."""
    if ours.encoder.stored != theirs.encoder.stored:
        return None
    count = 0
    for start in range(0, len(keys), _AT_ONCE):
        count += theirs.store.vectors.take(ours.store.vectors, *ours.encoder.stored, keys[start : start + _AT_ONCE])
    return count


def _follow(ours: Insides, theirs: Insides, keys: Sequence[int], *, marks: bool) -> None:
    """What an import alone does not do: records that were joined by hand are joined, and marks are set."""
    all_records, all_marks = ours.store.records.of(keys), ours.store.marks.of(keys)
    for records, its in zip(all_records, all_marks, strict=True):
        homes = [home for record in records if (home := home_of(theirs.store.records, record)) is not None]
        if not homes:
            continue
        with theirs.store.transaction():
            if any(record.reason == BY_HAND for record in records):
                for second in dict.fromkeys(homes[1:]):
                    if second != homes[0]:
                        theirs.store.records.join(homes[0], second)
        if not marks:
            continue
        for kind, names in ((Kind.COLLECTION, its.collections), (Kind.TAG, its.tags)):
            for label in names:
                theirs.store.marks.put(kind, label, [homes[0]])
        if its.seen:
            theirs.store.marks.see([homes[0]])
        [there] = theirs.store.marks.of([homes[0]])
        if its.note and its.note not in there.note:
            theirs.store.marks.note(homes[0], "\n".join(filter(None, (there.note, its.note))))
