"""Why two papers are close, or a paper and a text: the texts and vectors that `explorer.explain` compares.

Always true: only the sentences of these two are encoded, each once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.explain.why import SAMPLE, Explanation, Text, Vectors, explain, text_of
from explorer.library.encoder import LibraryEncoder
from explorer.library.snapshot import CurrentSnapshot
from explorer.search.parse import parse
from explorer.text import readable


def explain_papers(snapshot: CurrentSnapshot, encoder: LibraryEncoder, name: str, other: str) -> Explanation:
    """Why the papers that answer to two names are close; raises as `snapshot.paper` does."""
    papers = [snapshot.paper(name), snapshot.paper(other)]
    first, second = (text_of(readable(paper.title), readable(paper.abstract)) for paper in papers)
    return _explained(snapshot, encoder, (first, second), [snapshot.row(paper.id) for paper in papers])


def explain_query(snapshot: CurrentSnapshot, encoder: LibraryEncoder, text: str, name: str) -> Explanation:
    """Why the paper that answers to `name` is close to a question or a pasted text. Raises BadQuery as `parse`."""
    paper = snapshot.paper(name)
    query = text_of("", readable(parse(text).text))
    paper_text = text_of(readable(paper.title), readable(paper.abstract))
    return _explained(snapshot, encoder, (query, paper_text), [None, snapshot.row(paper.id)])


def _explained(
    snapshot: CurrentSnapshot, encoder: LibraryEncoder, texts: tuple[Text, Text], rows: Sequence[int | None]
) -> Explanation:
    arrays, (first, second) = snapshot.arrays, texts
    library, cut = arrays.index.vectors(), len(first.sentences)
    sentences = [sentence.text for text in texts for sentence in text.sentences]
    query = [first.body] if rows[0] is None else []
    vectors = encoder.encode_sentences([*sentences, *query])
    wholes = [vectors[-1] if row is None else library[row] for row in rows]
    sample = np.unique(np.linspace(0, len(library) - 1, min(SAMPLE, len(library))).astype(np.int64))
    compared = Vectors(vectors[:cut], vectors[cut : len(sentences)], wholes[0], wholes[1], library[sample])

    def frequencies(terms: Sequence[str]) -> list[int]:
        phrases, words = arrays.keywords, arrays.bm25
        return [phrases.together(term.split()) if " " in term else words.frequency(term) for term in terms]

    return explain(first, second, compared, frequencies, len(arrays.keys))
