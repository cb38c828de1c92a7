"""Library: a folder of papers and the verbs on it. The only stateful object.

Here are the slow verbs, which read files, embed, and build; the quick ones are in the rooms beside (`reading`,
`asking`, `saving`). Always true: reading never writes; slow work happens only in `add`, `build` and `redraw` and what
calls them by name; what those have stored survives a kill, and the next one goes on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from explorer.errors import LibraryError
from explorer.index import disk
from explorer.index.build import Content, build_snapshot, state_of
from explorer.library.report import Progress, Report, Step
from explorer.library.saving import Saving, now
from explorer.paper import Paper, Problem, embedding_text, text_hash
from explorer.readers import read
from explorer.store import Import, Outcome, Store

_READ_BATCH = 500  # records in one transaction while reading
_EMBED_BATCH = 64  # texts in one transaction while embedding: about 2 s of work on two cores, lost at most
_COUNTED = {
    Outcome.ADDED: "added", Outcome.MERGED: "merged", Outcome.UPDATED: "updated", Outcome.UNCHANGED: "unchanged",
}  # fmt: skip


class Library(Saving):
    """A folder of papers. `Library.open` makes one; use it in a `with` block or call `close`."""

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
        number = self._store.begin_import(origins, now(), "sync" if sync else "add")
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
        self._store.end_import(number, now(), count["removed"])
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
        number = self._store.begin_import([paper.id for paper in papers], now(), "remove")
        with self._store.transaction():
            self._store.records.remove(keys, number)
        self._store.end_import(number, now(), len(keys))
        self.build(progress=progress)
        return papers

    def undo(self, *, progress: Progress | None = None) -> Import:
        """Bring the library back to what it was before the latest import, sync or removal, which is returned.

        Marks and notes stay. Raises LibraryError when there is nothing to undo: only the latest change can be.
        """
        chain = self._store.undoable()
        if not chain:
            raise LibraryError("there is nothing to undo: only the latest import, sync or removal can be, and once")
        self._store.undo([done.number for done in chain], now())
        self.build(progress=progress)
        return chain[-1]

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
        def tell(stage: str, done: int, total: int) -> None:
            progress(Step(stage, done, total, done / total))

        encoder, revision = self._encoder.name, self._encoder.revision
        words, built = self._store.words(), self._store.setting("build")
        state, previous = state_of(words, encoder, revision, seed), disk.read_if_whole(self.folder, built)
        if anew or previous is None or self._store.setting("content") != state:
            keys, vectors = self._store.vectors(encoder, revision)
            content = Content(state, seed, keys, vectors, dict(words), self._store.papers)
            self._build = build_snapshot(self.folder, content, previous, tell, anew=anew) if len(keys) else None
            built = self._build.fingerprint if self._build else ""
            self._store.set(build=built, content=state)
            if built:
                tell("Saving", 1, 1)
        disk.remove_others(self.folder, built)  # a kill may have left some


class _RollBack(Exception):
    """Ends a dry run."""


def _quiet(step: Step) -> None:
    pass
