"""From a ranking to the answer a user gets: near-copies folded, put into an order, cut at k, and judged.

Holds `Result` and `Answer`, and the one function that makes them. Knows rankings and papers, not libraries, indexes or
screens. Always true: an answer has k results when the ranking has k different ones; what a result is, it says itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer.identity import same_text
from explorer.paper import Paper
from explorer.search import diversity
from explorer.search.certainty import HELD, Certainty, Evidence, Scale, Verdict, judge, level_by_words, share_held
from explorer.search.diversity import POOL
from explorer.search.order import Vectors, places
from explorer.search.parse import Query
from explorer.search.question import Order, Question
from explorer.search.ranking import Hit, Ranking

_JUDGED = 10  # the best by meaning is rarely further down a ranking, whatever k


@dataclass(frozen=True, slots=True)
class Result:
    """A paper of an answer: its row on the map, and what `Hit` says of it.

    `level`: how near it is, None where nothing was asked; `holds`: whether it holds the words of the query; `copies`:
    the near-copies it stands for; `relevance`: what the order *best* sorts by, 0 to 100, None where it does not;
    `embedded`: False where it has no vector yet, or one that says nothing as the model cannot read the paper or the
    question, so that words alone have ranked it and no similarity is claimed.
    """

    paper: Paper
    row: int
    similarity: float
    percentile: float
    words: float = 0.0
    level: Certainty | None = None
    holds: bool = False
    copies: tuple[Paper, ...] = ()
    relevance: float | None = None
    embedded: bool = True


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many of the papers the meaning is there: `embedded` have a vector, of all `papers`."""

    embedded: int
    papers: int

    @property
    def words(self) -> str:
        """In words: meaning: 12,000 of 100,000."""
        return f"meaning: {self.embedded:,} of {self.papers:,}"

    @property
    def remark(self) -> str:
        """For people: in this ranking papers with and without a vector are mixed."""
        if not self.embedded:
            return f"Meaning: none of {self.papers:,} papers yet; all are ranked by their words only."
        return f"Meaning: {self.embedded:,} of {self.papers:,} papers so far; the rest are ranked by their words only."


@dataclass(frozen=True)
class Answer:
    """The results of a question in their order, and how sure they are together.

    Of all n papers: `passing` (n,) bool, None when all pass filter and area, and `similarities` (n,) to what was asked,
    None where nothing was. `place` (x, y) is the question's on the map, for one that is a text alone. `query` is how
    the text was read. `coverage`: of how many papers the meaning is there, None when of all. `language` tells of a
    question or of papers that the model cannot read.
    """

    question: Question
    results: tuple[Result, ...]
    verdict: Verdict
    scale: Scale
    passing: NDArray[np.bool_] | None = None
    place: tuple[float, float] | None = None
    ranking: Ranking | None = field(default=None, repr=False)
    query: Query | None = None
    coverage: Coverage | None = None
    suggestion: str = ""  # the text without its slips of the pen, see `slips`
    language: str = ""

    @property
    def similarities(self) -> NDArray[np.float32] | None:
        """Cosine of every paper with what was asked, (n,); computed only when it is wanted."""
        return None if self.ranking is None else self.ranking.similarities


@dataclass(frozen=True)
class Criteria:
    """What results are judged by: what gives vectors of rows, the library's scale, near-copies (q, 2) as rows.

    `weights` are those of the query's words; `words` gives the words of a paper as these are written, those of its text
    and names together and then those of each name; `papers` gives the papers at some rows; `embedded` (n,) says which
    rows have a vector, None that all do; `names`: the query is nothing but names and acronyms; `writers`: rows by an
    author who is named in it.
    """

    vectors: Vectors
    scale: Scale
    copies: NDArray[np.int64]
    weights: Mapping[str, float]
    words: Callable[[Paper], tuple[frozenset[str], ...]]
    papers: Callable[[Sequence[int]], list[Paper]]
    embedded: NDArray[np.bool_] | None = None
    names: bool = False
    writers: frozenset[int] = frozenset()

    def result(self, hit: Hit, paper: Paper) -> Result:
        """A hit as a result, judged."""
        evidence = self.evidence(paper)
        evidence = replace(evidence, named=evidence.named or hit.row in self.writers)
        share = evidence.held
        embedded = self.embedded is None or bool(self.embedded[hit.row])
        level = self.scale.level(hit.similarity, evidence)
        if not embedded:
            level = level_by_words(share if self.weights else hit.words)
        claimed = (hit.similarity, hit.percentile) if embedded else (0.0, 0.0)
        ranked, holds = (*claimed, hit.words), share >= HELD
        return Result(paper, hit.row, *ranked, level, holds, relevance=hit.relevance, embedded=embedded)

    def evidence(self, paper: Paper) -> Evidence:
        """What the words of the query say of a paper."""
        if not self.weights:
            return Evidence()
        words, *names = self.words(paper)
        held = share_held(self.weights, words)
        by_name = held >= HELD and (self.names or any(share_held(self.weights, name) >= HELD for name in names))
        return Evidence(held, len(self.weights), by_name)

    def verdict(self, pool: Sequence[Result]) -> Verdict:
        """How sure an answer is whose best results these are."""
        evidence = [self.evidence(result.paper) for result in pool]
        sure = judge(self.scale, [result.similarity for result in pool], evidence)
        if all(result.embedded for result in pool):
            return sure
        levels = {result.level for result in pool}
        level = next((level for level in Certainty if level in levels), Certainty.NOTHING)
        return replace(sure, level=level, by_words=bool(self.weights) and not any(result.embedded for result in pool))


def answer(question: Question, ranking: Ranking, k: int, criteria: Criteria) -> Answer:
    """The answer of `k` results to `question`, from its ranking."""
    pool = _pool(ranking, max(k, _JUDGED if question.order is Order.BEST else POOL), criteria)
    results = [pool[place] for place in places(pool, k, question.order, criteria.vectors)][:k]
    verdict = criteria.verdict(pool[:_JUDGED])
    return Answer(question, tuple(results), verdict, criteria.scale, ranking=ranking)


def _pool(ranking: Ranking, size: int, criteria: Criteria) -> list[Result]:
    """The best `size` results, copies folded; fewer when there are no more.

    Papers are fetched for a few hits more than that, and for twice as many where copies leave too little.
    """
    count = size + _JUDGED
    while True:
        hits = ranking.hits(count)
        papers = dict(zip((hit.row for hit in hits), criteria.papers([hit.row for hit in hits]), strict=True))
        folded = diversity.collapse(list(papers), _copies(papers, criteria.copies))
        if len(folded) >= size or len(hits) < count:
            break
        count *= 2
    by_row = {hit.row: hit for hit in hits}
    return [
        replace(criteria.result(by_row[row], papers[row]), copies=tuple(papers[copy] for copy in copies))
        for row, copies in list(folded.items())[:size]
    ]


def _copies(papers: Mapping[int, Paper], near: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of rows among these papers that are one text."""
    pairs = [(first, second) for first, second in near.tolist() if first in papers and second in papers]
    return [(first, second) for first, second in pairs if same_text(papers[first], papers[second])]
