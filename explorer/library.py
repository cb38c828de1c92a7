"""Library: a folder of papers and the verbs on it. The only stateful object.

Joins store, encoder, index, layout and topics; knows none of their insides. Always true: reading never writes; slow
work happens only in `add`, `build` and `redraw`; what those have stored survives a kill, and the next one goes on.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial, reduce
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from embeddings.remembered import Remembered
from explorer import bm25, building, certainty, derived, drafting, keywords, parts
from explorer.arranging import Answer, Ground, arrange
from explorer.certainty import Scale
from explorer.citing import Given, references
from explorer.derived import Build
from explorer.errors import AmbiguousPaper, ExplorerError, LibraryError, UnknownPaper
from explorer.explain import SAMPLE, Explanation, Text, Vectors, explain, text_of
from explorer.identity import abstract_overlap
from explorer.keywords import words_of
from explorer.missing import Answers, Missing
from explorer.news import BEST, MOST, News, chance, told, weakest
from explorer.paper import Paper, Problem, embedding_text, text_hash
from explorer.parts import Parts, Spread
from explorer.query import Query, parse
from explorer.readers import read
from explorer.report import Collection, Info, Pair, Progress, Report, Step
from explorer.search import Asked, Hit, Result, answer, nearest, percentiles
from explorer.store import Filter, Import, Kind, Marks, Outcome, Record, Saved, Store
from explorer.text import fold, readable
from explorer.topics import Topics
from explorer.variety import Order

_READ_BATCH = 500  # records in one transaction while reading
_EMBED_BATCH = 64  # texts in one transaction while embedding: about 2 s of work on two cores, lost at most
# Goes into the fingerprint: raise it when index, layout, topics or the random pairs would come out differently.
_RECIPE = 4
_COUNTED = {
    Outcome.ADDED: "added", Outcome.MERGED: "merged", Outcome.UPDATED: "updated", Outcome.UNCHANGED: "unchanged",
}  # fmt: skip

T = TypeVar("T")


class Library:
    """A folder of papers. `Library.open` makes one; use it in a `with` block or call `close`."""

    def __init__(self, folder: Path, store: Store, encoder: Encoder) -> None:
        self.folder = folder
        self._store = store
        self._chosen = encoder
        self._build: Build | None = None
        self._remembered: dict[str, tuple[object, Any]] = {}
        self._sentences = Remembered()

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

    def add(
        self,
        *files: str | Path | Iterable[Paper],
        columns: Mapping[str, str] | None = None,
        sync: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Read files (or papers), merge what is known, embed what is new, and bring index and map up to date.

        A record read before is updated. `columns` says which column of a table holds a field ({"abstract": "AB"}).
        With `sync`, what these files gave earlier and do not hold any more is removed, unless some of their records
        could not be read. With `dry_run`, nothing is changed; the report says what would be. Raises UnreadableFile
        before anything is written when a file is in no known format. A bad record becomes a `Problem` of the report,
        and stays in the library's list of imports.
        """
        readings: list[tuple[str, Iterable[Paper | Problem]]] = []
        for file in files:
            if isinstance(file, (str, Path)):
                name = Path(file).resolve().name or str(file)
                readings.append((name, read(file, columns)))  # raises here, not at the first record
            else:
                readings.append(("(papers)", iter(file)))
        if dry_run:
            return self._tried(readings, sync, progress or _quiet)
        self._settle_encoder()  # a model that cannot be had fails here, before anything is written
        report = self._read(readings, sync, progress or _quiet)
        self.build(progress=progress)
        return report

    def _tried(
        self, readings: Sequence[tuple[str, Iterable[Paper | Problem]]], sync: bool, progress: Progress
    ) -> Report:
        """The report of an import that is rolled back."""
        reports: list[Report] = []
        with suppress(_RollBack), self._store.transaction():
            reports.append(self._read(readings, sync, progress))
            raise _RollBack
        return reports[0]

    def _read(
        self, readings: Sequence[tuple[str, Iterable[Paper | Problem]]], sync: bool, progress: Progress
    ) -> Report:
        origins = [origin for origin, _ in readings]
        number = self._store.begin_import(origins, _now(), "sync" if sync else "add")
        count = dict.fromkeys(("read", "added", "merged", "updated", "unchanged", "removed", "without_abstract"), 0)
        problems: list[Problem] = []
        records = ((origin, record) for origin, reading in readings for record in reading)
        while batch := list(itertools.islice(records, _READ_BATCH)):
            with self._store.transaction():
                for origin, record in batch:
                    if isinstance(record, Problem):
                        count["read"] += record.record > 0  # 0: a remark on the file, no record was lost
                        self._store.put_problem(number, record)
                        problems.append(record)
                        continue
                    count["read"] += 1
                    count[_COUNTED[self._store.records.put(record, number, origin, exact=sync)]] += 1
                    count["without_abstract"] += not record.abstract
                self._store.note_import(number, **count)
            progress(Step("Reading", count["read"], 0, 0.0))
        if sync:
            count["removed"] = self._sweep(origins, number, problems)
        self._store.end_import(number, _now(), count["removed"])
        return Report(**count, problems=tuple(problems))

    def _sweep(self, origins: Sequence[str], number: int, problems: list[Problem]) -> int:
        """Remove what the files do not hold any more; nothing while a record of theirs could not be read."""
        records = self._store.records
        with self._store.transaction():
            stale = records.stale(origins, number)
            if stale and any(problem.record for problem in problems):
                reason = (
                    f"{len(stale):,} records are not in the file any more, but were kept, as some of its records could "
                    "not be read. Mend those, and sync again"
                )
                problems.append(Problem(", ".join(origins), 0, 0, reason))
                self._store.put_problem(number, problems[-1])
                return 0
            return records.drop(stale, number)

    def remove(self, *names: str, progress: Progress | None = None) -> list[Paper]:
        """Take papers out of the library; they are returned. `undo` brings them back until the next import.

        Raises UnknownPaper or AmbiguousPaper, before anything is removed, for a name that is not one paper's.
        """
        keys = list(dict.fromkeys(self._key(name) for name in names))
        papers = self._store.papers(keys)
        number = self._store.begin_import([paper.id for paper in papers], _now(), "remove")
        with self._store.transaction():
            self._store.records.remove(keys, number)
        self._store.end_import(number, _now(), len(keys))
        self.build(progress=progress)
        return papers

    def undo(self, *, progress: Progress | None = None) -> Import:
        """Bring the library back to what it was before the latest import, sync or removal, which is returned.

        Marks and notes stay. Raises LibraryError when there is nothing to undo: only the latest change can be.
        """
        chain = self._store.undoable()
        if not chain:
            raise LibraryError("there is nothing to undo: only the latest import, sync or removal can be, and once")
        self._store.undo([done.number for done in chain], _now())
        self.build(progress=progress)
        return chain[-1]

    # ------------------------------------------------------------------------------------- which papers are one

    def merged(self, k: int | None = None) -> list[Paper]:
        """Papers made of several records, the latest merge first, at most `k`."""
        return self._store.papers(self._store.records.merged()[:k])

    def records(self, name: str) -> list[Record]:
        """What each file said of the paper that answers to `name`, and why it was taken for the same."""
        return self._store.records.of(self._key(name))

    def split(self, number: int, *, progress: Progress | None = None) -> Paper:
        """Make a paper of its own of record `number` (see `records`), for good. Raises LibraryError when it is none."""
        with self._store.transaction():
            key = self._store.records.split(number)
        self.build(progress=progress)
        return self._store.papers([key])[0]

    def join(self, name: str, other: str, *, progress: Progress | None = None) -> Paper:
        """Make one paper of two; `split` undoes it."""
        home, second = self._key(name), self._key(other)
        if home == second:
            raise LibraryError(f"{name!r} and {other!r} are the same paper already")
        with self._store.transaction():
            self._store.records.join(home, second)
        self.build(progress=progress)
        return self._store.papers([home])[0]

    def keep_apart(self, name: str, other: str) -> None:
        """Remember that two papers are not one: they are not offered for review again."""
        self._store.records.keep_apart(self._key(name), self._key(other))

    def review(self, k: int | None = None) -> list[Pair]:
        """Pairs of papers that may be one but were not merged, as their texts are near-copies; the likeliest first."""
        apart = self._store.records.apart()
        pairs = [(int(a), int(b)) for a, b in self.current.near if (int(a), int(b)) not in apart]
        papers = {key: found for pair in pairs for key in pair for found in self._store.papers([key])}
        offered = [
            (abstract_overlap(papers[a].abstract, papers[b].abstract) or 0.0, a, b)
            for a, b in pairs
            if a in papers and b in papers
        ]
        offered.sort(key=lambda pair: (-pair[0], pair[1:]))
        return [Pair(papers[a], papers[b], _why_near(shared)) for shared, a, b in offered[:k]]

    # ------------------------------------------------------------------------------------------------- marks

    def mark(self, kind: Kind, label: str, *names: str) -> None:
        """Put papers into a collection of the user's, or tag them; also while an import runs.

        Raises LibraryError for a label that is empty or for a folder, which only the source can change.
        """
        self._store.marks.put(kind, _label(kind, label), [self._key(name) for name in names])

    def unmark(self, kind: Kind, label: str, *names: str) -> None:
        """Take papers out of a collection, or a tag off them."""
        self._store.marks.drop(kind, _label(kind, label), [self._key(name) for name in names])

    def note(self, name: str, text: str) -> None:
        """Write the note on a paper; an empty text removes it."""
        self._store.marks.note(self._key(name), text)

    def see(self, *names: str) -> None:
        """Remember that papers were looked at: their titles are dimmed in later lists."""
        self._store.marks.see([self._key(name) for name in names])

    def forget_seen(self) -> int:
        """Forget which papers were looked at; how many they were."""
        return self._store.marks.forget_seen()

    def seen(self) -> int:
        """How many papers were looked at."""
        return self._store.marks.count_seen()

    def marks(self, names: Sequence[str]) -> list[Marks]:
        """Folders, collections, tags and note of papers, and whether they were looked at, in their order."""
        return self._store.marks.of([self._key(name) for name in names])

    def collections(self) -> list[Collection]:
        """Every collection, folder and tag with its number of papers."""
        return self._once(
            "collections", lambda: [Collection(*found) for found in self._store.marks.names()], marked=True
        )

    def members(self, kind: Kind) -> dict[str, NDArray[np.int64]]:
        """Collections, folders or tags, whichever `kind` says, and the rows of the papers on the map in each, (m,)."""
        return {name: np.flatnonzero(self.current.rows(keys)) for name, keys in self._store.marks.members(kind).items()}

    # ------------------------------------------------------------------------------------------------ saved searches

    def save_search(
        self,
        name: str,
        text: str = "",
        within: Filter | None = None,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
    ) -> Saved:
        """Save a search by `text`, in the language of the box, or by papers, to be told what comes; also in an import.

        What is in the library now counts as looked at. Raises LibraryError for a name that is taken or empty, BadQuery
        or UnknownPaper for a search that cannot be run.
        """
        liked, unliked = (tuple(self.paper(one).id for one in names) for names in (like, unlike))
        saved = Saved(_searched_as(name), " ".join(text.split()), liked, unliked, within or Filter(), _now())
        if not saved.text and not saved.like:
            raise LibraryError("a saved search needs a question, or a paper to be near to")
        vector = self.encode(saved.text) if saved.text else None
        shown = self._ask(saved, BEST, vector)
        if not self._store.saved.put(saved, self._store.saved.known(self._newest), [one.paper.id for one in shown]):
            raise LibraryError(f"there is a saved search {saved.name!r} already; take another name, or forget that one")
        if vector is not None:
            self._store.saved.put_vector(saved.name, *self._made_with, vector)
        return saved

    def saved(self) -> list[Saved]:
        """The saved searches, by name."""
        return self._store.saved.all()

    def news(self, *names: str) -> list[News]:
        """What is new in the saved searches of these names, or in all, since `seen_news`; needs no language model."""
        searches = [self._saved(name) for name in names] or self.saved()
        return [self._once(f"news {one.name}", partial(self._news, one), marked=True) for one in searches]

    def seen_news(self, seen: News | str) -> None:
        """Remember that the news of a saved search were looked at; also while an import runs.

        By name it is all that is there now; `News` of `news` is just what was told, should papers have come since.
        """
        news = self.news(seen)[0] if isinstance(seen, str) else seen
        self._store.saved.look(news.saved.name, news.known or self._store.saved.known(self._newest), news.shown, _now())

    def forget_search(self, name: str) -> None:
        """Forget a saved search. Raises LibraryError when there is none of this name."""
        self._store.saved.drop(self._saved(name).name)

    def _saved(self, name: str) -> Saved:
        for saved in self.saved():
            if saved.name == _searched_as(name):
                return saved
        raise LibraryError(f"no saved search is called {name!r}; see: explorer saved")

    def _news(self, saved: Saved) -> News:
        came = self._store.saved.came(saved.name)
        if not came:  # no need to open the index, most of the times that cron asks
            return News(saved)
        try:
            build, query = self.current, parse(saved.text)
            fresh = build.rows(came)
            allowed = self._asked_for(query, saved.within)
            passing = np.ones(len(fresh), bool) if allowed is None else allowed
            strict = bool(query.phrases or query.within.author or saved.within.author)
            place = weakest(int((passing & ~fresh).sum()), strict=strict)
            vector = self._question_of(saved)
            ranked = self._ask(saved, place + min(MOST, int((passing & fresh).sum())), vector)
            least = -1.0 if strict else chance(self._near_to(saved, vector)[~fresh], build.pair_similarities)
            shown = tuple(result.paper.id for result in ranked)
            return News(saved, told(ranked, fresh, place, least), shown, self._store.saved.known(self._newest))
        except ExplorerError as error:
            return News(saved, problem=str(error))

    def _question_of(self, saved: Saved) -> NDArray[np.float32] | None:
        """The vector of what was typed, (dimension,); None when only papers were chosen."""
        known = self._store.saved.vector(saved.name, *self._made_with)
        return self.encode(saved.text) if known is None and saved.text else known

    def _ask(self, saved: Saved, k: int, vector: NDArray[np.float32] | None) -> list[Result]:
        if saved.like or saved.unlike:
            return self.similar(
                k=k, like=saved.like, unlike=saved.unlike, text=saved.text, within=saved.within, vector=vector
            )
        return self.search(saved.text, k, within=saved.within, vector=vector)

    def _near_to(self, saved: Saved, vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """The similarity of every paper, (n,), as results have it: to the nearest liked paper, else to the question."""
        vectors = self.current.index.vectors()
        asking = vectors[[self.row(one) for one in saved.like]] if vector is None or saved.like else vector[None, :]
        return np.asarray((vectors @ asking.T).max(axis=1))

    @property
    def _made_with(self) -> tuple[str, str]:
        return self._store.setting("encoder"), self._store.setting("revision")

    @property
    def _newest(self) -> int:
        """Key of the newest paper that can be found: one that an import has read may still wait for its vector."""
        return int(self.current.keys[-1])

    # ---------------------------------------------------------------------------------------------- building

    def build(self, *, progress: Progress | None = None) -> None:
        """Embed what has no vector yet, then bring index, map and topics up to date; does nothing when they are."""
        progress = progress or _quiet
        self._embed(progress)
        self._derive(int(self._store.setting("seed") or 0), progress)

    def redraw(self, seed: int = 0, *, progress: Progress | None = None) -> None:
        """Draw the map and find the topics anew, from a random seed; the slow verb. Every paper may move."""
        self._store.set(seed=str(int(seed)), content="")
        self._embed(progress or _quiet)
        self._derive(int(seed), progress or _quiet, anew=True)

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
        for saved in self.saved():
            if saved.text and self._store.saved.vector(saved.name, encoder, revision) is None:  # the model has changed
                self._store.saved.put_vector(saved.name, encoder, revision, self.encode(saved.text))

    def _settle_encoder(self) -> tuple[str, str]:
        encoder, revision = self._encoder.name, self._encoder.revision
        if (self._store.setting("encoder"), self._store.setting("revision")) != (encoder, revision):
            self._store.set(encoder=encoder, revision=revision)
        return encoder, revision

    def _derive(self, seed: int, progress: Progress, *, anew: bool = False) -> None:
        state, built = self._state(seed), self._store.setting("build")
        previous = self._whole(built)
        if not anew and self._store.setting("content") == state and previous is not None:
            derived.remove_others(self.folder, built)  # a kill may have left them
            return
        keys, vectors = self._store.vectors(self._encoder.name, self._encoder.revision)
        if not len(keys):
            self._store.set(build="", content=state)
            derived.remove_others(self.folder, "")
            return

        def texts() -> list[str]:
            return [embedding_text(paper) for paper in self._store.papers(keys.tolist())]

        def tell(stage: str, done: int, total: int) -> None:
            progress(Step(stage, done, total, done / total))

        words = dict(self._store.words())
        stamps = np.array([_stamp(words[key]) for key in keys.tolist()], np.uint64)
        content = building.Content(keys, vectors, stamps, texts)
        if previous is None or anew or not building.can_extend(content, previous):
            build = building.draw(content, state, seed, tell)
        else:
            name = hashlib.sha256(f"{state} {previous.fingerprint}".encode()).hexdigest()[:24]
            build = building.extend(content, previous, name, tell)
        derived.write(self.folder, build, partial(self._write_words, content, previous))
        self._store.set(build=build.fingerprint, content=state)
        derived.remove_others(self.folder, build.fingerprint)
        tell("Saving", 1, 1)

    def _write_words(self, content: building.Content, previous: Build | None, folder: Path) -> None:
        def texts() -> Iterator[keywords.Text]:
            for start in range(0, len(new), _READ_BATCH):
                part = new[start : start + _READ_BATCH].tolist()
                for key, paper in zip(part, self._store.papers(part), strict=True):
                    yield key, paper.title, paper.abstract, " ".join(paper.authors)

        if previous is None or previous.folder is None:
            new = content.keys
            keywords.write(folder / keywords.FOLDER, texts())
            bm25.build(new, texts()).save(folder / bm25.FOLDER)
            return
        new, gone = building.changed_words(content, previous)
        before = previous.folder / keywords.FOLDER
        keywords.write(folder / keywords.FOLDER, texts(), previous=before, gone=gone.tolist())
        words = bm25.build(content.keys, texts(), previous=previous.bm25, before=previous.keys)
        words.save(folder / bm25.FOLDER)

    def _whole(self, fingerprint: str) -> Build | None:
        """The build of this name, if there is one and it is not damaged."""
        try:
            return derived.read(self.folder, fingerprint) if fingerprint else None
        except LibraryError:
            return None

    def _state(self, seed: int) -> str:
        digest = hashlib.sha256(f"{_RECIPE} {self._encoder.name} {self._encoder.revision} {seed}".encode())
        for key, text in self._store.words():
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
        """Names the state of the map and of all that is shown on it but marks; for caches."""
        build, _, finished, _, _ = self._store.state()
        return f"{build}-{finished}"

    def _once(self, name: str, make: Callable[[], T], *, marked: bool = False) -> T:
        """What `make` gives, made anew only after an import or a build, or a mark if `marked`: pages ask often."""
        build, marks, *imports = self._store.state()
        state = (build, marks if marked else "", *imports)
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

    def search(
        self,
        text: str,
        k: int = 10,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> list[Result]:
        """The `k` best papers for a question, a sentence or a pasted abstract, by meaning and by words, best first.

        A short `text` may hold "exact phrases", -words to leave out and filters (author:, year:, venue:, topic:, in:,
        tag:, file:), see `explorer.query`, which hold beside `within` and the mask `among` (n,). `vector` is that of
        the text, if it is known. Near-copies of a better result are left out. Raises BadQuery when the text does not
        parse.
        """
        return list(self.ask(text, k, within=within, among=among, vector=vector, order=order).results)

    def ask(
        self,
        text: str,
        k: int = 10,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> Answer:
        """What `search` finds, with how sure it is and the near-copies that were left out."""
        query = parse(text)
        if vector is None and query.text:
            vector = self.encode(text)
        allowed = _all_of([self._asked_for(query, within), among])

        def find(count: int) -> list[Result]:
            if vector is None or not query.text:
                return []
            return self._results(self.current, self._ranked(vector, query.text, count, allowed))

        return arrange(find, k, order, self._ground(query.text))

    def answers(
        self, text: str, k: int = 10, *, within: Filter | None = None, among: NDArray[np.bool_] | None = None
    ) -> Answers:
        """The `k` best papers for a long text, each with the passages it answers, best first; see `explorer.passages`.

        A paper is as good as for its best passage. Raises EmptyDraft when the text has no prose.
        """
        draft = self._draft(text, k, _all_of([self.mask(within), among]))
        return drafting.answers(draft, k, self.current.index.vectors(), self._show)

    def missing(
        self,
        text: str,
        cited: Iterable[Given] = (),
        k: int = 20,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        sentences: bool = True,
    ) -> Missing:
        """The `k` papers nearest to a draft that it does not cite, best first, each with the passage it belongs to.

        `cited`: papers (of a bibliography), ids, DOIs, titles, or a manuscript's citations; papers near to them are
        likelier. With `sentences`, each suggestion has the sentences that matter: some seconds for 20. Raises
        EmptyDraft when the text has no prose.
        """
        build = self.current
        listed = references(self._store, cited, build.near)
        keys = {self._store.key_of(paper.id) or 0 for reference in listed for paper in reference.papers}
        known = build.rows(keys)
        allowed = reduce(np.logical_and, (m for m in (self.mask(within), among) if m is not None), ~known)
        draft = self._draft(text, k, allowed)
        names = drafting.Cited(tuple(listed), np.flatnonzero(known))
        found = drafting.missing(draft, names, k, build.index.vectors(), allowed, self._show)
        return drafting.with_pairs(found, self._encode) if sentences else found

    def _draft(self, text: str, k: int, allowed: NDArray[np.bool_] | None) -> drafting.Draft:
        return drafting.read(
            text, k, self._encode, lambda vector, said, deep: self._ranked(vector, said, deep, allowed)
        )

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoder.encode([text.encode("utf-8", "replace").decode() for text in texts])

    def _show(self, rows: Sequence[int], similarities: Sequence[float]) -> list[Result]:
        build = self.current
        ranks = percentiles(np.asarray(similarities, np.float32), build.pair_similarities)
        return self._results(build, [Hit(*hit) for hit in zip(rows, similarities, ranks.tolist(), strict=True)])

    def _ranked(self, vector: NDArray[np.float32], text: str, k: int, allowed: NDArray[np.bool_] | None) -> list[Hit]:
        build, asked = self.current, self._asked(vector, text)
        return answer(build.index, build.neighbours, asked, k, build.pair_similarities, allowed=allowed)

    def similar(
        self,
        name: str | None = None,
        k: int = 10,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        text: str = "",
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> list[Result]:
        """The `k` papers most similar to a paper, or to a mix of liked papers and a text, less like unliked ones.

        `name`, `like` and `unlike` are papers by id, DOI or title; none of them is among the results. `text` is as in
        `search`, `vector` its vector if it is known. Papers come best first, by meaning and by words, within a filter
        and the mask `among` (n,). Liked papers of several interests take turns. The similarity of a result is that to
        the nearest liked paper. Near-copies of a better result are left out. Raises LibraryError when nothing is liked
        or written, or a paper liked and unliked.
        """
        return list(
            self.ask_like(
                name, k, like=like, unlike=unlike, text=text, within=within, among=among, vector=vector, order=order
            ).results
        )

    def ask_like(
        self,
        name: str | None = None,
        k: int = 10,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        text: str = "",
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> Answer:
        """What `similar` finds, with how sure it is and the near-copies that were left out."""
        query, build = parse(text), self.current
        liked = list(dict.fromkeys(self.row(one) for one in ([name] if name else []) + list(like)))
        unliked = list(dict.fromkeys(self.row(one) for one in unlike))
        if both := set(liked) & set(unliked):
            raise LibraryError(f"{self.papers([min(both)])[0].id} is both liked and unliked; leave one of them out")
        asking = None
        if query.text:
            asking = self._asked(self.encode(text) if vector is None else vector, query.text)
        mix = Parts(tuple(map(self._asking, liked)), tuple(map(self._asking, unliked)), asking)
        allowed = _all_of([self._asked_for(query, within), among])

        def find(count: int) -> list[Result]:
            hits = parts.answer(
                build.index, build.neighbours, mix, self._spread, count, build.pair_similarities, allowed=allowed
            )
            return self._results(build, hits)

        return arrange(find, k, order, self._ground(query.text))

    def _ground(self, text: str) -> Ground:
        """What an answer to the question `text` is measured by."""
        build = self.current
        weights = certainty.weights(set(words_of(text)), build.bm25.frequency, len(build.keys)) if text else {}
        return Ground(build.index.vectors(), self._scale, self._copies(), weights, _words_in)

    @property
    def _scale(self) -> Scale:
        """What similarity means here, from the nearest neighbours of papers spread over the library."""

        def make() -> Scale:
            vectors, neighbours = self.current.index.vectors(), self.current.neighbours
            some = np.unique(np.linspace(0, len(vectors) - 1, certainty.SAMPLE).astype(np.int64))
            pairs = vectors[some], vectors[neighbours[some, 0] if neighbours.shape[1] else some]
            return certainty.scale(np.einsum("ij,ij->i", *pairs))

        return self._once("scale", make)

    def _copies(self) -> NDArray[np.int64]:
        """Pairs of rows (q, 2) that are near-copies and were not said to be two papers."""
        build, apart = self.current, self._store.records.apart()
        pairs = [(build.row(a), build.row(b)) for a, b in build.near.tolist() if (a, b) not in apart]
        return np.array([pair for pair in pairs if None not in pair], np.int64).reshape(-1, 2)

    def _spread(self) -> Spread:
        return self._once("spread", lambda: Spread.of(self.current.index.vectors()))

    def _asking(self, row: int) -> Asked:
        """The paper at `row` as a question."""
        return self._asked(self.current.index.vectors()[row], embedding_text(self.papers([row])[0]), (row,))

    def _asked(self, vector: NDArray[np.float32], text: str, own: tuple[int, ...] = ()) -> Asked:
        words = self.current.bm25
        return Asked(vector, words.scores(text), words.bound(text), own)

    def _asked_for(self, query: Query, within: Filter | None) -> NDArray[np.bool_] | None:
        """Rows (n,) that pass the filter, the question's own, its phrases and its exclusions; None for all."""
        build = self.current
        masks = [self.mask(within)]
        if query.within:
            masks.append(self.mask(query.within))
        if query.phrases:
            masks.append(build.keywords.holding(query.phrases, build.keys))
        masks += [~build.keywords.holding([word], build.keys) for word in query.excluded]
        return _all_of(masks)

    def encode(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, (dimension,) float32, without its filters. Loads the model on first use: seconds.

        Raises BadQuery when the question does not parse.
        """
        # An argument that is not UTF-8 arrives as lone surrogates, which no tokenizer takes.
        return self._encoder.encode_query(parse(text).text.encode("utf-8", "replace").decode())

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
        return self._results(build, hits)

    def _results(self, build: Build, hits: Sequence[Hit]) -> list[Result]:
        papers = _papers(self._store, build, [hit.row for hit in hits])
        return [
            Result(paper, hit.row, hit.similarity, hit.percentile, hit.words)
            for paper, hit in zip(papers, hits, strict=True)
        ]

    def explain(self, name: str, other: str) -> Explanation:
        """Why the papers that answer to two names are close, see `explorer.explain`; raises as `paper` does.

        Loads the model on first use; only the sentences of these two papers are encoded.
        """
        rows = [self.row(name), self.row(other)]
        one, two = (text_of(readable(paper.title), readable(paper.abstract)) for paper in self.papers(rows))
        return self._explained(one, two, rows)

    def why(self, text: str, name: str) -> Explanation:
        """Why the paper that answers to `name` is close to a question or a pasted text, as `explain`.

        Raises BadQuery when the question does not parse.
        """
        row = self.row(name)
        paper = self.papers([row])[0]
        asked = text_of("", readable(parse(text).text.encode("utf-8", "replace").decode()))
        return self._explained(asked, text_of(readable(paper.title), readable(paper.abstract)), [None, row])

    def _explained(self, one: Text, other: Text, rows: Sequence[int | None]) -> Explanation:
        build = self.current
        known, cut = build.index.vectors(), len(one.sentences)
        asked = [one.body] if rows[0] is None else []
        said = [sentence.text for sentence in (*one.sentences, *other.sentences)]
        found = self._sentences.encode(self._encoder, [*said, *asked])
        wholes = [found[-1] if row is None else known[row] for row in rows]
        sample = np.unique(np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(np.int64))
        vectors = Vectors(found[:cut], found[cut : len(said)], wholes[0], wholes[1], known[sample])

        def held(terms: Sequence[str]) -> list[int]:
            phrases, words = build.keywords, build.bm25
            return [phrases.together(term.split()) if " " in term else words.frequency(term) for term in terms]

        return explain(one, other, vectors, held, len(build.keys))

    def mask(self, within: Filter | None) -> NDArray[np.bool_] | None:
        """Rows (n,) bool that pass the filter; None when all do. Raises LibraryError for an unknown topic.

        Papers in the collection "hidden" pass only a filter for a collection or tag of theirs.
        """
        build = self.current
        if not within or not (within.collection or within.tag):
            hidden = self._once("hidden", self._store.marks.hidden, marked=True)
            if hidden:
                visible = ~build.rows(hidden)
                return visible & self._passing(within) if within else visible
        return self._passing(within) if within else None

    def _passing(self, within: Filter) -> NDArray[np.bool_]:
        build = self.current
        allowed = build.rows(self._store.matching(within))
        return allowed & _in_topic(build.topics, within.topic) if within.topic else allowed

    def info(self) -> Info:
        """Counts, encoder, files and imports."""
        info = self._once("info", self._info)
        return replace(info, hidden=len(self._once("hidden", self._store.marks.hidden, marked=True)))

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
            provisional=int((~self.current.drawn).sum()) if version else 0,
            merged=len(self._store.records.merged()),
            hidden=0,
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


def _all_of(masks: Sequence[NDArray[np.bool_] | None]) -> NDArray[np.bool_] | None:
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _stamp(words: str) -> int:
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class _RollBack(Exception):
    """Ends a dry run."""


def _label(kind: Kind, label: str) -> str:
    name = " ".join(label.split())[:200]
    if kind is Kind.SEEN:
        raise LibraryError("a paper is seen when its card is opened, see Library.see; it is no mark to be set by name")
    if kind is Kind.FOLDER:
        raise LibraryError(f"the folder {name!r} comes from a file; change it there and add the file again")
    if not name:
        raise LibraryError(f"a {kind.value} needs a name")
    return name


def _searched_as(name: str) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        raise LibraryError("a saved search needs a name")
    return name


def _words_in(paper: Paper) -> frozenset[str]:
    return _words(" ".join((paper.title, paper.abstract, *paper.authors)))


@lru_cache(maxsize=1024)  # the same papers are shown again and again; a megabyte or two
def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


def _why_near(shared: float) -> str:
    return f"{shared:.0%} of the shorter abstract’s words are in the other" if shared else "nearly the same meaning"


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
