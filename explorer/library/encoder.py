"""The encoder of a library: the one its vectors were made with, whoever has made them.

Loads no model until a text is encoded. Always true: a reader that opened the library before its first import follows
the writer's choice; a text that is not UTF-8 is encoded all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.cache import VectorCache
from embeddings.encoder import BundledEncoder, Encoder, encoder_named
from embeddings.legibility import Legibility
from embeddings.packed import OF_PHRASES
from embeddings.vectors import Matrix, unit_rows
from explorer.paper import embedding_text
from explorer.store import Store
from explorer.store.papers import in_other_alphabets


class LibraryEncoder:
    """An `Encoder` that follows what the store says its vectors were made with."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._cache = VectorCache(encoder)

    @property
    def current(self) -> Encoder:
        """The encoder itself."""
        return self._latest.encoder

    @property
    def _latest(self) -> VectorCache:
        made_with = self._store.setting("encoder")
        if made_with and made_with != self._cache.name:
            self._cache = VectorCache(encoder_named(made_with))
        return self._cache

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.current.name

    @property
    def revision(self) -> str:
        """Changes whenever the same text would get another vector."""
        return self.current.revision

    def precision(self, texts: Sequence[str]) -> str:
        """What the vectors of `texts` are computed in; those of one revision may be compared, whatever theirs."""
        return self.current.precision([utf8(text) for text in texts])

    @property
    def stored(self) -> tuple[str, str]:
        """Name and revision that the library's vectors are kept under, without loading anything; empty at first."""
        return self._store.setting("encoder"), self._store.setting("revision")

    def settle(self) -> tuple[str, str]:
        """Name and revision, which the library is made with from now on."""
        encoder, revision = self.name, self.revision
        if self.stored != (encoder, revision):
            self._store.set(encoder=encoder, revision=revision)
        return encoder, revision

    def reads(self, text: str) -> bool:
        """Whether the model can read a text, by its vocabulary; loads no model."""
        return Legibility.of(self.current).reads(text)

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of papers' texts, (n, dimension) float32 unit rows."""
        return self.current.encode([utf8(text) for text in texts])

    def encode_phrases(self, phrases: Sequence[str]) -> Matrix:
        """As `encode`, for lists that are short but come in numbers, whose first may take seconds."""
        if type(encoder := self.current) is BundledEncoder:
            return unit_rows(encoder.packed.encode([utf8(phrase) for phrase in phrases], OF_PHRASES))
        return self.encode(phrases)

    def encode_query(self, text: str) -> Matrix:
        """The vector of a question, (dimension,) float32, unit length. Loads the model on first use: seconds."""
        return self._latest.encode_query(utf8(text))

    def encode_sentences(self, texts: Sequence[str]) -> Matrix:
        """As `encode`; each text is encoded once, as the same sentences are shown again and again."""
        return self._latest.encode([utf8(text) for text in texts])


def illegible(store: Store, encoder: LibraryEncoder) -> set[int]:
    """Keys of the papers that the model of the library cannot read."""
    papers = store.papers.by_key(in_other_alphabets(store.papers))
    return {key for key, paper in papers.items() if not encoder.reads(embedding_text(paper))}


def utf8(text: str) -> str:
    """`text` for a tokenizer: an argument that is not UTF-8 arrives as lone surrogates, which none takes."""
    return text.encode("utf-8", "replace").decode()
