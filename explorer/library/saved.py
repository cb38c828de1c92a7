"""Saved searches: questions under a name, asked again after imports to report what is new in them.

Always true: a search counts as looked at only when that is said; the text is kept as typed, beside the filter it asked
for, so that a later language of the box cannot change what a saved search means; no language model is needed to ask.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, LibraryError
from explorer.filter import Field, Filter, Phrase
from explorer.library.encoder import LibraryEncoder
from explorer.library.records import now
from explorer.library.search import LibrarySearch
from explorer.library.snapshot import CurrentSnapshot
from explorer.search.news import BEST, MOST, News, new_results, rank_bound, similarity_bound
from explorer.search.parse import VERSION, Query, parse
from explorer.search.question import Question, SavedSearch
from explorer.store import SavedRow, Store


class LibrarySaved:
    """The saved searches of an open library; all changes are made also while an import runs."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, search: LibrarySearch, encoder: LibraryEncoder) -> None:
        self._store = store
        self._snapshot = snapshot
        self._search = search
        self._encoder = encoder

    def all(self) -> list[SavedSearch]:
        """The saved searches, by name."""
        return [_search_of(row) for row in self._store.saved.all()]

    def put(self, name: str, question: Question) -> SavedSearch:
        """Save a question; what is in the library now counts as looked at.

        Raises LibraryError for a name that is taken or empty and for a question that says only where to look, BadQuery
        or UnknownPaper for one that cannot be asked.
        """
        text = " ".join(question.text.split())
        liked, unliked = (tuple(dict.fromkeys(ids)) for ids in (question.like, question.unlike))
        search = SavedSearch(_name(name), replace(question, text=text, like=liked, unlike=unliked), now())
        if not search.question:
            raise LibraryError("a saved search needs a question, or a paper to be near to")
        vector = self._encoder.encode_query(parse(text).text) if text else None
        shown = [result.paper.id for result in self._search.ask(search.question, BEST, vector=vector).results]
        if not self._store.saved.put(_row_of(search), self._store.saved.known(self._newest), shown):
            raise LibraryError(
                f"there is a saved search {search.name!r} already; take another name, or forget that one"
            )
        if vector is not None:
            self._store.saved.put_vector(search.name, *self._encoder.stored, vector)
        return search

    def drop(self, name: str) -> None:
        """Forget a saved search. Raises LibraryError when there is none of this name."""
        self._store.saved.drop(self._named(name).name)

    def news(self, *names: str) -> list[News]:
        """What is new in the saved searches of these names, or in all, since they were last looked at."""
        searches = [self._named(name) for name in names] or self.all()
        make = self._snapshot.once
        return [make(f"news {search.name}", partial(self._news, search), marked=True) for search in searches]

    def look(self, seen: News | str) -> None:
        """Remember that the news of a saved search were looked at.

        By name it is all that is there now; `News` of `news` is just what was reported, should papers have come since.
        """
        news = self.news(seen)[0] if isinstance(seen, str) else seen
        known = news.known or self._store.saved.known(self._newest)
        self._store.saved.look(news.search.name, known, news.shown, now())

    def encode(self) -> None:
        """Give each saved search a vector under the library's encoder, where that has changed."""
        encoder, revision = self._encoder.stored
        for search in self.all():
            if search.question.text and self._store.saved.vector(search.name, encoder, revision) is None:
                vector = self._encoder.encode_query(search.question.parsed().text)
                self._store.saved.put_vector(search.name, encoder, revision, vector)

    def _named(self, name: str) -> SavedSearch:
        for search in self.all():
            if search.name == _name(name):
                return search
        raise LibraryError(f"no saved search is called {name!r}; see: explorer saved")

    def _news(self, search: SavedSearch) -> News:
        came = self._store.saved.came(search.name)
        if not came:  # no need to open the index, most of the times that cron asks
            return News(search)
        try:
            return self._news_among(search, came)
        except ExplorerError as error:
            return News(search, problem=str(error))

    def _news_among(self, search: SavedSearch, came: set[int]) -> News:
        arrays, question = self._snapshot.arrays, search.question
        within = question.within & question.parsed().within
        passing = self._snapshot.mask(within)
        fresh = arrays.rows(came)
        passing = np.ones(len(fresh), bool) if passing is None else passing
        strict = _is_strict(within)
        place = rank_bound(int((passing & ~fresh).sum()), strict=strict)
        vector = self._vector(search)
        ranked = self._search.ask(question, place + min(MOST, int((passing & fresh).sum())), vector=vector).results
        similarities = self._search.similarities(question, vector)
        least = -1.0 if strict else similarity_bound(similarities[~fresh], arrays.pair_similarities)
        shown = tuple(result.paper.id for result in ranked)
        return News(search, new_results(ranked, fresh, place, least), shown, self._store.saved.known(self._newest))

    def _vector(self, search: SavedSearch) -> NDArray[np.float32] | None:
        """The vector of what was typed, (dimension,); None when only papers were chosen."""
        if not search.question.text:
            return None
        vector = self._store.saved.vector(search.name, *self._encoder.stored)
        return self._encoder.encode_query(search.question.parsed().text) if vector is None else vector

    @property
    def _newest(self) -> int:
        """Key of the newest paper that can be found: one that an import has read may still wait for its vector."""
        return int(self._snapshot.arrays.keys[-1])


def _is_strict(within: Filter) -> bool:
    """Whether a search is for a phrase or an author: it has few results, each of them wanted."""
    return any(
        isinstance(part, Phrase) or (isinstance(part, Field) and part.name == "author") for part in within.demands()
    )


def _search_of(row: SavedRow) -> SavedSearch:
    question = Question(row.text, row.like, row.unlike, Filter.of_json(row.within))
    if row.tree and row.language != VERSION:  # typed in another language of the box: what it asked for then holds
        question = replace(question, query=Query.of_json(row.tree))
    return SavedSearch(row.name, question, row.looked)


def _row_of(search: SavedSearch) -> SavedRow:
    question = search.question
    tree = parse(question.text).as_json() if question.text else None
    return SavedRow(
        search.name, question.text, question.like, question.unlike, question.within.as_json(), search.looked,
        VERSION, tree,
    )  # fmt: skip


def _name(name: str) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        raise LibraryError("a saved search needs a name")
    return name
