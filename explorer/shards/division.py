"""Dividing a corpus: its records into shards of papers, the merged papers' texts into shards of texts, and a plan.

Always true: a single command at a time divides into a DIR; what is there and whole stays as it
is; the plan is written last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from explorer.errors import DamagedLibrary, LibraryError
from explorer.library import Library
from explorer.library.builder import quiet
from explorer.library.insides import Insides
from explorer.library.report import Progress, Report
from explorer.shards import files, papers, texts
from explorer.shards.corpus import Corpus
from explorer.shards.manifest import (
    MERGED,
    PAPERS,
    TEXTS,
    Begun,
    Plan,
    begin,
    begun_in,
    report_in,
    write_plan,
    write_report,
)

SIZE = 10_000  # papers in a shard: 5 MB of records, 15 MB of vectors, two minutes of two cores, seconds of a GPU


@dataclass(frozen=True)
class Divided:
    """What came of a division: the plan, and what was read; `report` is None when all was merged before, and `earlier`
    the report of then."""

    plan: Plan
    report: Report | None
    earlier: Report | None = None


def divide(
    corpus: Corpus, folder: Path, *, size: int = SIZE, model: str = "", encoder: Encoder | None = None,
    progress: Progress | None = None,
) -> Divided:  # fmt: skip
    """Divide a corpus into shards in `folder`, or go on with that.

    Raises LibraryError when the folder holds shards of another corpus, model or size, files of the corpus have changed
    since, or the folder is being written to; UnreadableFile when nothing of the corpus can be read.
    """
    tell = progress or quiet
    states = corpus.states()
    unread = corpus.unread
    encoder = encoder or encoder_named(model or DEFAULT_MODEL)
    wanted = Begun(corpus.arguments, dict(corpus.columns), size, encoder.name, encoder.revision, states)
    _check(folder, begun_in(folder), wanted)
    with _merged(folder, encoder) as library:
        inside = Insides.of(library)
        inside.encoder.settle()
        if begun_in(folder) is None:
            begin(folder, wanted)
        files.sweep(folder, folder / PAPERS, folder / TEXTS)
        shards = papers.make(folder, corpus, size, tell)
        origins = tuple("" if number in unread else corpus.origin(name) for number, name in enumerate(corpus.arguments))
        report = texts.merge(folder, shards, origins, tuple(unread.values()), inside.store, tell)
        if report:
            write_report(folder, report)
        bits, text_shards = texts.make(folder, inside, size, tell)
        plan = Plan(
            encoder.name, encoder.revision, bits, shards, text_shards, origins, tuple(unread.values())
        )  # fmt: skip
        write_plan(folder, plan)
    return Divided(plan, report, report_in(folder))


def _merged(folder: Path, encoder: Encoder) -> Library:
    try:
        return Library.open(folder / MERGED, encoder=encoder)
    except DamagedLibrary as error:
        raise LibraryError(
            f"{error}. It can be made again from the shards of papers: delete {folder / MERGED} and give the command "
            "again"
        ) from error


def _check(folder: Path, begun: Begun | None, wanted: Begun) -> None:
    if begun is None or begun == wanted:
        return
    elsewhere = f"take another --out, or delete {folder}"
    if begun.corpus != wanted.corpus or begun.columns != wanted.columns:
        raise LibraryError(f"{folder} holds the shards of {_shown(begun.corpus)}; {elsewhere}")
    if (begun.encoder, begun.revision) != (wanted.encoder, wanted.revision):
        raise LibraryError(
            f"the shards in {folder} are for the model {begun.encoder} (revision {begun.revision}), not "
            f"{wanted.encoder} (revision {wanted.revision}); {elsewhere}"
        )
    if begun.size != wanted.size:
        raise LibraryError(
            f"{folder} was begun with --papers-per-shard {begun.size}, not {wanted.size}; give that, or {elsewhere}"
        )
    if replace(begun, files=wanted.files) == wanted:
        names = sorted(set(begun.files.items()) ^ set(wanted.files.items()))
        raise LibraryError(f"{names[0][0]} has changed since {folder} was begun; {elsewhere}")


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
