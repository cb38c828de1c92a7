"""Why two papers are close, or a paper and a text: the texts and vectors that `explorer.explain` compares.

Always true: only the sentences of these two are encoded, each once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.explain.why import SAMPLE, Explanation, Text, Vectors, explain, text_of
from explorer.library.encoder import LibraryEncoder
from explorer.library.lookup import look_up
from explorer.library.snapshot import CurrentSnapshot
from explorer.search.parse import BadQuery
from explorer.search.question import Question
from explorer.store import Store
from explorer.text import readable


def explain_papers(snapshot: CurrentSnapshot, encoder: LibraryEncoder, name: str, other: str) -> Explanation:
    """Why the papers that answer to two names are close; raises as `snapshot.paper` does."""
    papers = [snapshot.paper(name), snapshot.paper(other)]
    first, second = (text_of(readable(paper.title), readable(paper.abstract)) for paper in papers)
    return _explained(snapshot, encoder, (first, second), [snapshot.row(paper.id) for paper in papers])


def explain_query(
    snapshot: CurrentSnapshot, encoder: LibraryEncoder, store: Store, text: str, name: str
) -> Explanation:
    """Why the paper that answers to `name` is close to a question or a pasted text.

    A text that does not parse was read word for word, and is so here.
    """
    paper = snapshot.paper(name)
    try:
        sought = look_up(Question(text), store).query.text
    except BadQuery:
        sought = text
    query = text_of("", readable(sought or text))
    paper_text = text_of(readable(paper.title), readable(paper.abstract))
    return _explained(snapshot, encoder, (query, paper_text), [None, snapshot.row(paper.id)])


def _explained(
    snapshot: CurrentSnapshot, encoder: LibraryEncoder, texts: tuple[Text, Text], rows: Sequence[int | None]
) -> Explanation:
    arrays, (first, second) = snapshot.arrays, texts
    library, cut = arrays.index.vectors(), len(first.sentences)
    sentences = [sentence.text for text in texts for sentence in text.sentences]
    embedded = [row is not None and bool(arrays.embedded[row]) for row in rows]
    bodies = [text.body for text, there in zip(texts, embedded, strict=True) if not there]
    vectors = encoder.encode_sentences([*sentences, *bodies])
    made = iter(vectors[len(sentences) :])
    wholes = [library[row] if there else next(made) for row, there in zip(rows, embedded, strict=True)]
    placed = np.flatnonzero(arrays.embedded)
    sample = placed[np.unique(np.linspace(0, len(placed) - 1, min(SAMPLE, len(placed))).astype(np.int64))]
    compared = Vectors(vectors[:cut], vectors[cut : len(sentences)], wholes[0], wholes[1], library[sample])

    def frequencies(terms: Sequence[str]) -> list[int]:
        words = arrays.keywords
        return [words.together(term.split()) if " " in term else words.frequency(term) for term in terms]

    return explain(first, second, compared, frequencies, len(arrays.keys))
