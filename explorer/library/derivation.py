"""Snapshots of what the store holds: the whole, and partial ones while a large import is read and embedded.

Joins store and index; embeds no paper. Always true: what readers see is replaced when the next snapshot is whole on
disk; the whole snapshot owes to partial ones its words at most, so that index and map are the same however often an
import was interrupted; the last whole snapshot stays on disk until then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import EncoderError
from embeddings.subjects import stored_vectors
from explorer.index import disk
from explorer.index.build import NEWCOMERS, build_snapshot
from explorer.index.content import Content, stamp, state_of
from explorer.index.snapshot import Snapshot
from explorer.library.drawings import REDRAWN, drawing, remember, shown_number
from explorer.library.encoder import LibraryEncoder, illegible
from explorer.library.report import Progress, Step, now
from explorer.map.sought import Encode
from explorer.paper import Paper
from explorer.search.answer import Coverage
from explorer.store import Store

# Papers of whose topics a thousand phrases are encoded: torch, 1.8 s of a core until it is there, then takes 0.7 ms for
# each, numpy 3.1 ms.
_OF_MANY = 4_000


class Derivation:
    """Makes the snapshots of an open library."""

    def __init__(self, folder: Path, store: Store, encoder: LibraryEncoder) -> None:
        self._folder = folder
        self._store = store
        self._encoder = encoder

    def finish(self, progress: Progress, *, seed: int | None = None, number: int = 0) -> None:
        """Bring the snapshot up to date; does nothing when it is.

        With a `seed`, the map is drawn anew; with a `number`, it is that drawing again.
        """

        def tell(stage: str, done: int, total: int) -> None:
            progress(Step(stage, done, total, done / total))

        change = f"seed {seed}" if seed is not None else f"show {number}" if number else ""
        if change and self._store.setting(REDRAWN) == change:  # the same command, which was killed when it was done
            seed, number = None, 0
        removals = self._store.setting("removals") or "0"
        words, current = self._store.vectors.texts(), self._current()
        seeds = {each.number: each.seed for each in self._store.drawings.all()} if number else {}
        wanted = seeds.get(number, self._seed) if seed is None else seed
        state, built = self._state(words, wanted), self._store.setting("build")
        if (
            seed is not None
            or number
            or current is None
            or current.damaged
            or not current.has_words
            or self._store.setting("content") != state
        ):
            content = replace(self._content(state, words, self._store.papers.fetch), seed=wanted)
            if (subjects := stored_vectors(self._encoder.current)) is not None:
                content = replace(content, illegible=illegible(self._store, self._encoder), subjects=subjects)
            whole = disk.read_if_whole(self._folder, self._whole(current)) if current and current.coverage else current
            if whole is None and seed is None:
                number = number or self._remembered(content)
            made = None
            if len(content.keys):
                made = build_snapshot(
                    self._folder, content, whole, tell, words_of=current, anew=seed is not None, fresh=bool(seed),
                    drawing=drawing(self._store, number),
                )  # fmt: skip
            built = made.fingerprint if made else ""
            done = {"whole": "", "underway": "", "correction": "", "built_after": removals}
            with self._store.transaction():
                remember(self._store, whole, made, now(), wanted, number)
                self._store.set(build=built, content=state, seed=str(wanted), **done, **{REDRAWN: change})
            if built:
                tell("Saving", 1, 1)
        elif self._store.setting("underway") or self._store.setting("correction"):
            self._store.set(underway="", correction="")
        self._store.settle()
        if built or self._store.imports.all():  # else the truth was lost, and these are the last copy of the vectors
            with self._store.transaction():  # which nobody opens in a library that was put in its place
                disk.remove_others(self._folder, built)  # a kill may have left some
        if self._store.setting(REDRAWN):
            self._store.set(**{REDRAWN: ""})

    def _remembered(self, content: Content) -> int:
        """The drawing that was shown last, where no snapshot is left of it and the papers fit on it; else 0."""
        number = shown_number(self._store)
        last = drawing(self._store, number)
        return number if last and last.has_room(last.rows(content.keys), NEWCOMERS) else 0

    def show(self, progress: Progress, step: Step | None = None) -> Coverage | None:
        """Make a snapshot of what is there now: all papers by their words, those with a vector by meaning, too.

        Reports the words that are indexed, or `step` again and again. None, and nothing is made, when no paper waits.
        """
        removals = self._store.setting("removals") or "0"
        words, current = self._store.vectors.texts(), self._current()

        def fetch(keys: Sequence[int]) -> list[Paper]:
            progress(step or Step("Indexing words", 0, len(words), 0.0))
            return self._store.papers.fetch(keys)

        content = self._content("", words, fetch)
        if not content.partial:
            return None
        whole = self._whole(current)
        made = build_snapshot(self._folder, content, current, lambda *_: None)
        self._store.set(build=made.fingerprint, content=content.state, whole=whole, built_after=removals)
        disk.remove_others(self._folder, made.fingerprint, whole)
        return made.coverage

    @property
    def embedded(self) -> int:
        """Number of papers that are on the map now."""
        current = self._current()
        return int(np.count_nonzero(current.embedded)) if current else 0

    def _current(self) -> Snapshot | None:
        """The snapshot that readers see; None when there is none, or more of it is damaged than words and index."""
        return disk.read_if_whole(self._folder, self._store.setting("build"), self._vectors)

    def _vectors(self, keys: NDArray[np.int64], stamps: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The vectors of papers, (n, d), zeros where a paper is gone or its words are not those of its stamp."""
        own, vectors = self._store.vectors.all(*self._encoder.stored)
        now = {key: stamp(words) for key, words in self._store.vectors.texts()}
        same = np.array([now.get(key) == was for key, was in zip(keys.tolist(), stamps.tolist(), strict=True)], bool)
        result = np.zeros((len(keys), vectors.shape[1]), np.float32)
        rows = np.flatnonzero(same & np.isin(keys, own))
        result[rows] = vectors[np.searchsorted(own, keys[rows])]
        return result

    def _whole(self, current: Snapshot | None) -> str:
        """Fingerprint of the last snapshot in which no paper waits; empty when there was none."""
        return self._store.setting("whole" if current and current.coverage else "build")

    def _state(self, words: Sequence[tuple[int, str]], seed: int) -> str:
        return state_of(words, *self._encoder.stored, seed)

    @property
    def _seed(self) -> int:
        return int(self._store.setting("seed") or 0)

    def _content(
        self, state: str, words: Sequence[tuple[int, str]], fetch: Callable[[Sequence[int]], list[Paper]]
    ) -> Content:
        """What there is to build from; without a `state`, it is named after the papers that have a vector, too."""
        keys, vectors = self._store.vectors.all(*self._encoder.stored)
        all_keys = np.array([key for key, _ in words], np.int64)
        if not len(keys) and len(all_keys):
            vectors = np.zeros((0, len(self._encoder.encode_query("dimension"))), np.float32)
        if not state:
            state = hashlib.sha256(self._state(words, self._seed).encode() + keys.tobytes()).hexdigest()[:24]
        return Content(
            state, self._seed, all_keys, keys, vectors, dict(words), fetch, phrases=lambda: self._phrases(len(keys))
        )

    def _phrases(self, papers: int) -> Encode | None:
        """What makes vectors of phrases that may be compared with those of so many papers; None without the model."""
        encode = self._encoder.encode_phrases if papers >= _OF_MANY else self._encoder.encode
        try:
            same = self._encoder.stored == (self._encoder.name, self._encoder.revision)
            return encode if same and len(encode(["topic"])) else None
        except EncoderError:
            return None
