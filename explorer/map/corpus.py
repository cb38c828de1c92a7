"""Texts as they are read to name groups of them.

Holds what is the same whatever the groups are; knows no groups and no vectors. Always true: the same texts give the
same corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.boilerplate import without_repeats
from explorer.language.chunks import Chunks
from explorer.map.concordance import Concordance
from explorer.map.runs import Runs, find_runs
from explorer.map.vocabulary import Text, read_chunks, split_text


@dataclass(frozen=True)
class Corpus:
    """n texts: their tokens, the runs of words that could name some of them, and which hold a phrase."""

    text: Text
    runs: Runs
    concordance: Concordance

    @classmethod
    def of(cls, texts: Sequence[str]) -> Corpus:
        """That of `texts`, without what many of them repeat."""
        chunks = Chunks.of_parts(map(split_text, without_repeats(texts)))
        text = read_chunks(chunks)
        return cls(text, find_runs(text), Concordance(parts=chunks))
