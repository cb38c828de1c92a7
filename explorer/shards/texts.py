"""Shards of texts: what is to be embedded once all records are merged, in the blocks that `explorer add` embeds.

Merges the shards of papers in a library without vectors, `merged` in DIR, and divides its texts. Always true: a block
holds the texts that it holds where a single machine embeds the corpus, in the same order; as the vector of a text
depends in its last bits on those it is embedded with, that makes the vectors the same, whoever embeds which shard.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.blocks import bits_of, divided
from explorer.library.encoder import utf8
from explorer.library.imports import Importer, ImportSource
from explorer.library.insides import Insides
from explorer.library.report import Progress, Report, Step
from explorer.paper import Paper, Problem, embedding_text
from explorer.shards import files, papers
from explorer.shards.manifest import PAPERS, TEXTS, PaperShard, TextShard, digest_of
from explorer.store import Pending, Store

MERGED_OF = "shards"  # the setting of a library that says which shards of papers it has taken in
_DIGITS = 32  # of a hash of a text


@dataclass(frozen=True)
class Block:
    """Texts that are embedded together, and their hashes."""

    hashes: tuple[str, ...]
    texts: tuple[str, ...]


def merge(
    folder: Path, shards: Sequence[PaperShard], origins: Sequence[str], unread: Sequence[Problem], store: Store,
    tell: Progress,
) -> Report | None:  # fmt: skip
    """Take all records into a library, as `explorer add` takes them; None when it has them already."""
    digest = digest_of(shards)
    if store.setting(MERGED_OF) == digest:
        return None
    sources = [
        ImportSource(origin, _of_argument(folder, shards, number)) for number, origin in enumerate(origins) if origin
    ]
    report = Importer(store, unread).run(sources, lambda step: tell(Step("Merging", step.done, 0, 0.0)))
    store.set(**{MERGED_OF: digest})
    return report


def _of_argument(folder: Path, shards: Iterable[PaperShard], argument: int) -> Iterator[Paper | Problem]:
    for shard in shards:
        first, last = shard.arguments
        if first <= argument <= last:
            entries = papers.read(folder / PAPERS / shard.name)
            yield from (entry.record for entry in entries if entry.argument == argument)


def make(folder: Path, inside: Insides, size: int, tell: Progress) -> tuple[int, tuple[TextShard, ...]]:
    """Write all texts of the merged library as shards of whole blocks, about `size` texts each.

    Returns the bits of a text's hash that choose its block, and the shards.
    """
    encoder, revision = inside.encoder.settle()
    total = inside.store.vectors.waiting(encoder, revision)
    bits = bits_of(total)
    some = min(bits, max(0, -(-total // size) - 1).bit_length())
    shards, done = list[TextShard](), 0
    for number in range(2**some):
        within = _bounds(number, some)
        pending = inside.store.vectors.pending(encoder, revision, within)
        if pending:
            key = _key(encoder, revision, bits, pending)
            data = _packed(_texts(inside.store, divided(pending, bits)), f"{encoder}@{revision}")
            name = files.write_once(folder / TEXTS, f"{len(shards):05}", ".parquet", data)
            shards.append(TextShard(name, len(shards), key, len(pending), within))
            done += len(pending)
        tell(Step("Dividing", done, total, (number + 1) / 2**some))
    return bits, tuple(shards)


def read(path: Path) -> bytes:
    """A shard as it lies on the disk. Raises LibraryError where it is missing or damaged."""
    if (data := files.whole(path)) is None:
        raise LibraryError(f"{path} is missing or damaged; the same explorer shard as before makes it anew")
    return data


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a shard."""
    from pyarrow import parquet

    columns = parquet.read_table(io.BytesIO(data), use_threads=False).to_pydict()
    rows = zip(columns["block"], columns["hash"], columns["text"], strict=True)
    for _, block in itertools.groupby(rows, lambda row: row[0]):
        _, hashes, texts = zip(*block, strict=True)
        yield Block(hashes, texts)


def _bounds(number: int, bits: int) -> tuple[str, str]:
    """The first and the last hash whose leading bits are `number`."""
    rest = 4 * _DIGITS - bits
    return f"{number << rest:0{_DIGITS}x}", f"{((number + 1) << rest) - 1:0{_DIGITS}x}"


def _key(encoder: str, revision: str, bits: int, pending: Sequence[Pending]) -> str:
    """Names the texts of a shard by what they are, whichever version of pyarrow writes the file."""
    return files.sum_of("\n".join([encoder, revision, str(bits), *(text.text_hash for text in pending)]).encode())


def _texts(store: Store, blocks: Iterable[Sequence[Pending]]) -> Iterator[tuple[int, str, str]]:
    for number, block in enumerate(blocks):
        made = store.papers.fetch([text.key for text in block])
        for text, paper in zip(block, made, strict=True):
            yield number, text.text_hash, utf8(embedding_text(paper))


def _packed(texts: Iterable[tuple[int, str, str]], model: str) -> bytes:
    """Texts as a Parquet file: `block`, a number in this shard; `hash`; `text`, in the order they are embedded in."""
    import pyarrow
    from pyarrow import parquet

    blocks, hashes, words = zip(*texts, strict=True)
    table = pyarrow.table(
        {"block": pyarrow.array(blocks, pyarrow.int32()), "hash": list(hashes), "text": list(words)},
        metadata={"model": model},
    )
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()
