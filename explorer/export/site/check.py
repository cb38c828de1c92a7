"""How far the answers of a page are those of the app: the ten best of questions made from the papers themselves.

Knows rankings, not files or screens. Always true: the page's side is computed with what the page holds, its weights and
vectors of a byte each; the app's side is `Library.ask`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.export.site.model import page_encoder
from explorer.export.site.vectors import page_corpus
from explorer.filter import Filter
from explorer.index.snapshot import Snapshot
from explorer.language.sentences import sentences
from explorer.library import Library
from explorer.paper import Paper
from explorer.search import diversity
from explorer.search.question import Question
from explorer.search.ranking import Corpus, Probe, rank
from explorer.text import fold, readable

QUESTIONS, BEST = 100, 10


def questions(papers: Sequence[Paper]) -> list[str]:
    """A hundred questions, or as many as there are: titles, and sentences from the middle of abstracts, in turn."""
    chosen = np.unique(np.linspace(0, len(papers) - 1, min(QUESTIONS, len(papers))).astype(int)).tolist()
    made = []
    for turn, row in enumerate(chosen):
        abstract = readable(papers[row].abstract)
        spans = sentences(abstract) if turn % 2 else []
        made.append(spans[len(spans) // 2].of(abstract) if spans else papers[row].heading)
    return made


def agreement(
    library: Library,
    arrays: Snapshot,
    corpus: Corpus,
    papers: Sequence[Paper],
    copies: Sequence[Sequence[int]],
    within: Filter,
) -> tuple[float, int]:
    """Share of the app's ten best that are among the page's, on average, and the number of questions."""
    page, encoder = page_corpus(corpus), page_encoder()
    ids, titles = {paper.id: row for row, paper in enumerate(papers)}, [fold(paper.heading) for paper in papers]
    shares = list[float]()
    for text in questions(papers):
        try:
            answer = library.ask(Question(text, within=within), BEST)
        except ExplorerError:
            continue  # a title that is no question
        wanted = {ids[result.paper.id] for result in answer.results if result.paper.id in ids}
        named = [row for row, title in enumerate(titles) if title == fold(text)]
        shares.append(
            len(wanted & set(_best(arrays, page, encoder.encode([text])[0], text, named, copies))) / max(1, len(wanted))
        )
    return (float(np.mean(shares)) if shares else 0.0), len(shares)


def _best(
    arrays: Snapshot,
    page: Corpus,
    vector: NDArray[np.float32],
    text: str,
    named: Sequence[int],
    copies: Sequence[Sequence[int]],
) -> list[int]:
    """The ten best rows of the page, copies folded."""
    words = arrays.bm25.query(text, arrays.keys)
    ranking = rank(page, Probe(vector, words.scores, words.bound, name=words.name), also=named).led_by(named)
    rows = [hit.row for hit in ranking.hits(3 * BEST)]
    folded = diversity.collapse(rows, [(first, second) for first, second in copies])
    return list(folded)[:BEST]
