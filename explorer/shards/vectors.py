"""Shards of vectors: the texts of a shard, embedded block by block, in a file of numpy arrays.

Knows the plan, the texts and an encoder; opens no library and takes no lock. Always true: a shard of vectors names the
texts it is of, and is whole or made again; all shards of a DIR are of the same model, and of the precision of the first
job.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, encoder_named
from explorer.errors import LibraryError
from explorer.library.builder import quiet
from explorer.library.report import Progress, Step
from explorer.shards import files, texts
from explorer.shards.manifest import TEXTS, VECTORS, Plan, TextShard, plan_in

_PRECISION = "precision.json"
_MANY = "a text " * 4000  # more than any encoder counts as few: its precision is that of whole blocks


@dataclass(frozen=True)
class Share:
    """Share `number` of `of`, from 1: every `of`th shard."""

    number: int = 1
    of: int = 1


@dataclass(frozen=True)
class Embedded:
    """What came of a share: how many shards and vectors were made, and how many shards were there already."""

    shards: int
    vectors: int
    there: int


@dataclass(frozen=True)
class Vectors:
    """A shard of vectors: hashes of the texts, (n,) of 32 hexadecimal digits, vectors (n, d) float32 unit rows, and
    what each was computed in, (n,) "fp32" or "bf16"; both texts in ASCII."""

    hashes: NDArray[np.bytes_]
    vectors: NDArray[np.float32]
    precisions: NDArray[np.bytes_]


def embed(folder: Path, share: Share, progress: Progress | None = None, encoder: Encoder | None = None) -> Embedded:
    """Make the vectors of a share of all texts, as far as they are not there. `encoder`: that of the plan, by default.

    Raises LibraryError when the model or the precision here is not that of the rest, or texts are damaged.
    """
    plan, tell = plan_in(folder), progress or quiet
    encoder = encoder or encoder_named(plan.encoder)
    mine = plan.texts[share.number - 1 :: share.of]
    left = list(missing(folder, mine))
    if left:
        _check(folder, plan, encoder)
    total, passed, fresh = sum(shard.texts for shard in left), 0, list[TextShard]()
    for shard in left:
        if not is_there(folder, shard):  # no second job made it meanwhile
            data = texts.read(folder / TEXTS / shard.name)
            write(folder, shard, made(data, encoder, partial(_tell, tell, passed, total)))
            fresh.append(shard)
        passed += shard.texts
        _tell(tell, 0, total, passed)
    return Embedded(len(fresh), sum(shard.texts for shard in fresh), len(mine) - len(fresh))


def _tell(tell: Progress, before: int, total: int, done: int) -> None:
    tell(Step("Embedding", before + done, total, (before + done) / total))


def made(data: bytes, encoder: Encoder, tell: Callable[[int], None] = lambda done: None) -> Vectors:
    """The vectors of a shard of texts; `tell` is called with how many are done."""
    hashes, parts, precisions = list[str](), list[NDArray[np.float32]](), list[str]()
    for block in texts.blocks(data):
        tell(len(hashes))
        hashes += block.hashes
        parts.append(encoder.encode(block.texts))
        precisions += [encoder.precision(block.texts)] * len(block.texts)
    return Vectors(np.array(hashes, np.bytes_), np.concatenate(parts), np.array(precisions, np.bytes_))


def is_there(folder: Path, shard: TextShard) -> bool:
    """Whether the vectors of a shard are there and whole."""
    return any(files.whole(path) is not None for path in _paths(folder, shard))


def missing(folder: Path, shards: Iterable[TextShard]) -> Iterator[TextShard]:
    """Those of `shards` whose vectors are not there, or not whole; the folder is listed once for all."""
    there = defaultdict[str, list[Path]](list)
    for path in sorted((folder / VECTORS).glob("*.npz")):
        there[path.name.rpartition("-")[0]].append(path)
    for shard in shards:
        if not any(files.whole(path) is not None for path in there[_stem(shard)]):
            yield shard


def read(folder: Path, shard: TextShard) -> Vectors:
    """The vectors of a shard. Raises LibraryError where there are none that are whole."""
    for path in _paths(folder, shard):
        if (data := files.whole(path)) is not None:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return Vectors(arrays["hashes"], arrays["vectors"], arrays["precisions"])
    raise LibraryError(f"the vectors of shard {shard.number} in {folder} are missing or damaged")


def _paths(folder: Path, shard: TextShard) -> Iterator[Path]:
    """Files that hold the vectors of a shard; two when jobs on unlike processors made it at once."""
    yield from sorted((folder / VECTORS).glob(f"{_stem(shard)}-*.npz"))


def _stem(shard: TextShard) -> str:
    return f"{shard.number:05}-{shard.key}"


def write(folder: Path, shard: TextShard, whole: Vectors) -> None:
    """Keep the vectors of a shard."""
    out = io.BytesIO()
    np.savez(out, hashes=whole.hashes, vectors=whole.vectors, precisions=whole.precisions)
    files.write_once(folder / VECTORS, _stem(shard), ".npz", out.getvalue())


def _check(folder: Path, plan: Plan, encoder: Encoder) -> None:
    """Raises LibraryError when the model here is another, or computes in another precision than the first job did."""
    if (encoder.name, encoder.revision) != (plan.encoder, plan.revision):
        raise LibraryError(
            f"the shards in {folder} are for the model {plan.encoder} (revision {plan.revision}), and here it is "
            f"{encoder.name} (revision {encoder.revision}); install the same model here, or divide the corpus with "
            "this model into another --out"
        )
    settle(folder, precision_of(encoder))


def precision_of(encoder: Encoder) -> str:
    """What an encoder computes many texts in."""
    return encoder.precision([_MANY])


def settle(folder: Path, mine: str) -> None:
    """Let `mine` be the precision of all vectors. Raises LibraryError when another was settled before."""
    settled = files.first_to_write(folder / VECTORS / _PRECISION, json.dumps({"precision": mine}).encode())
    try:
        theirs = str(json.loads(settled)["precision"])
    except (ValueError, KeyError, TypeError):
        raise LibraryError(
            f"{folder / VECTORS / _PRECISION} is damaged; delete it and give the command again"
        ) from None
    if theirs != mine:
        raise LibraryError(
            f"the vectors in {folder} are computed in {theirs}, as the first job did, and this machine computes in "
            f"{mine}; run the job on a machine like the first, or delete {folder / VECTORS} to begin anew on this kind"
        )
