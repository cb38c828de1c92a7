"""What a word is, and which papers hold a phrase: titles, abstracts and authors in a tantivy index.

A word is folded as for identity (readable LaTeX, no case, accents or hyphens) and stemmed. Knows papers' keys and
texts, not tables, vectors or screens, and ranks nothing (`bm25` does). Always true: the index is derived and may be
deleted; a phrase matches word after word within one field.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.language.lexicon import FUNCTIONS
from explorer.text import fold

FOLDER = "keywords"
_FIELDS = ("title", "abstract", "authors")
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

    def holding(self, phrase: str, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask (n,) of the papers `keys` (n,) that hold `phrase`, word after word in one field; all for no words."""
        words = list(_analyzer().analyze(fold(phrase)))
        if not words:
            return np.ones(len(keys), bool)
        kind, value = ("term_query", words[0]) if len(words) == 1 else ("phrase_query", words)
        return np.isin(keys, self._keys(self._in_any(_FIELDS, kind, value)))

    def beginning(self, prefix: str, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask (n,) of the papers `keys` (n,) that hold a word beginning with `prefix`, in any field; all for none.

        Words are compared as they are indexed, by their stems: *muon* finds muons and muonic.
        """
        letters = fold(prefix).replace(" ", "")
        if not letters:
            return np.ones(len(keys), bool)
        return np.isin(keys, self._keys(self._in_any(_FIELDS, "regex_query", re.escape(letters) + ".*")))

    def together(self, words: Sequence[str]) -> int:
        """Number of papers that hold these words, as they are indexed, one after the other in title or abstract."""
        query = self._in_any(_FIELDS[:2], "phrase_query", list(words))
        return int(self._searcher.search(query, 1, count=True).count)

    def _in_any(self, fields: Sequence[str], kind: str, value: object) -> Any:
        """The query for papers of which at least one of `fields` fits; `kind` is the tantivy query of a field."""
        import tantivy

        make, schema = getattr(tantivy.Query, kind), self._index.schema
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, make(schema, name, value)) for name in fields])

    def _keys(self, query: Any) -> NDArray[np.int64]:
        """Keys of all papers that `query` matches."""
        hits = self._searcher.search(query, max(1, len(self)), count=False).hits
        return np.array(self._searcher.fast_field_values("key", [address for _, address in hits]), np.int64)


def words_of(text: str) -> list[str]:
    """The words of `text` that BM25 counts: folded, without those of grammar, stemmed, in order."""
    plain = " ".join(word for word in fold(text).split() if word not in FUNCTIONS)
    return list(_analyzer().analyze(plain))


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
        writer.add_document(
            tantivy.Document(key=key, title=fold(title), abstract=fold(abstract), authors=fold(authors))
        )
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
