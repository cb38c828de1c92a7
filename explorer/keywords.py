"""The keyword index: words of titles, abstracts and authors → papers, by BM25 (Robertson et al. 1994), with tantivy.

Holds what a word is: folded as for identity (readable LaTeX, no case, accents or hyphens), stemmed. Knows papers' keys
and texts, not tables, vectors or screens. Always true: it is derived and may be deleted; a phrase matches word after
word; the same query gives the same order (ties by key).
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.text import fold
from explorer.words import FUNCTIONS

FOLDER = "keywords"
# Title words count in both of the first two: BM25 with titles twice was as good as any of six weights tried.
_FIELDS = ("title", "text", "authors")
_SATURATION = 2.2  # most a word can score, in units of its inverse frequency: k1 + 1 of BM25
_TERMS = 48  # of a query: a pasted abstract has some 120, of which the rarest decide and the commonest cost the time
_FEW = 8000  # papers that are named to tantivy one by one; more are dropped from what it finds
_HEAP = 64 * 2**20  # bytes of the writer's memory

Text = tuple[int, str, str, str]
"""Key, title, abstract and authors of one paper."""


class Keywords:
    """An open keyword index; reads only."""

    def __init__(self, index: Any, copied: object = None) -> None:
        self._index = index
        self._copied = copied  # lives as long as the index that lies in it
        self._searcher = index.searcher()

    @classmethod
    def load(cls, folder: Path) -> Keywords:
        """The index in `folder`. Raises ValueError when there is none or it is damaged."""
        import tantivy

        copied = None
        if not os.access(folder, os.W_OK):  # tantivy locks a file in it even to read
            copied = tempfile.TemporaryDirectory(prefix="explorer-")
            folder = shutil.copytree(folder, Path(copied.name) / FOLDER)
        index = tantivy.Index.open(str(folder))
        index.register_tokenizer("folded", _analyzer())
        index.reload()
        return cls(index, copied)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def ask(self, text: str, keys: NDArray[np.int64]) -> Question:
        """The words of `text`, ready to score papers; `keys` (n,) ascending are the papers of the build, row by row."""
        counts = {word: self._frequency(word) for word in words_of(text) if word not in FUNCTIONS}
        rare = sorted((word for word in counts if counts[word]), key=lambda word: (counts[word], word))[:_TERMS]
        bound = _SATURATION * sum(math.log1p((len(self) - counts[word] + 0.5) / (counts[word] + 0.5)) for word in rare)
        return Question(self, rare, bound, keys)

    def holding(self, phrases: Sequence[str], keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask (n,) of the papers that hold every one of `phrases`, each word after word in one field."""
        mask = np.ones(len(keys), bool)
        for phrase in phrases:
            rows, _ = self.hits(self._phrase(phrase), max(1, len(self)), keys)
            found = np.zeros(len(keys), bool)
            found[rows[rows >= 0]] = True
            mask &= found
        return mask

    def hits(self, query: Any, k: int, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows (-1: not in the build) and scores of what a tantivy query finds, the best `k`, best first."""
        hits = self._searcher.search(query, k, count=False).hits
        found = np.array(self._searcher.fast_field_values("key", [address for _, address in hits]), np.int64)
        rows = np.searchsorted(keys, found)
        rows[rows == len(keys)] = 0
        rows = np.where(keys[rows] == found, rows, -1) if len(keys) else np.full(len(found), -1)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def any_of(self, words: Sequence[str], only: NDArray[np.int64] | None = None) -> Any:
        """The tantivy query for papers that hold any of `words`, or that have a key in `only` as well."""
        import tantivy

        query, schema, occur = tantivy.Query, self._index.schema, tantivy.Occur
        parts = [(occur.Should, query.term_query(schema, name, word)) for word in words for name in ("text", "authors")]
        if not parts:
            return query.empty_query()
        if only is None:
            return query.boolean_query(parts)
        among = query.const_score_query(query.term_set_query(schema, "key", only.tolist()), 0.0)
        return query.boolean_query([(occur.Must, query.boolean_query(parts)), (occur.Must, among)])

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        """For each term the number of papers that hold it, its words (as `words_of` gives them) one after the other."""
        return [self._frequency(term) if " " not in term else self._together(term.split()) for term in terms]

    def _together(self, words: list[str]) -> int:
        import tantivy

        query = tantivy.Query.phrase_query(self._index.schema, "text", words)
        return int(self._searcher.search(query, 1, count=True).count)

    def _frequency(self, word: str) -> int:
        """Number of papers that hold the word in text or authors, whichever is more."""
        return max(int(self._searcher.doc_freq(name, word)) for name in ("text", "authors"))

    def _phrase(self, phrase: str) -> Any:
        import tantivy

        query, schema = tantivy.Query, self._index.schema
        words = words_of(phrase)
        if not words:
            return query.all_query()
        make = query.term_query if len(words) == 1 else query.phrase_query
        value = words[0] if len(words) == 1 else words
        return query.boolean_query([(tantivy.Occur.Should, make(schema, name, value)) for name in _FIELDS])


@dataclass(frozen=True)
class Question:
    """The words of a text, and the score that holding all of them to the full would give."""

    index: Keywords
    words: list[str]
    bound: float
    keys: NDArray[np.int64]

    def best(self, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and scores of the `k` best papers by BM25 among `allowed` (n,), any word, best first."""
        count = len(self.keys) if allowed is None else int(allowed.sum())
        few = allowed is not None and count <= _FEW
        query = self.index.any_of(self.words, self.keys[allowed] if few else None)
        wanted = k if few else math.ceil(1.2 * k * len(self.keys) / max(count, 1))
        while True:
            rows, scores = self.index.hits(query, wanted, self.keys)
            found = len(rows)
            here = rows >= 0
            if allowed is not None:
                here &= allowed[rows]
            if here.sum() >= k or found < wanted:
                return rows[here][:k], scores[here][:k]
            wanted *= 4

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """BM25 scores of `rows` (m,), (m,) float32; 0 where no word is held."""
        scores = np.zeros(len(self.keys), np.float32)
        if len(rows):
            found, values = self.index.hits(self.index.any_of(self.words, self.keys[rows]), len(rows), self.keys)
            scores[found] = values
        return scores[rows]


def words_of(text: str) -> list[str]:
    """The words of `text` as they are indexed: folded and stemmed, in order, repeated ones repeated."""
    return list(_analyzer().analyze(fold(text)))


def write(folder: Path, texts: Iterable[Text], *, previous: Path | None = None, gone: Iterable[int] = ()) -> None:
    """Make an index of `texts` in `folder`; with `previous`, go on from that one without the papers `gone`.

    A paper in `texts` that `previous` has must be among `gone`, too.
    """
    import tantivy

    if previous is None:
        folder.mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(folder))
    else:
        shutil.copytree(previous, folder)
        index = tantivy.Index.open(str(folder))
    index.register_tokenizer("folded", _analyzer())
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    for key in gone:
        writer.delete_documents_by_term("key", key)
    for key, title, abstract, authors in texts:
        folded = fold(title)
        text = f"{folded} {folded} {fold(abstract)}"
        writer.add_document(tantivy.Document(key=key, title=folded, text=text, authors=fold(authors)))
    writer.commit()
    writer.wait_merging_threads()
    (folder / ".tantivy-writer.lock").unlink(missing_ok=True)  # a leftover; the other lock is used by readers, too


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in _FIELDS:
        builder.add_text_field(name, tokenizer_name="folded")
    builder.add_integer_field("key", fast=True, indexed=True)
    return builder.build()


def _analyzer() -> Any:
    import tantivy

    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return words.filter(tantivy.Filter.stemmer("english")).build()
