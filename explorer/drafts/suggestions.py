"""What a draft is answered by and what it does not cite: frozen values that travel from the library to who shows them.

Holds answers, suggestions and references, and which of them go together. Knows no files, vectors or screens. Always
true: a passage's number is its place in `passages`, from 1; suggestions come best first; none of them is cited.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.drafts.passages import Passage
from explorer.paper import Paper
from explorer.search.ranking import Result


@dataclass(frozen=True, slots=True)
class Answer:
    """A paper found for a long text: `passages` it answers, the best first, and its `similarities` to each.

    The similarity of `result` is that to the best passage.
    """

    result: Result
    passages: tuple[Passage, ...]
    similarities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """A long text's passages, and the papers that answer them, best first."""

    passages: tuple[Passage, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class SentencePair:
    """The sentence of the draft and the one of the paper that are most alike, and their similarity."""

    ours: str
    theirs: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A paper that the draft does not cite: the passage it belongs to, with the similarity of `result` to it.

    `pair` are the sentences that matter (None when they were not asked for); `cited` is the cited paper of this library
    that it is nearest to (None when there is none), `cited_similarity` their similarity.
    """

    result: Result
    passage: Passage
    pair: SentencePair | None = None
    cited: Paper | None = None
    cited_similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing the draft cites: as it was given, and the papers of this library it is (its versions); none: not here.

    `reason` says why it was not found where that is not plain.
    """

    given: Paper | str
    papers: tuple[Paper, ...] = ()
    reason: str = ""

    @property
    def words(self) -> str:
        """One line to call it by."""
        return self.given if isinstance(self.given, str) else self.given.heading


@dataclass(frozen=True, slots=True)
class Missing:
    """The draft's passages, the papers it may have missed, best first, and all that it cites."""

    passages: tuple[Passage, ...]
    suggestions: tuple[Suggestion, ...]
    references: tuple[Reference, ...]

    @property
    def here(self) -> tuple[Reference, ...]:
        """What is cited and in this library."""
        return tuple(reference for reference in self.references if reference.papers)

    @property
    def elsewhere(self) -> tuple[Reference, ...]:
        """What is cited and not in this library."""
        return tuple(reference for reference in self.references if not reference.papers)

    @property
    def by_passage(self) -> list[tuple[Passage, list[Suggestion]]]:
        """Passages in the order of the draft, each with its suggestions, best first; passages without are left out."""
        groups = [(passage, [one for one in self.suggestions if one.passage == passage]) for passage in self.passages]
        return [(passage, found) for passage, found in groups if found]
