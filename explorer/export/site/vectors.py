"""The vectors of the papers of a page in a byte a number, and what similarity means among them.

Knows arrays, not papers or screens. Always true: rows are those of the page; a row read back has the direction of the
original within half a step of its greatest number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import VectorIndex
from explorer.export.site.model import LAYER_STEPS, rounded
from explorer.index.snapshot import Snapshot
from explorer.search.answer import Answer
from explorer.search.ranking import Corpus

_STEPS, _TAIL = 1000, 2000  # of the ranks of random pairs, and how many of the most similar pairs stand there singly


def page_meaning(
    arrays: Snapshot, corpus: Corpus, answer: Answer, copies: list[list[int]], *, model: bool
) -> dict[str, Any]:
    """What page/ranking.js and page/answers.js take; `answer` tells the library's scale, `copies` are pairs of rows."""
    vectors, scales = rounded(arrays.index.vectors(), LAYER_STEPS)
    reach, close = answer.scale.bounds
    embedded = arrays.embedded if corpus.embedded is None else corpus.embedded
    return {
        "vectors": vectors, "scales": scales, "dimension": np.array([vectors.shape[1]], np.uint16),
        "bearing": np.array([corpus.neighbours.shape[1]], np.uint8),
        "embedded": embedded.astype(np.uint8), "pairs": _ranks(arrays.pair_similarities), "copies": copies,
        "model": model,
        "scale": {"usual": answer.scale.usual, "reach": reach, "close": close, "spread": answer.scale.chance.spread},
    }  # fmt: skip


def _ranks(pairs: NDArray[np.float32]) -> dict[str, list[float]]:
    """Similarities of random pairs, ascending, and how many percent are less similar: finer where it matters."""
    count = len(pairs)
    places = np.unique(
        np.concatenate([np.linspace(0, count - 1, _STEPS), np.arange(count - _TAIL, count)]).astype(np.int64)
    )
    places = places[(places >= 0) & (places < count)]
    return {
        "values": np.round(pairs[places].astype(np.float64), 5).tolist(),
        "ranks": np.round(100 * np.minimum(places + 1, count - 0.5) / max(count, 1), 5).tolist(),
    }


def page_corpus(corpus: Corpus) -> Corpus:
    """The corpus as the page has it: its vectors read back from bytes."""
    numbers, scales = rounded(corpus.index.vectors(), LAYER_STEPS)
    vectors = numbers.astype(np.float32) * scales[:, None]
    return Corpus(VectorIndex.build(vectors), corpus.neighbours, corpus.pairs, corpus.embedded)
