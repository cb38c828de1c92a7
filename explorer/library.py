"""Library: a folder of papers and the verbs on it. The only stateful object.

Joins store, encoder, index, layout and topics; knows none of their insides. Always true: reading never writes; slow
work happens only in `add`, `build` and `redraw`; what those have stored survives a kill, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from embeddings.index import VectorIndex, kmeans
from explorer import derived, layout, topics
from explorer.derived import Build
from explorer.errors import AmbiguousPaper, LibraryError, UnknownPaper
from explorer.paper import Paper, Problem, embedding_text, text_hash
from explorer.readers import read
from explorer.search import Result, nearest, random_pairs
from explorer.store import Filter, Import, Store
from explorer.text import fold
from explorer.topics import Topics

NEIGHBOURS = 15  # of each paper on the map; trustworthiness stops rising there (design figures)
_READ_BATCH = 500  # records in one transaction while reading
_EMBED_BATCH = 64  # texts in one transaction while embedding: about 2 s of work on two cores, lost at most
# Goes into the fingerprint: raise it when index, layout, topics or the random pairs would come out differently.
_RECIPE = 1


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of slow work: what is being done, how many of how many, and the share of the work (0 to 1)."""

    stage: str
    done: int
    total: int
    share: float


Progress = Callable[[Step], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Report:
    """What came of the records of an import; read = added + merged + the problems with a record number (from 1).

    A problem with record 0 is a remark on the file, its encoding say; no record was lost by it.
    """

    read: int
    added: int
    merged: int
    without_abstract: int
    problems: tuple[Problem, ...]

    @property
    def lost(self) -> int:
        """Number of records that could not be read."""
        return sum(problem.record > 0 for problem in self.problems)


@dataclass(frozen=True)
class Info:
    """What is in a library."""

    papers: int
    vectors: int
    without_abstract: int
    without_title: int
    encoder: str
    revision: str
    on_map: int
    files: tuple[tuple[str, int], ...]
    imports: tuple[Import, ...] = field(repr=False)


class Library:
    """A folder of papers. `Library.open` makes one; use it in a `with` block or call `close`."""

    def __init__(self, folder: Path, store: Store, encoder: Encoder) -> None:
        self.folder = folder
        self._store = store
        self._chosen = encoder
        self._build: Build | None = None
        self._remembered: dict[str, tuple[object, Any]] = {}

    @classmethod
    def open(
        cls, folder: str | Path, *, write: bool = True, encoder: Encoder | None = None, model: str = ""
    ) -> Library:
        """The library in `folder`, created when missing; with `write=False` it must exist and is never changed.

        The encoder is the one the library was made with, else `encoder`, else the sentence-transformers model called
        `model`, else the bundled one. Raises LibraryError when it is missing, damaged, being written to, or was made
        with another model than the one asked for.
        """
        folder = Path(folder)
        store = Store.open(folder, write=write)
        try:
            made_with = store.setting("encoder")
            asked = encoder.name if encoder else model
            if made_with and asked and made_with != asked:
                raise LibraryError(
                    f"the library in {folder} was made with the model {made_with}, not {asked}; leave out --model, or "
                    "add the files to another --library"
                )
            return cls(folder, store, encoder or encoder_named(made_with or model or DEFAULT_MODEL))
        except BaseException:
            store.close()
            raise

    @property
    def _encoder(self) -> Encoder:
        """The encoder of the library's vectors; a reader that opened it before the first import follows the writer."""
        made_with = self._store.setting("encoder")
        if made_with and made_with != self._chosen.name:
            self._chosen = encoder_named(made_with)
        return self._chosen

    def close(self) -> None:
        """Let go of the files and of the writer's lock."""
        self._store.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---------------------------------------------------------------------------------------------- writing

    def add(self, *files: str | Path | Iterable[Paper], progress: Progress | None = None) -> Report:
        """Read files (or papers), merge what is known, embed what is new, and bring index and map up to date.

        Raises UnreadableFile before anything is written when a file is in no known format. A bad record becomes a
        `Problem` of the report, and stays in the library's list of imports.
        """
        readings: list[Iterable[Paper | Problem]] = []
        names = []
        for file in files:
            if isinstance(file, (str, Path)):
                names.append(Path(file).name)
                readings.append(read(file))  # raises here, not at the first record
            else:
                names.append("(papers)")
                readings.append(iter(file))
        self._settle_encoder()  # a model that cannot be had fails here, before anything is written
        report = self._read(itertools.chain(*readings), names, progress or _quiet)
        self.build(progress=progress)
        return report

    def _read(self, records: Iterator[Paper | Problem], names: Sequence[str], progress: Progress) -> Report:
        number = self._store.begin_import(names, _now())
        count = {"read": 0, "added": 0, "merged": 0, "without_abstract": 0}
        problems: list[Problem] = []
        while batch := list(itertools.islice(records, _READ_BATCH)):
            with self._store.transaction():
                for record in batch:
                    if isinstance(record, Problem):
                        count["read"] += record.record > 0  # 0: a remark on the file, no record was lost
                        self._store.put_problem(number, record)
                        problems.append(record)
                        continue
                    count["read"] += 1
                    count["added" if self._store.put(record) else "merged"] += 1
                    count["without_abstract"] += not record.abstract
                self._store.note_import(number, **count)
            progress(Step("Reading", count["read"], 0, 0.0))
        self._store.end_import(number, _now())
        return Report(**count, problems=tuple(problems))

    def build(self, *, progress: Progress | None = None) -> None:
        """Embed what has no vector yet, then bring index, map and topics up to date; does nothing when they are."""
        progress = progress or _quiet
        self._embed(progress)
        self._derive(int(self._store.setting("seed") or 0), progress)

    def redraw(self, seed: int = 0, *, progress: Progress | None = None) -> None:
        """Draw the map and find the topics anew from another random seed; the slow verb."""
        self._store.set(seed=str(int(seed)))
        self.build(progress=progress)

    def _embed(self, progress: Progress) -> None:
        encoder, revision = self._settle_encoder()
        pending = self._store.pending(encoder, revision)
        work = sum(length for _, length in pending) or 1
        worked = 0
        for start in range(0, len(pending), _EMBED_BATCH):
            batch = pending[start : start + _EMBED_BATCH]
            progress(Step("Embedding", start, len(pending), worked / work))
            texts = [embedding_text(paper) for paper in self._store.papers([key for key, _ in batch])]
            vectors = self._encoder.encode(texts)
            self._store.put_vectors(encoder, revision, [text_hash(text) for text in texts], vectors)
            worked += sum(length for _, length in batch)
        if pending:
            progress(Step("Embedding", len(pending), len(pending), 1.0))

    def _settle_encoder(self) -> tuple[str, str]:
        encoder, revision = self._encoder.name, self._encoder.revision
        if (self._store.setting("encoder"), self._store.setting("revision")) != (encoder, revision):
            self._store.set(encoder=encoder, revision=revision)
        return encoder, revision

    def _derive(self, seed: int, progress: Progress) -> None:
        fingerprint = self._fingerprint(seed)
        if self._store.setting("build") == fingerprint and self._is_whole(fingerprint):
            derived.remove_others(self.folder, fingerprint)  # a kill may have left them
            return
        keys, vectors = self._store.vectors(self._encoder.name, self._encoder.revision)
        if not len(keys):
            return
        stages = ("Indexing", "Drawing the map", "Finding topics", "Saving")
        tell = (Step(stage, number, len(stages), number / len(stages)) for number, stage in enumerate(stages))
        progress(next(tell))
        index = VectorIndex.build(vectors)
        rows, similarities = index.neighbours(NEIGHBOURS)
        pairs = random_pairs(vectors, seed)
        progress(next(tell))
        positions = layout.lay_out(vectors, rows, similarities, seed=seed)
        progress(next(tell))
        texts = [embedding_text(paper) for paper in self._store.papers(keys.tolist())]
        found = topics.find_topics(vectors, texts, kmeans, seed=seed)
        progress(next(tell))
        derived.write(self.folder, Build(fingerprint, keys, index, positions, found, pairs))
        self._store.set(build=fingerprint)
        derived.remove_others(self.folder, fingerprint)
        progress(Step("Saving", len(stages), len(stages), 1.0))

    def _is_whole(self, fingerprint: str) -> bool:
        try:
            derived.read(self.folder, fingerprint)
        except LibraryError:
            return False
        return True

    def _fingerprint(self, seed: int) -> str:
        digest = hashlib.sha256(f"{_RECIPE} {self._encoder.name} {self._encoder.revision} {seed}".encode())
        for key, text in self._store.texts():
            digest.update(f"\n{key} {text}".encode())
        return digest.hexdigest()[:24]

    # ---------------------------------------------------------------------------------------------- reading

    @property
    def version(self) -> str:
        """Names the current state of index and map; changes when another process has built a new one."""
        return self._store.setting("build")

    @property
    def current(self) -> Build:
        """Index, map and topics as last built. Raises LibraryError when nothing was built yet or it is damaged."""
        version = self.version
        if not version and not self._store.count():
            raise LibraryError(f"the library in {self.folder} holds no papers; add some: explorer add FILE")
        if not version:
            raise LibraryError(f"nothing is built yet in {self.folder}; run: explorer build --library {self.folder}")
        if self._build is None or self._build.fingerprint != version:
            try:
                self._build = derived.read(self.folder, version)
            except LibraryError:
                if self.version == version:
                    raise
                return self.current  # another process has just built a new one and removed this
        return self._build

    @property
    def map(self) -> NDArray[np.float32]:
        """The place of each paper, (n, 2) float32, in the order of `papers()`."""
        return self.current.positions

    @property
    def topics(self) -> Topics:
        """The topics, finest level first, in the order of `papers()`."""
        return self.current.topics

    def papers(self, rows: Sequence[int] | None = None) -> list[Paper]:
        """The papers on the map, all or those at `rows`."""
        build = self.current
        return _papers(self._store, build, range(len(build.keys)) if rows is None else rows)

    @property
    def edition(self) -> str:
        """Names the state of the map and of all that is shown on it; for caches."""
        build, finished, _, _ = self._store.state()
        return f"{build}-{finished}"

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made anew only after an import or a build: pages ask the same at every click."""
        state = self._store.state()
        known = self._remembered.get(name)
        if known is None or known[0] != state:
            known = self._remembered[name] = state, make()
        value: T = known[1]
        return value

    def years(self) -> NDArray[np.int16]:
        """Year of each paper on the map, (n,) int16, 0 when unknown."""

        def make() -> NDArray[np.int16]:
            years = self._store.years()
            return np.array([years.get(int(key), 0) for key in self.current.keys], np.int16)

        return self._once("years", make)

    def paper(self, name: str) -> Paper:
        """The one paper that answers to an id, DOI, arXiv id, PMID or part of a title.

        Raises UnknownPaper when there is none, AmbiguousPaper with the candidates when there are several.
        """
        return self._store.papers([self._key(name)])[0]

    def row(self, name: str) -> int:
        """Row on the map of the paper that answers to `name`; raises as `paper` does."""
        key = self._key(name)
        row = self.current.row(key)
        if row is None:
            raise UnknownPaper(f"{name!r} is not in the index yet; run: explorer build --library {self.folder}")
        return row

    def row_of(self, paper_id: str) -> int:
        """Row on the map of the paper with exactly this id. Raises UnknownPaper when there is none."""
        key = self._store.key_of(paper_id)
        row = None if key is None else self.current.row(key)
        if row is None:
            raise UnknownPaper(f"no paper on the map has the id {paper_id!r}")
        return row

    def _key(self, name: str) -> int:
        keys = self._store.find(name)
        if not keys:
            raise UnknownPaper(
                f"no paper with id, DOI or title {name!r} in {self.folder}; try: explorer search {name!r}"
            )
        if len(keys) > 1:
            shown = "\n".join(f"  {paper.id}  {paper.heading}" for paper in self._store.papers(keys[:10]))
            more = f"\n  … and {len(keys) - 10} more" if len(keys) > 10 else ""
            raise AmbiguousPaper(f"{len(keys)} papers answer to {name!r}; say which by its id:\n{shown}{more}")
        return keys[0]

    def search(self, text: str, k: int = 10, *, within: Filter | None = None) -> list[Result]:
        """The `k` papers nearest to a question, a sentence or a pasted abstract, best first, within a filter."""
        return self.nearest(self.encode(text), k, within=within) if text.strip() else []

    def similar(self, name: str, k: int = 10, *, within: Filter | None = None) -> list[Result]:
        """The `k` papers nearest to the paper that answers to `name`, never itself, best first, within a filter."""
        row = self.row(name)
        return self.nearest(self.current.index.vectors()[row], k, within=within, exclude=(row,))

    def encode(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, (dimension,) float32. Loads the model on first use, which takes seconds."""
        # An argument that is not UTF-8 arrives as lone surrogates, which no tokenizer takes.
        return self._encoder.encode_query(text.encode("utf-8", "replace").decode())

    def nearest(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        exclude: Sequence[int] = (),
    ) -> list[Result]:
        """The `k` papers nearest to a vector (dimension,), best first, that pass the filter and the mask `among` (n,).

        The rows in `exclude` are left out.
        """
        build = self.current
        allowed = self.mask(within)
        if among is not None:
            allowed = among if allowed is None else allowed & among
        hits = nearest(build.index, vector, k, build.pair_similarities, allowed=allowed, exclude=exclude)
        papers = _papers(self._store, build, [hit.row for hit in hits])
        return [Result(paper, hit.row, hit.similarity, hit.percentile) for paper, hit in zip(papers, hits, strict=True)]

    def mask(self, within: Filter | None) -> NDArray[np.bool_] | None:
        """Rows (n,) bool that pass the filter; None when there is none. Raises LibraryError for an unknown topic."""
        if not within:
            return None
        build = self.current
        allowed = build.rows(self._store.matching(within))
        return allowed & _in_topic(build.topics, within.topic) if within.topic else allowed

    def info(self) -> Info:
        """Counts, encoder, files and imports."""
        return self._once("info", self._info)

    def _info(self) -> Info:
        encoder = self._store.setting("encoder") or self._encoder.name
        revision = self._store.setting("revision")
        version = self.version
        return Info(
            papers=self._store.count(),
            vectors=self._store.count_vectors(encoder, revision),
            without_abstract=self._store.count_without("abstract"),
            without_title=self._store.count_without("title"),
            encoder=encoder,
            revision=revision,
            on_map=len(self.current.keys) if version else 0,
            files=tuple(self._store.files()),
            imports=tuple(self._store.imports()),
        )

    def venues(self) -> list[tuple[str, int]]:
        """Venues with their number of papers, the commonest first."""
        return self._once("venues", self._store.venues)

    def problems(self, number: int | None = None) -> list[Problem]:
        """Problems of the import with this number, by default of the latest."""
        imports = self._store.imports()
        if number is None and not imports:
            return []
        return self._store.problems(imports[0].number if number is None else number)


def _papers(store: Store, build: Build, rows: Sequence[int]) -> list[Paper]:
    return store.papers(build.keys[np.asarray(rows, np.int64)].tolist())


def _in_topic(topics: Topics, name: str) -> NDArray[np.bool_]:
    """Rows whose topic, on any level, is called `name`; else those whose label contains it."""
    wanted = fold(name)
    for matches in (wanted.__eq__, lambda label: wanted in label):
        found = [
            np.isin(level.assignment, [i for i, label in enumerate(level.labels) if matches(fold(label))])
            for level in topics.levels
        ]
        mask = np.logical_or.reduce(found)
        if mask.any():
            return np.asarray(mask, bool)
    raise LibraryError(f"no topic is called {name!r}; see: explorer topics")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _quiet(step: Step) -> None:
    pass
