"""Shards of papers: records in the order of the corpus, each shard a Parquet file, with a ledger of what is there.

Knows how records are written and read again, not what is made of them. Always true: a record is read as it was
written; a shard that is missing or damaged is made again from the corpus, and only what is needed for it is read.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.report import Progress, Step
from explorer.paper import Paper, Problem, Source
from explorer.shards import files
from explorer.shards.corpus import Corpus, Position
from explorer.shards.manifest import PAPERS, PaperShard
from explorer.store import rows

_LEDGER = "papers.jsonl"  # a line for each shard, in order: what a kill leaves of it is a beginning


@dataclass(frozen=True)
class Entry:
    """A record, and the number of the argument of the corpus that it was read from."""

    argument: int
    record: Paper | Problem


def make(folder: Path, corpus: Corpus, size: int, tell: Progress) -> tuple[PaperShard, ...]:
    """Write all shards of a corpus that are not there yet, `size` records each, the last with the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    ledger, shards, done = _ledger(folder), list[PaperShard](), 0
    for number, shard in enumerate(ledger):
        if files.whole(folder / PAPERS / shard.name) is None:
            start = shards[-1].after if shards else Position()
            shard = _written(folder, number, corpus.records(Position(*start)), shard.records) or shard
        shards.append(shard)
        done += shard.records
        tell(Step("Reading", done, 0, 0.0))
    if shards != ledger:
        _rewrite(folder, shards)
    records = corpus.records(Position(*shards[-1].after) if shards else Position())
    with (folder / _LEDGER).open("a", encoding="utf-8") as lines:
        while next_shard := _written(folder, len(shards), records, size):
            shards.append(next_shard)
            lines.write(files.sealed(asdict(next_shard)) + "\n")
            lines.flush()
            done += next_shard.records
            tell(Step("Reading", done, 0, 0.0))
    return tuple(shards)


def read(path: Path) -> Iterator[Entry]:
    """The records of a shard. Raises LibraryError where it is missing or damaged."""
    from pyarrow import parquet

    if (data := files.whole(path)) is None:
        raise LibraryError(f"{path} is missing or damaged; the same explorer shard as before makes it anew")
    for batch in parquet.ParquetFile(io.BytesIO(data)).iter_batches(1000, use_threads=False):
        for argument, place, statement in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            values = json.loads(place)
            if statement is None:
                yield Entry(argument, Problem(*values))
            else:
                paper_id, *source = values
                sources = (Source(*source),) if source else ()
                yield Entry(argument, rows.stated(statement.decode("utf-8", "surrogatepass"), paper_id, sources))


def _written(
    folder: Path, number: int, records: Iterator[tuple[Position, Paper | Problem]], size: int
) -> PaperShard | None:
    """Write the next `size` records as a shard; None when there are none."""
    taken = list(itertools.islice(records, size))
    if not taken:
        return None
    name = files.write_once(folder / PAPERS, f"{number:05}", ".parquet", _packed(taken))
    return PaperShard(name, len(taken), (taken[0][0].argument, taken[-1][0].argument), taken[-1][0][:])


def _packed(taken: Sequence[tuple[Position, Paper | Problem]]) -> bytes:
    """Records as a Parquet file: `argument`; `place`, JSON; `paper`, JSON in UTF-8, null for a problem."""
    import pyarrow
    from pyarrow import parquet

    places, papers = list[tuple[object, ...]](), list[bytes | None]()
    for _, record in taken:
        if isinstance(record, Problem):
            places.append(astuple(record))
            papers.append(None)
        else:
            places.append((record.id, *(astuple(record.sources[0]) if record.sources else ())))
            papers.append(rows.statement(record).encode("utf-8", "surrogatepass"))  # halves of letters come in files
    table = pyarrow.table(
        {
            "argument": pyarrow.array([position.argument for position, _ in taken], pyarrow.int32()),
            "place": pyarrow.array([json.dumps(place) for place in places], pyarrow.string()),
            "paper": pyarrow.array(papers, pyarrow.binary()),
        }
    )
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _ledger(folder: Path) -> list[PaperShard]:
    """The shards that were written, up to the first line that is not whole."""
    try:
        lines = (folder / _LEDGER).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    contents = list(itertools.takewhile(lambda content: content is not None, map(files.unsealed, lines)))
    shards = [PaperShard.of(content) for content in contents if content]
    if len(contents) < len(lines):
        _rewrite(folder, shards)
    return shards


def _rewrite(folder: Path, shards: Sequence[PaperShard]) -> None:
    text = "".join(files.sealed(asdict(shard)) + "\n" for shard in shards)
    files.replace(folder / _LEDGER, text.encode())
