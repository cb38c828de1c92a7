"""How sure an answer is: whether what was found is close at all, measured by what is usual in this library.

Holds the scale of a library and the rule. Knows similarities and words, not papers, indexes or screens. Always true: a
closeness is 1 where a paper is as similar as its nearest neighbour usually is, and grows with similarity; one rule
holds for every library, whatever its size, its width and its encoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

# One rule for all libraries, measured by benchmarks/certainty.py: five corpora, whole (1,400 to 11,200 papers) and
# samples of 30 to 3,000. Of questions and titles that belong there 2 % (1 to 5 by corpus) end under the first bound
# and 9 % between the two; of those from another field 93 % and 5 %, of gibberish 98 % and 2 %. In samples of 30 papers
# 2 % and 2 %, 97 % and 2 %, 84 % and 13 %. A bound on the cosine itself would have to rise from 0.28 to 0.42 with the
# size.
_CHANCE = 0.57  # closeness that questions about something else reach by chance
_NEAR = 0.70  # closeness from which a result is close
# Of a question of up to three words a paper must hold half to be worth showing ("Ising 2015").
_PARTLY, _SHORT = 0.5, 3
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")  # says when, not what
HELD = 0.8  # share of the words' weight that makes a paper close by its words: a name or an acronym, and little else
SAMPLE = 256  # papers whose nearest neighbour gives the scale: the median's standard error is then under 0.01


class Certainty(StrEnum):
    """How near a result is, or the best of an answer."""

    CLOSE = "close"
    WEAK = "weak"
    NOTHING = "nothing"


LEVELS = {Certainty.CLOSE: "close", Certainty.WEAK: "weak", Certainty.NOTHING: "not close"}
"""What to say of one result."""


@dataclass(frozen=True)
class Scale:
    """What similarity means in a library: `usual`, the similarity of a paper to its nearest one, in the median."""

    usual: float

    @property
    def bounds(self) -> tuple[float, float]:
        """Similarities up to which a question finds papers by chance, and from which one is close."""
        return _CHANCE * self.usual, _NEAR * self.usual

    def closeness(self, similarity: float) -> float:
        """`similarity` as a share of what a paper and its nearest neighbour usually have."""
        return similarity / self.usual

    def level(self, similarity: float, held: float = 0.0, words: int = 0) -> Certainty:
        """How near a paper is that has this similarity and holds this share of the weight of so many words."""
        closeness = self.closeness(similarity)
        if closeness >= _NEAR or held >= HELD:
            return Certainty.CLOSE
        weak = closeness >= _CHANCE or (held >= _PARTLY and 0 < words <= _SHORT)
        return Certainty.WEAK if weak else Certainty.NOTHING


def scale(nearest: NDArray[np.float32]) -> Scale:
    """The scale of a library from similarities (m,) of some of its papers to their nearest other paper."""
    known = nearest[np.isfinite(nearest)]
    return Scale(max(float(np.median(known)), 0.1) if len(known) else 1.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure an answer is: its level, the closeness of its best, and the share of the words its best holder has."""

    level: Certainty
    closeness: float
    held: float

    @property
    def remark(self) -> str:
        """One sentence for people; empty where the best is close, which needs no remark."""
        best = (
            f"best match reaches {max(0.0, self.closeness):.0%} of the similarity that neighbouring papers usually have"
        )
        if self.level is Certainty.NOTHING:
            return f"The {best} here; unrelated questions do that by chance."
        return f"Weak: the {best} here." if self.level is Certainty.WEAK else ""


def judge(scale: Scale, similarities: Iterable[float], held: Iterable[float], words: int = 0) -> Verdict:
    """The verdict on results with these similarities to the question and these shares of its so many words."""
    pairs = list(zip(similarities, held, strict=True))
    levels = {scale.level(similarity, share, words) for similarity, share in pairs}
    best = next((level for level in Certainty if level in levels), Certainty.NOTHING)
    closest = max((similarity for similarity, _ in pairs), default=0.0)
    return Verdict(best, scale.closeness(closest), max((share for _, share in pairs), default=0.0))


def weights(words: Iterable[str], frequency: Callable[[str], int], papers: int) -> dict[str, float]:
    """Weight of each different word but years: its inverse frequency, as in BM25; an unknown word has the greatest."""
    counts = {word: min(frequency(word), papers) for word in words if not _YEAR.fullmatch(word)}
    return {word: float(np.log1p((papers - count + 0.5) / (count + 0.5))) for word, count in counts.items()}


def share_held(weights: Mapping[str, float], text: Iterable[str]) -> float:
    """Share of the weight of a question's words that are among the words of `text`, 0 to 1; 0 when it has none."""
    total = sum(weights.values())
    words = set(text)
    return sum(weight for word, weight in weights.items() if word in words) / total if total > 0 else 0.0
