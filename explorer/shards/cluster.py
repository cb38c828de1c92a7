"""Shards embedded by the workers of a Dask cluster, on this machine or any: `explorer add --cluster`.

The only importer of distributed, and only when a cluster is named. Always true: the folder of the shards lies where the
command runs, texts travel to the workers and vectors back, so that workers share no disk; a worker may be lost, killed,
slow or late; what has come back survives the end of the command, of the workers and of the scheduler.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from embeddings.encoder import Encoder, encoder_named
from explorer.errors import LibraryError
from explorer.library.builder import quiet
from explorer.library.report import Progress, Report, Step
from explorer.shards import division, files, texts, union, vectors
from explorer.shards.corpus import Corpus
from explorer.shards.manifest import TEXTS, VECTORS, Plan, TextShard, plan_in
from explorer.shards.vectors import Vectors
from explorer.store import FILE, Store

_FOLDER = "shards"  # in the library's folder, until all is gathered
_SIZE = 1_000  # texts in a shard: so few that a few thousand keep several workers busy, half a minute of a core each
_AHEAD = 2  # shards that wait at each worker, so that none is idle while vectors travel
_RETRIES = 2  # of a shard whose embedding raises; Dask itself moves it on when its worker dies, three times


def add(
    corpus: Corpus, folder: Path, where: str, *, model: str = "", size: int = _SIZE,
    progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Add a corpus to the library in `folder`, its texts embedded by the cluster at `where`: "local", "local:4", or
    the address of a scheduler. Raises LibraryError as `division.divide`, `embed` and `union.gather` do.
    """
    tell, shards = progress or quiet, folder / _FOLDER
    if not workers_of(where):
        with _client(where):  # what cannot be reached is seen before hours of reading
            pass
    _dask()
    divided = division.divide(corpus, shards, size=size, model=_model_of(folder) or model, progress=tell)
    embed(shards, where, tell)
    done = union.gather(shards, folder, progress=tell)
    report = done.report or divided.report or divided.earlier or Report()
    shutil.rmtree(shards)
    return report


def _model_of(folder: Path) -> str:
    if not (folder / FILE).is_file():
        return ""
    store = Store.open(folder)
    try:
        return store.setting("encoder")
    finally:
        store.close()


def embed(folder: Path, where: str, tell: Progress) -> None:
    """Make all vectors that are not there, on a cluster.

    Raises LibraryError when it cannot be reached or is lost, a worker has another model or precision, or a shard ends
    its workers again and again; all that has come back stays.
    """
    plan = plan_in(folder)
    left = list(vectors.missing(folder, plan.texts))
    if not left:
        return
    with _client(where) as client:
        tell(Step("Embedding", 0, sum(shard.texts for shard in left), 0.0, f"cluster: {client.dashboard_link}"))
        lost = _Run(folder, plan, client, tell).over(left)
    files.sweep(folder / VECTORS)
    if lost:
        numbers = ", ".join(f"{shard.number:05}" for shard in lost[:5])
        raise LibraryError(
            f"{len(lost):,} shards could not be embedded by the cluster: {numbers}. See why with: explorer embed "
            f"{folder} --shard {lost[0].number + 1}/{len(plan.texts)}"
        )


class _Run:
    """The shards of a plan on their way through a cluster."""

    def __init__(self, folder: Path, plan: Plan, client: Any, tell: Progress) -> None:
        self._folder, self._plan, self._client, self._tell = folder, plan, client, tell

    def over(self, shards: list[TextShard]) -> list[TextShard]:
        """Embed shards; those that could not be."""
        from distributed import as_completed

        waiting, lost = iter(shards), list[TextShard]()
        done, total = 0, sum(shard.texts for shard in shards)
        running = dict[Any, TextShard]()
        ended = as_completed(loop=self._client.loop)
        self._fill(waiting, running, ended)
        while running:
            future = next(ended)
            shard = running.pop(future)
            if self._take(future, shard):
                done += shard.texts
            else:
                lost.append(shard)
            self._tell(Step("Embedding", done, total, done / total))
            self._fill(waiting, running, ended)
        return lost

    def _fill(self, waiting: Iterator[TextShard], running: dict[Any, TextShard], ended: Any) -> None:
        workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
        while len(running) < _AHEAD * max(1, workers) and (shard := next(waiting, None)):
            data = texts.read(self._folder / TEXTS / shard.name)
            future = self._client.submit(
                vectors_on_worker, data, self._plan.encoder, self._plan.revision, key=f"shard-{shard.key}",
                retries=_RETRIES, pure=False,
            )  # fmt: skip
            running[future] = shard
            ended.add(future)

    def _take(self, future: Any, shard: TextShard) -> bool:
        """Keep the vectors of a shard. Raises LibraryError when the cluster is lost, or is not like the rest."""
        from distributed.scheduler import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise LibraryError(
                "the scheduler of the cluster was lost. What has come back stays; the same command goes on from there"
            )
        error = future.exception()
        if isinstance(error, LibraryError):
            raise error
        if error is not None:
            why = "its workers died" if isinstance(error, KilledWorker) else f"{type(error).__name__}: {error}"
            self._tell(Step("Embedding", 0, 0, 0.0, f"shard {shard.number:05} was abandoned: {why}"))
            return False
        precision, made = future.result()
        vectors.settle(self._folder, precision)
        vectors.write(self._folder, shard, made)
        return True


def vectors_on_worker(data: bytes, name: str, revision: str) -> tuple[str, Vectors]:
    """What a worker does: the precision that it computes in, and the vectors of a shard of texts."""
    encoder = _encoder(name)
    if encoder.revision != revision:
        raise LibraryError(
            f"a worker has the model {name} in revision {encoder.revision}, and the library is of {revision}; install "
            "the same model on all workers, then give the same command again"
        )
    return vectors.precision_of(encoder), vectors.made(data, encoder)


@cache
def _encoder(name: str) -> Encoder:
    return encoder_named(name)


@contextlib.contextmanager
def _client(where: str) -> Iterator[Any]:
    dask = _dask()
    workers = workers_of(where)
    with contextlib.ExitStack() as stack, _environment_restored():
        try:
            address: Any = where
            if workers:
                address = stack.enter_context(
                    dask.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0")
                )
            client = stack.enter_context(dask.Client(address, set_as_default=False))
        except (OSError, ValueError) as error:
            raise _unreached(where, error) from error
        yield client


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise LibraryError(
            "--cluster is done by dask.distributed, which is not installed; give: pip install distributed, here and "
            "for the workers"
        ) from None
    return distributed


def workers_of(where: str) -> int:
    """How many workers are to be started on this machine, 0 for a cluster elsewhere. Raises LibraryError."""
    kind, _, count = where.partition(":")
    if kind != "local":
        return 0
    if count and (not count.isdecimal() or not int(count)):
        raise _unreached(where, f"{count!r} is no number of workers")
    return int(count) if count else os.cpu_count() or 1


def _unreached(where: str, why: object) -> LibraryError:
    return LibraryError(
        f"the cluster at {where} cannot be reached ({why}). Write local, local:4 for four workers on this machine, or "
        "the address that dask scheduler prints, as tcp://10.0.0.1:8786"
    )


@contextlib.contextmanager
def _environment_restored() -> Iterator[None]:
    """Dask lets a worker have a single thread by a variable that it sets here as well; what is built here needs all."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
