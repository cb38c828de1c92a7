"""Questions to a library: by a sentence, papers, several parts or a draft; why two are close; what a draft lacks.

The second room of `Library`. Joins encoder, index, words and the pure modules that rank; knows none of their insides.
Always true: nothing is written here; hidden papers are no answers unless a filter names a mark of theirs; similarity
is cosine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.drafts import comparison
from explorer.drafts.comparison import CitedPapers, Draft
from explorer.drafts.ranking import DEPTH, Match, Ranking, best, citation_closeness
from explorer.drafts.references import Work, references
from explorer.drafts.suggestions import PassageResults, Suggestions
from explorer.errors import LibraryError
from explorer.explain.why import SAMPLE, Explanation, Text, Vectors, explain, text_of
from explorer.index.snapshot import Snapshot
from explorer.library.reading import Reading, papers_at
from explorer.paper import Paper, embedding_text
from explorer.search import certainty, examples
from explorer.search.answer import Answer, Ground, arrange
from explorer.search.certainty import Scale
from explorer.search.diversity import Order
from explorer.search.examples import Parts, Spread
from explorer.search.parse import Query, parse
from explorer.search.ranking import Asked, Hit, Result, answer, nearest, percentiles
from explorer.search.words import words_of
from explorer.store import Filter
from explorer.text import readable


class Asking(Reading):
    """A library that answers."""

    def search(
        self,
        text: str,
        k: int = 10,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> list[Result]:
        """The `k` best papers for a question, a sentence or a pasted abstract, by meaning and by words, best first.

        A short `text` may hold "exact phrases", -words to leave out and filters (author:, year:, venue:, topic:, in:,
        tag:, file:), see `explorer.search.parse`, which hold beside `within` and the mask `among` (n,). `vector` is
        that of the text, if it is known. Near-copies of a better result are left out. Raises BadQuery when the
        text does not parse.
        """
        return list(self.ask(text, k, within=within, among=among, vector=vector, order=order).results)

    def ask(
        self,
        text: str,
        k: int = 10,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> Answer:
        """What `search` finds, with how sure it is and the near-copies that were left out."""
        query = parse(text)
        if vector is None and query.text:
            vector = self.encode(text)
        allowed = _all_of([self._asked_for(query, within), among])

        def find(count: int) -> list[Result]:
            if vector is None or not query.text:
                return []
            return self._results(self.current, self._ranked(vector, query.text, count, allowed))

        return arrange(find, k, order, self._ground(query.text))

    def similar(
        self,
        name: str | None = None,
        k: int = 10,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        text: str = "",
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> list[Result]:
        """The `k` papers most similar to a paper, or to a mix of liked papers and a text, less like unliked ones.

        `name`, `like` and `unlike` are papers by id, DOI or title; none of them is among the results. `text` is as in
        `search`, `vector` its vector if it is known. Papers come best first, by meaning and by words, within a filter
        and the mask `among` (n,). Liked papers of several interests take turns. The similarity of a result is that to
        the nearest liked paper. Near-copies of a better result are left out. Raises LibraryError when nothing is liked
        or written, or a paper liked and unliked.
        """
        return list(
            self.ask_like(
                name, k, like=like, unlike=unlike, text=text, within=within, among=among, vector=vector, order=order
            ).results
        )

    def ask_like(
        self,
        name: str | None = None,
        k: int = 10,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        text: str = "",
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        vector: NDArray[np.float32] | None = None,
        order: Order = Order.BEST,
    ) -> Answer:
        """What `similar` finds, with how sure it is and the near-copies that were left out."""
        query, build = parse(text), self.current
        liked = list(dict.fromkeys(self.row(one) for one in ([name] if name else []) + list(like)))
        unliked = list(dict.fromkeys(self.row(one) for one in unlike))
        if both := set(liked) & set(unliked):
            raise LibraryError(f"{self.papers([min(both)])[0].id} is both liked and unliked; leave one of them out")
        asking = None
        if query.text:
            asking = self._asked(self.encode(text) if vector is None else vector, query.text)
        mix = Parts(tuple(map(self._asking, liked)), tuple(map(self._asking, unliked)), asking)
        allowed = _all_of([self._asked_for(query, within), among])

        def find(count: int) -> list[Result]:
            hits = examples.answer(
                build.index, build.neighbours, mix, self._spread, count, build.pair_similarities, allowed=allowed
            )
            return self._results(build, hits)

        return arrange(find, k, order, self._ground(query.text))

    def answers(
        self, text: str, k: int = 10, *, within: Filter | None = None, among: NDArray[np.bool_] | None = None
    ) -> PassageResults:
        """The `k` best papers for a long text, each with the passages it matches, best first.

        A paper is as good as for its best passage. Raises EmptyDraft when the text has no prose.
        """
        draft = self._draft(text, k, _all_of([self.mask(within), among]))
        matches = best(draft.rankings, k)
        return comparison.passage_results(draft, matches, self._matched(draft, matches), self.current.index.vectors())

    def missing(
        self,
        text: str,
        cited: Iterable[Work] = (),
        k: int = 20,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        sentences: bool = True,
    ) -> Suggestions:
        """The `k` papers nearest to a draft that it does not cite, best first, each with the passage it belongs to.

        `cited`: papers (of a bibliography), ids, DOIs, titles, or a manuscript's citations; papers near to them are
        likelier. With `sentences`, each suggestion has the sentences that matter: some seconds for 20. Raises
        EmptyDraft when the text has no prose.
        """
        build = self.current
        vectors = build.index.vectors()
        listed = references(self._store, cited, build.near)
        keys = {self._store.key_of(paper.id) or 0 for reference in listed for paper in reference.papers}
        here = build.rows(keys)
        cited_rows = np.flatnonzero(here)
        allowed = np.logical_and.reduce([~here, *(mask for mask in (self.mask(within), among) if mask is not None)])
        draft = self._draft(text, k, allowed)
        matches = best(draft.rankings, k, citation_closeness(vectors, cited_rows, allowed) if len(cited_rows) else None)
        suggestions = comparison.suggestions(
            draft,
            matches,
            self._matched(draft, matches),
            CitedPapers(self.papers(cited_rows.tolist()), cited_rows),
            vectors,
        )
        made = Suggestions(draft.passages, suggestions, tuple(listed))
        return self.matched(made) if sentences else made

    def matched(self, suggestions: Suggestions) -> Suggestions:
        """What `missing` gave, with the sentences of draft and papers that match; each is encoded once."""
        texts = comparison.sentences_of(suggestions)
        vectors = self._sentences.encode(self._encoder, [_utf8(text) for text in texts]) if texts else ()
        return comparison.with_pairs(suggestions, dict(zip(texts, vectors, strict=True)))

    def explain(self, name: str, other: str) -> Explanation:
        """Why the papers that answer to two names are close, see `explorer.explain`; raises as `paper` does.

        Loads the model on first use; only the sentences of these two papers are encoded.
        """
        rows = [self.row(name), self.row(other)]
        one, two = (text_of(readable(paper.title), readable(paper.abstract)) for paper in self.papers(rows))
        return self._explained(one, two, rows)

    def why(self, text: str, name: str) -> Explanation:
        """Why the paper that answers to `name` is close to a question or a pasted text, as `explain`.

        Raises BadQuery when the question does not parse.
        """
        row = self.row(name)
        paper = self.papers([row])[0]
        asked = text_of("", readable(_utf8(parse(text).text)))
        return self._explained(asked, text_of(readable(paper.title), readable(paper.abstract)), [None, row])

    def nearest(
        self,
        vector: NDArray[np.float32],
        k: int,
        *,
        within: Filter | None = None,
        among: NDArray[np.bool_] | None = None,
        exclude: Sequence[int] = (),
    ) -> list[Result]:
        """The `k` papers nearest to a vector (dimension,), best first, that pass the filter and the mask `among` (n,).

        The rows in `exclude` are left out.
        """
        build = self.current
        allowed = _all_of([self.mask(within), among])
        hits = nearest(build.index, vector, k, build.pair_similarities, allowed=allowed, exclude=exclude)
        return self._results(build, hits)

    def encode(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, (dimension,) float32, without its filters. Loads the model on first use: seconds.

        Raises BadQuery when the question does not parse.
        """
        return self._encoder.encode_query(_utf8(parse(text).text))

    def _draft(self, text: str, k: int, allowed: NDArray[np.bool_] | None) -> Draft:
        passages = comparison.passages_of(text)
        vectors = self._encoder.encode([_utf8(passage.text) for passage in passages])
        hits = [
            self._ranked(vector, passage.text, max(DEPTH, k), allowed)
            for passage, vector in zip(passages, vectors, strict=True)
        ]
        return Draft(passages, vectors, tuple(map(Ranking.of, hits)))

    def _matched(self, draft: Draft, matches: Sequence[Match]) -> list[Result]:
        build = self.current
        rows, similarities = [match.row for match in matches], draft.similarities(matches, build.index.vectors())
        ranks = percentiles(np.asarray(similarities, np.float32), build.pair_similarities)
        return self._results(build, [Hit(*hit) for hit in zip(rows, similarities, ranks.tolist(), strict=True)])

    def _ranked(self, vector: NDArray[np.float32], text: str, k: int, allowed: NDArray[np.bool_] | None) -> list[Hit]:
        build, asked = self.current, self._asked(vector, text)
        return answer(build.index, build.neighbours, asked, k, build.pair_similarities, allowed=allowed)

    def _ground(self, text: str) -> Ground:
        """What an answer to the question `text` is measured by."""
        build = self.current
        weights = certainty.weights(set(words_of(text)), build.bm25.frequency, len(build.keys)) if text else {}
        return Ground(build.index.vectors(), self.scale, self._copies(), weights, _words_in)

    @property
    def scale(self) -> Scale:
        """What similarity means here, from the nearest neighbours of papers spread over the library."""

        def make() -> Scale:
            vectors, neighbours = self.current.index.vectors(), self.current.neighbours
            some = np.unique(np.linspace(0, len(vectors) - 1, certainty.SAMPLE).astype(np.int64))
            pairs = vectors[some], vectors[neighbours[some, 0] if neighbours.shape[1] else some]
            return certainty.scale(np.einsum("ij,ij->i", *pairs))

        return self._once("scale", make)

    def _copies(self) -> NDArray[np.int64]:
        """Pairs of rows (q, 2) that are near-copies and were not said to be two papers."""
        build, apart = self.current, self._store.records.apart()
        pairs = [pair for pair in build.near.tolist() if tuple(pair) not in apart]
        return np.searchsorted(build.keys, np.array(pairs, np.int64).reshape(-1, 2))

    def _spread(self) -> Spread:
        return self._once("spread", lambda: Spread.of(self.current.index.vectors()))

    def _asking(self, row: int) -> Asked:
        """The paper at `row` as a question."""
        return self._asked(self.current.index.vectors()[row], embedding_text(self.papers([row])[0]), (row,))

    def _asked(self, vector: NDArray[np.float32], text: str, own: tuple[int, ...] = ()) -> Asked:
        said = self.current.bm25.ask(text)
        return Asked(vector, said.scores, said.bound, own, said.name)

    def _asked_for(self, query: Query, within: Filter | None) -> NDArray[np.bool_] | None:
        """Rows (n,) that pass the filter, the question's own, its phrases and its exclusions; None for all."""
        build = self.current
        masks = [self.mask(within)]
        if query.within:
            masks.append(self.mask(query.within))
        if query.phrases:
            masks.append(build.keywords.holding(query.phrases, build.keys))
        masks += [~build.keywords.holding([word], build.keys) for word in query.excluded]
        return _all_of(masks)

    def _results(self, build: Snapshot, hits: Sequence[Hit]) -> list[Result]:
        papers = papers_at(self._store, build, [hit.row for hit in hits])
        return [
            Result(paper, hit.row, hit.similarity, hit.percentile, hit.words)
            for paper, hit in zip(papers, hits, strict=True)
        ]

    def _explained(self, one: Text, other: Text, rows: Sequence[int | None]) -> Explanation:
        build = self.current
        known, cut = build.index.vectors(), len(one.sentences)
        asked = [one.body] if rows[0] is None else []
        said = [sentence.text for sentence in (*one.sentences, *other.sentences)]
        found = self._sentences.encode(self._encoder, [*said, *asked])
        wholes = [found[-1] if row is None else known[row] for row in rows]
        sample = np.unique(np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(np.int64))
        vectors = Vectors(found[:cut], found[cut : len(said)], wholes[0], wholes[1], known[sample])

        def held(terms: Sequence[str]) -> list[int]:
            phrases, words = build.keywords, build.bm25
            return [phrases.together(term.split()) if " " in term else words.frequency(term) for term in terms]

        return explain(one, other, vectors, held, len(build.keys))


def _all_of(masks: Sequence[NDArray[np.bool_] | None]) -> NDArray[np.bool_] | None:
    given = [mask for mask in masks if mask is not None]
    return np.logical_and.reduce(given) if given else None


def _utf8(text: str) -> str:
    """`text` for a tokenizer: an argument that is not UTF-8 arrives as lone surrogates, which none takes."""
    return text.encode("utf-8", "replace").decode()


def _words_in(paper: Paper) -> frozenset[str]:
    return _words(" ".join((paper.title, paper.abstract, *paper.authors)))


@lru_cache(maxsize=1024)  # the same papers are shown again and again; a megabyte or two
def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text))
