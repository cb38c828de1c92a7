"""A library of all shards: papers merged as `explorer add` merges them, vectors taken over, index and map built.

Always true: nothing is written before all shards are there and whole; what was taken over survives a kill, and the same
command goes on; a library that is there already keeps what it has.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from explorer.errors import LibraryError
from explorer.library import Library
from explorer.library.builder import quiet
from explorer.library.insides import Insides
from explorer.library.report import Progress, Report, Step
from explorer.shards import files, texts, vectors
from explorer.shards.manifest import MERGED, VECTORS, Plan, TextShard, plan_in
from explorer.store import FILE, Store, backups

_SHOWN = 5  # commands for shards that are missing


@dataclass(frozen=True)
class Gathered:
    """What came of it: papers in the library, vectors taken over, texts embedded here, as no shard has them.

    `report` is that of the import, None when the library had the records or is a copy of the merged ones.
    """

    papers: int
    vectors: int
    embedded: int
    report: Report | None


def gather(
    folder: Path, library_folder: Path, *, encoder: Encoder | None = None, progress: Progress | None = None
) -> Gathered:
    """Make a library of all shards in `folder`, or add them to a library that is there.

    Raises LibraryError when shards are missing or damaged, saying which and how they are made, or the library is of
    another model.
    """
    plan, tell = plan_in(folder), progress or quiet
    _check(folder, plan, tell)
    _begin(folder, plan, library_folder)
    with Library.open(library_folder, encoder=encoder, model="" if encoder else plan.encoder) as library:
        inside = Insides.of(library)
        if inside.encoder.stored not in (("", ""), (plan.encoder, plan.revision)):
            name, revision = inside.encoder.stored
            raise LibraryError(
                f"the library in {library_folder} was made with the model {name} (revision {revision}), the shards in "
                f"{folder} with {plan.encoder} (revision {plan.revision}); gather them into another --library"
            )
        inside.encoder.settle()
        report = texts.merge(folder, plan.papers, plan.origins, plan.unread, inside.store, tell)
        taken = _take(folder, plan, inside.store, tell)
        left = inside.store.vectors.waiting(plan.encoder, plan.revision)
        library.build(progress=tell)
        papers = inside.store.papers.count()
    files.sweep(folder / VECTORS)
    return Gathered(papers, taken, left, report)


def _check(folder: Path, plan: Plan, tell: Progress) -> None:
    tell(Step("Checking", 0, len(plan.texts), 0.0))
    if missing := list(vectors.missing(folder, plan.texts)):
        raise LibraryError(_missing(folder, missing, len(plan.texts)))


def _missing(folder: Path, shards: Sequence[TextShard], of: int) -> str:
    numbers = ", ".join(f"{shard.number:05}" for shard in shards[:_SHOWN])
    more = f" and {len(shards) - _SHOWN:,} more" if len(shards) > _SHOWN else ""
    command = f"explorer embed {shlex.quote(str(folder))}"
    single = f" (or the first alone: {command} --shard {shards[0].number + 1}/{of})"
    return (
        f"the vectors of {len(shards):,} of {of:,} shards are missing or damaged: {numbers}{more}. Make them with: "
        f"{command}{single}. Then give this command again"
    )


def _begin(folder: Path, plan: Plan, library_folder: Path) -> None:
    """Where no library is, begin with a copy of the merged papers, which are those of an import of the corpus."""
    if (library_folder / FILE).exists() or not (folder / MERGED / FILE).is_file():
        return
    store = Store.open(folder / MERGED)
    try:
        whole = store.setting(texts.MERGED_OF) == plan.digest
    finally:
        store.close()
    if whole:
        backups.make(folder / MERGED, library_folder / FILE)


def _take(folder: Path, plan: Plan, store: Store, tell: Progress) -> int:
    """Give the library the vectors that it lacks, each shard in a transaction; how many."""
    taken = 0
    for done, shard in enumerate(plan.texts):
        tell(Step("Taking over", done, len(plan.texts), done / len(plan.texts)))
        lacking = {text.text_hash for text in store.vectors.pending(plan.encoder, plan.revision, shard.hashes)}
        if not lacking:
            continue
        shard_vectors = vectors.read(folder, shard)
        wanted = np.array([text_hash in lacking for text_hash in shard_vectors.hashes.astype(str).tolist()], bool)
        with store.transaction():
            for precision in sorted(set(shard_vectors.precisions[wanted].tolist())):
                rows = np.flatnonzero(wanted & (shard_vectors.precisions == precision))
                hashes = shard_vectors.hashes[rows].astype(str).tolist()
                store.vectors.put(plan.encoder, plan.revision, precision.decode(), hashes, shard_vectors.vectors[rows])
        taken += int(wanted.sum())
    return taken
