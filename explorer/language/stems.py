"""Stems: what is left of English words without their endings, so that "grasping" and "grasps" are alike.

Knows words, no texts. Always true: the stemmer is loaded at first use; words keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any


def stems_of(words: Sequence[str]) -> list[str]:
    """The stem of each word in lower case (Porter 2, by Snowball)."""
    return [str(stem) for stem in stemmer().stemWords(list(words))]


@lru_cache(maxsize=1)
def stemmer() -> Any:
    """What makes stems."""
    import Stemmer

    return Stemmer.Stemmer("english")
