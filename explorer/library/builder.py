"""What keeps the derived arrays of a library up to date: texts without a vector are embedded, then the rest is built.

The slow part of `Library`. Always true: what was embedded is committed batch by batch and survives a kill, and the next
build goes on; a snapshot is written whole or not at all; without a change nothing is done.
"""

from __future__ import annotations

from pathlib import Path

from explorer.index import disk
from explorer.index.build import Content, build_snapshot, state_of
from explorer.library.encoder import LibraryEncoder
from explorer.library.report import Progress, Step
from explorer.library.saved import LibrarySaved
from explorer.paper import embedding_text, text_hash
from explorer.store import Store

_EMBED_BATCH = 64  # texts in one transaction while embedding: about 2 s of work on two cores, lost at most


class Builder:
    """Embeds and builds for an open library."""

    def __init__(self, folder: Path, store: Store, encoder: LibraryEncoder, saved: LibrarySaved) -> None:
        self._folder = folder
        self._store = store
        self._encoder = encoder
        self._saved = saved

    def build(self, progress: Progress | None = None) -> None:
        """Embed what has no vector yet, then bring index, map and topics up to date; does nothing when they are."""
        self._embed(progress or quiet)
        self._derive(int(self._store.setting("seed") or 0), progress or quiet)

    def redraw(self, seed: int, progress: Progress | None = None) -> None:
        """Draw the map and find the topics anew, from a random seed."""
        self._store.set(seed=str(int(seed)), content="")
        self._embed(progress or quiet)
        self._derive(int(seed), progress or quiet, anew=True)

    def _embed(self, progress: Progress) -> None:
        encoder, revision = self._encoder.settle()
        pending = self._store.vectors.pending(encoder, revision)
        total = sum(length for _, length in pending) or 1
        done = 0
        for start in range(0, len(pending), _EMBED_BATCH):
            batch = pending[start : start + _EMBED_BATCH]
            progress(Step("Embedding", start, len(pending), done / total))
            texts = [embedding_text(paper) for paper in self._store.papers.fetch([key for key, _ in batch])]
            vectors = self._encoder.current.encode(texts)
            self._store.vectors.put(encoder, revision, [text_hash(text) for text in texts], vectors)
            done += sum(length for _, length in batch)
        if pending:
            progress(Step("Embedding", len(pending), len(pending), 1.0))
        self._saved.encode()

    def _derive(self, seed: int, progress: Progress, *, anew: bool = False) -> None:
        def tell(stage: str, done: int, total: int) -> None:
            progress(Step(stage, done, total, done / total))

        encoder, revision = self._encoder.name, self._encoder.revision
        words, built = self._store.vectors.texts(), self._store.setting("build")
        state, previous = state_of(words, encoder, revision, seed), disk.read_if_whole(self._folder, built)
        if anew or previous is None or self._store.setting("content") != state:
            keys, vectors = self._store.vectors.all(encoder, revision)
            content = Content(state, seed, keys, vectors, dict(words), self._store.papers.fetch)
            made = build_snapshot(self._folder, content, previous, tell, anew=anew) if len(keys) else None
            built = made.fingerprint if made else ""
            self._store.set(build=built, content=state)
            if built:
                tell("Saving", 1, 1)
        disk.remove_others(self._folder, built)  # a kill may have left some


def quiet(step: Step) -> None:
    """Progress for nobody."""
