"""How sure an answer is: whether what was found is close at all, measured by what is usual in this library.

Holds the scale of a library and the rule. Knows similarities and words, not papers, indexes or screens. Always true: a
closeness is 1 where a paper is as similar as its nearest neighbour usually is, and grows with similarity; the same rule
holds for every library, whatever its size, its width and its encoder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import distinct
from explorer.search.chance import NOBODY, Chance, Floats

_NEAR = 0.70  # share of the similarity of neighbouring papers from which a result is close
# Of a question of up to three words a paper must hold half to be worth showing ("Ising 2015"). Words in a text count
# only where the meaning is not far off, by so much on the model's scale: any large library holds "rose" and "garden".
_PARTLY, _SHORT, _OFF = 0.5, 3, 0.15
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")  # says when, not what
HELD = 0.8  # share of the words' weight that makes a paper close by its words: a name or an acronym, and little else
SAMPLE = 256  # papers whose nearest neighbour gives the scale: the median's standard error is then under 0.01


class Certainty(StrEnum):
    """How near a result is, or the best of an answer."""

    CLOSE = "close"
    WEAK = "weak"
    NOTHING = "nothing"


LEVELS = {Certainty.CLOSE: "close", Certainty.WEAK: "weak", Certainty.NOTHING: "not close"}
"""What to say of a result."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of a question say of a paper.

    `held`: the share of their weight that it holds, 0 to 1; `words`: how many there are; `named`: it holds them, and
    they are the name of an author or nothing but names.
    """

    held: float = 0.0
    words: int = 0
    named: bool = False


@dataclass(frozen=True)
class Scale:
    """What similarity means in a library: `usual`, the similarity of a paper to its nearest one, in the median.

    `chance`: what questions about something else reach.
    """

    usual: float
    chance: Chance = NOBODY

    @property
    def bounds(self) -> tuple[float, float]:
        """Similarities up to which a question finds papers by chance, and from which one is close."""
        return self.chance.reach, max(_NEAR * self.usual, self.chance.reach)

    def closeness(self, similarity: float) -> float:
        """`similarity` as a share of what a paper and its nearest neighbour usually have."""
        return similarity / self.usual

    def level(self, similarity: float, evidence: Evidence = Evidence()) -> Certainty:
        """How near a paper is that has this similarity, and of which the words say this."""
        reach, close = self.bounds
        related = similarity >= reach - _OFF * self.chance.spread
        if similarity >= close or evidence.named or (related and evidence.held >= HELD):
            return Certainty.CLOSE
        partly = related and evidence.held >= _PARTLY and 0 < evidence.words <= _SHORT
        return Certainty.WEAK if similarity >= reach or partly else Certainty.NOTHING


def scale(nearest: Floats, chance: Chance = NOBODY) -> Scale:
    """The scale of a library from similarities (m,) of some of its papers to their nearest other paper."""
    known = nearest[np.isfinite(nearest)]
    return Scale(max(float(np.median(known)), 0.1) if len(known) else 1.0, chance)


def measured(vectors: Floats, neighbours: NDArray[np.int32], rows: NDArray[np.int64], subjects: Floats) -> Scale:
    """The scale of a library with unit `vectors` (n, d) and `neighbours` (n, k), of which `rows` (m,) say something.

    `subjects` (s, d) are general subjects, of the same encoder.
    """
    sample = rows[distinct(np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64))]
    pairs = vectors[sample], vectors[neighbours[sample, 0] if neighbours.shape[1] else sample]
    return scale(np.einsum("ij,ij->i", *pairs), Chance.of(vectors, rows, subjects))


def level_by_words(share: float) -> Certainty:
    """How near a paper without a vector is, from the share of the weight of the words that it holds."""
    if share >= HELD:
        return Certainty.CLOSE
    return Certainty.WEAK if share >= _PARTLY else Certainty.NOTHING


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure an answer is: its level, the closeness of its best, and the share of the words its best holder has.

    `by_words`: no result has a vector yet, so that words alone are judged.
    """

    level: Certainty
    closeness: float
    words: float
    by_words: bool = False

    @property
    def remark(self) -> str:
        """One sentence for people; empty where the best is close, which needs no remark."""
        best = (
            f"the best match reaches {max(0.0, self.closeness):.0%} of the similarity that neighbouring papers usually "
            "have here"
        )
        if self.by_words:
            best = f"by words alone, the best match has {self.words:.0%} of what the question says"
        if self.level is Certainty.NOTHING:
            return f"Nothing close: {best}{'' if self.by_words else '; unrelated questions do that by chance'}."
        return f"Weak: {best}." if self.level is Certainty.WEAK else ""


def judge(scale: Scale, similarities: Iterable[float], evidence: Iterable[Evidence]) -> Verdict:
    """The verdict on results with these similarities to the question, of which its words say this."""
    pairs = list(zip(similarities, evidence, strict=True))
    levels = {scale.level(similarity, words) for similarity, words in pairs}
    best = next((level for level in Certainty if level in levels), Certainty.NOTHING)
    closest = max((similarity for similarity, _ in pairs), default=0.0)
    return Verdict(best, scale.closeness(closest), max((words.held for _, words in pairs), default=0.0))


def are_names(words: Iterable[str], text: str, language: Container[str]) -> bool:
    """Whether these lower-case words of `text` are all names or acronyms: in capitals, or no words of `language`."""
    capitals = {word.lower() for word in re.findall(r"\w+", text) if sum(map(str.isupper, word)) > 1}
    return all(word in capitals or word not in language for word in words)


def weights(words: Iterable[str], frequency: Callable[[str], int], papers: int) -> dict[str, float]:
    """Weight of each different word but years: its inverse frequency, as in BM25; an unknown word has the greatest."""
    counts = {word: min(frequency(word), papers) for word in words if not _YEAR.fullmatch(word)}
    return {word: float(np.log1p((papers - count + 0.5) / (count + 0.5))) for word, count in counts.items()}


def share_held(weights: Mapping[str, float], text: Iterable[str]) -> float:
    """Share of the weight of a question's words that are among the words of `text`, 0 to 1; 0 when it has none."""
    total = sum(weights.values())
    words = set(text)
    return sum(weight for word, weight in weights.items() if word in words) / total if total > 0 else 0.0
