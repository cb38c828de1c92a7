"""What a library says of a draft or another long text: frozen values that travel to whoever shows them.

Holds suggestions, references and the results of passages. Knows no files, vectors or screens. Always true: a passage's
number is its place in `passages`, from 1; results and suggestions come best first; no suggestion is cited.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer import notices
from explorer.drafts.passages import Passage
from explorer.paper import Paper
from explorer.search.answer import Result
from explorer.search.certainty import Verdict

_WARNED = dict(
    zip(
        map(notices.LABELS.__getitem__, notices.State),
        ("a retracted paper", "a paper with an expression of concern", "a paper that was corrected"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class PassageResult:
    """A paper for a long text: the `passages` it matches, the best first, and its `similarities` to each.

    The similarity of `result` is that to the best passage.
    """

    result: Result
    passages: tuple[Passage, ...]
    similarities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PassageResults:
    """The passages of a long text, the papers that match them, best first, and how sure these are together."""

    passages: tuple[Passage, ...]
    results: tuple[PassageResult, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SentencePair:
    """The sentence of the draft and the one of the paper that are most alike, and their similarity."""

    ours: str
    theirs: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A paper that the draft does not cite: the passage it belongs to, with the similarity of `result` to it.

    `pair` is None until the sentences are compared. `cited` is the paper nearest to it of those that the draft cites
    and this library has, None when there is none; `cited_similarity` is their similarity.
    """

    result: Result
    passage: Passage
    pair: SentencePair | None = None
    cited: Paper | None = None
    cited_similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """A work the draft cites, and the papers of this library it is (several versions); none when it is not here.

    `entry` is the work as the draft names it; `reason` says why it is not here, where that is not plain.
    """

    entry: Paper | str
    papers: tuple[Paper, ...] = ()
    reason: str = ""

    @property
    def status(self) -> str:
        """What became of it, "Retracted" first; empty for most."""
        states = notices.states(notice for paper in self.papers for notice in paper.notices)
        return notices.LABELS[states[0]] if states else ""

    @property
    def label(self) -> str:
        """One line to call it by."""
        return self.entry if isinstance(self.entry, str) else self.entry.heading


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The passages of a draft, the papers it may have missed, best first, and all that it cites."""

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
    def warnings(self) -> list[str]:
        """A sentence for each cited paper that was retracted, doubted or corrected, in the order of the draft."""
        return [
            f"your draft cites {_WARNED[reference.status]}: {reference.papers[0].heading} [{reference.papers[0].id}]"
            for reference in self.here
            if reference.status
        ]

    @property
    def by_passage(self) -> list[tuple[Passage, list[Suggestion]]]:
        """Passages in the order of the draft, each with its suggestions, best first; passages without are left out."""
        groups: dict[Passage, list[Suggestion]] = {passage: [] for passage in self.passages}
        for suggestion in self.suggestions:
            groups[suggestion.passage].append(suggestion)
        return [(passage, group) for passage, group in groups.items() if group]
