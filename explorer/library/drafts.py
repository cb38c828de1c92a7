"""A draft against a library: what matches its passages, and what it may have missed.

Joins `explorer.drafts` with snapshot, search and encoder; knows none of their insides. Always true: nothing is written
here, and a draft is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.filter import Filter
from explorer.library.encoder import LibraryEncoder
from explorer.library.search import LibrarySearch
from explorer.library.snapshot import CurrentSnapshot, momentary
from explorer.search.answer import Result
from explorer.store import Store

if TYPE_CHECKING:  # imported where they are used: a library that only answers needs none
    from explorer.drafts.comparison import Draft
    from explorer.drafts.ranking import Match
    from explorer.drafts.references import Work
    from explorer.drafts.suggestions import PassageResults, Suggestions


class LibraryDrafts:
    """What an open library says of drafts and other long texts."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, search: LibrarySearch, encoder: LibraryEncoder) -> None:
        self._store = store
        self._snapshot = snapshot
        self._search = search
        self._encoder = encoder

    @momentary
    def passages(
        self, text: str, k: int = 10, *, within: Filter | None = None, among: Sequence[str] | None = None
    ) -> PassageResults:
        """The `k` best papers for a long text, each with the passages it matches, best first.

        A paper is as good as for its best passage. `among` are the ids of the only papers that count, all by default.
        Raises EmptyDraft when the text has no prose.
        """
        from explorer.drafts import comparison
        from explorer.drafts.ranking import best

        draft = self._draft(text, k, self._passing(within, among))
        matches = best(draft.rankings, k)
        vectors = self._snapshot.arrays.index.vectors()
        return comparison.passage_results(draft, matches, self._results(draft, matches), vectors, self._search.scale)

    @momentary
    def missing(
        self,
        text: str,
        cited: Iterable[Work] = (),
        k: int = 20,
        *,
        within: Filter | None = None,
        among: Sequence[str] | None = None,
        sentences: bool = True,
    ) -> Suggestions:
        """The `k` papers nearest to a draft that it does not cite, best first, each with the passage it belongs to.

        `cited`: papers (of a bibliography), ids, DOIs, titles, or a manuscript's citations; papers near to them are
        likelier. `among`: ids of the only papers to suggest. With `sentences`, each suggestion has the sentences that
        matter: some seconds for 20. Raises EmptyDraft when the text has no prose.
        """
        from explorer.drafts import comparison
        from explorer.drafts.ranking import best, citation_closeness
        from explorer.drafts.references import references
        from explorer.drafts.suggestions import Suggestions

        arrays = self._snapshot.arrays
        vectors = arrays.index.vectors()
        listed = references(self._store, cited, arrays.near)
        here = self._rows([paper.id for reference in listed for paper in reference.papers])
        rows, passing = np.flatnonzero(here), self._passing(within, among)
        allowed = ~here if passing is None else ~here & passing
        draft = self._draft(text, k, allowed)
        matches = best(draft.rankings, k, citation_closeness(vectors, rows, allowed) if len(rows) else None)
        papers = comparison.CitedPapers(self._snapshot.papers(rows.tolist()), rows)
        made = comparison.suggestions(draft, matches, self._results(draft, matches), papers, vectors)
        suggestions = Suggestions(draft.passages, made, tuple(listed))
        return self.matched(suggestions) if sentences else suggestions

    def matched(self, suggestions: Suggestions) -> Suggestions:
        """What `missing` gave, with the sentences of draft and papers that match; each is encoded once."""
        from explorer.drafts import comparison

        texts = comparison.sentences_of(suggestions)
        vectors = self._encoder.encode_sentences(texts) if texts else ()
        return comparison.with_pairs(suggestions, dict(zip(texts, vectors, strict=True)))

    def _draft(self, text: str, k: int, allowed: NDArray[np.bool_] | None) -> Draft:
        from explorer.drafts import comparison
        from explorer.drafts.ranking import DEPTH, Ranking

        passages = comparison.passages_of(text, self._encoder.encode_sentences)
        vectors = self._encoder.encode([passage.text for passage in passages])
        hits = [
            self._search.rank(vector, passage.text, max(DEPTH, k), allowed)
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        return comparison.Draft(passages, vectors, tuple(map(Ranking.of, hits)))

    def _results(self, draft: Draft, matches: Sequence[Match]) -> list[Result]:
        similarities = draft.similarities(matches, self._snapshot.arrays.index.vectors())
        return self._search.results([match.row for match in matches], similarities)

    def _rows(self, ids: Sequence[str]) -> NDArray[np.bool_]:
        return self._snapshot.arrays.rows(set(self._store.papers.keys_of(ids).values()))

    def _passing(self, within: Filter | None, among: Sequence[str] | None) -> NDArray[np.bool_] | None:
        passing = self._snapshot.mask(within)
        if among is None:
            return passing
        return self._rows(among) if passing is None else self._rows(among) & passing
