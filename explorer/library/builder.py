"""What keeps the derived arrays of a library up to date: texts without a vector are embedded, then the rest is built.

The slow part of `Library`. Always true: what was embedded is committed block by block and survives a kill, and the next
build goes on with the same blocks; without a change nothing is done; while a large import is read and embedded, what is
there can be searched already.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from explorer.library.blocks import Blocks
from explorer.library.derivation import Derivation
from explorer.library.encoder import LibraryEncoder
from explorer.library.report import Progress, Step
from explorer.library.saved import LibrarySaved
from explorer.paper import embedding_text
from explorer.search.answer import Coverage
from explorer.store import Pending, Store

# Papers that are worth listing before all are read, some ten seconds of reading; and how many times those listed
# before, so that all these lists together cost no more than the last.
_READ, _GROWTH = 5_000, 2
# Shares of the blocks after which meaning and map are shown; words are there before the first block.
_SHARES = (0.01, 0.03, 0.1, 0.3)
_FEWEST = 4  # blocks of an import that is worth it: a quarter of a minute of work at least
# A snapshot takes about as long as embedding one text for each hundred papers on the map; with this many papers for
# each text that it shows for the first time, it costs a third of what they did.
_WORTH = 30


class Builder:
    """Embeds and builds for an open library."""

    def __init__(self, folder: Path, store: Store, encoder: LibraryEncoder, saved: LibrarySaved) -> None:
        self._store = store
        self._encoder = encoder
        self._saved = saved
        self._derivation = Derivation(folder, store, encoder)

    def build(self, progress: Progress | None = None) -> None:
        """Embed what has no vector yet, then bring index, map and topics up to date; does nothing when they are."""
        self._embed(progress or quiet)
        self._derivation.finish(progress or quiet)

    def redraw(self, seed: int, progress: Progress | None = None) -> None:
        """Draw the map and find the topics anew: with seed 0 from the places of now, else from nothing."""
        self._embed(progress or quiet)
        self._derivation.finish(progress or quiet, seed=int(seed))

    def show(self, number: int, progress: Progress | None = None) -> None:
        """Show an earlier drawing of the map again."""
        self._embed(progress or quiet)
        self._derivation.finish(progress or quiet, number=number)

    def lister(self, progress: Progress) -> Callable[[int], None]:
        """What an import calls after each transaction with the number of papers it has added so far.

        Where these are many, and more than the library holds otherwise, they become searchable by their words.
        """
        listed, shown = self._store.papers.count(), 0

        def list_added(added: int) -> None:
            nonlocal listed, shown
            if added - shown >= max(_READ, _GROWTH * listed) and (coverage := self._derivation.show(progress)):
                listed, shown = coverage.papers, added
                progress(Step("Reading", added, 0, 0.0, _note(coverage)))

        return list_added

    def _embed(self, progress: Progress) -> None:
        encoder, revision = self._encoder.settle()
        pending = self._store.vectors.pending(encoder, revision)
        blocks, done, show = self._divided(pending), 0, self._shower(progress)
        shown_after = {0, *(math.ceil(share * len(blocks)) for share in _SHARES)} if len(blocks) >= _FEWEST else set()
        for number, block in enumerate(blocks):
            step = Step("Embedding", done, len(pending), done / len(pending))
            progress(show(step) if number in shown_after else step)
            papers = self._store.papers.fetch([text.key for text in block])
            texts = [embedding_text(paper) for paper in papers]
            vectors = self._encoder.encode(texts)
            hashes = [text.text_hash for text in block]
            done += len(block)
            with self._store.transaction():
                self._store.vectors.put(encoder, revision, self._encoder.precision(texts), hashes, vectors)
                if done == len(pending):
                    self._store.set(blocks="")
        if pending:
            progress(Step("Embedding", len(pending), len(pending), 1.0))
        self._saved.encode()

    def _shower(self, progress: Progress) -> Callable[[Step], Step]:
        """Makes a snapshot of what is embedded at a step, if that is worth it; the step, and what can be searched."""
        shown = 0

        def show(step: Step) -> Step:
            nonlocal shown
            fresh = step.done - shown if step.done else step.total
            if self._derivation.embedded + step.done > _WORTH * fresh:
                return step
            shown = step.done
            coverage = self._derivation.show(progress, step if step.done else None)
            return replace(step, note=_note(coverage)) if coverage else step

        return show

    def _divided(self, pending: Sequence[Pending]) -> tuple[tuple[Pending, ...], ...]:
        """The blocks of the pending texts; how they were divided is remembered until all are embedded."""
        remembered = self._store.setting("blocks")
        made = Blocks.of(pending, int(remembered) if remembered else None)
        if made.bits and str(made.bits) != remembered:
            self._store.set(blocks=str(made.bits))
        return made.blocks


def _note(coverage: Coverage) -> str:
    if coverage.embedded:
        return coverage.words
    return f"{coverage.papers:,} papers are listed and searchable by their words; {coverage.words}"


def quiet(step: Step) -> None:
    """Progress for nobody."""
