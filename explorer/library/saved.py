"""Saved searches: questions under a name, asked again after imports to report what is new in them.

Always true: a search counts as looked at only when that is said; the text is kept as typed, beside the filter it asked
for, so that a later language of the box cannot change what a saved search means; no language model is needed to ask.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, LibraryError
from explorer.filter import Field, Filter, Phrase
from explorer.library.encoder import LibraryEncoder
from explorer.library.lookup import look_up
from explorer.library.report import now
from explorer.library.search import LibrarySearch
from explorer.library.snapshot import CurrentSnapshot, momentary
from explorer.search.box import first
from explorer.search.news import BEST, MOST, News, new_results, rank_bound, similarity_bound
from explorer.search.parse import VERSION, Mode, Query
from explorer.search.question import Question, SavedSearch
from explorer.store import SavedRow, Store


class LibrarySaved:
    """The saved searches of an open library; all changes are made also while an import runs."""

    def __init__(self, store: Store, snapshot: CurrentSnapshot, search: LibrarySearch, encoder: LibraryEncoder) -> None:
        self._store = store
        self._snapshot = snapshot
        self._search = search
        self._encoder = encoder

    def seal(self) -> None:
        """From now on searches, marks and names of topics cannot be changed: SealedLibrary is raised."""
        self._store.saved.seal()

    def all(self) -> list[SavedSearch]:
        """The saved searches, by name."""
        return [_search_of(row) for row in self._store.saved.all()]

    @momentary
    def names(self) -> list[str]:
        """Their names, by name; those first in which something may be new."""
        fresh = self._fresh()
        return sorted(self._rows(), key=lambda name: name not in fresh)

    def _rows(self) -> dict[str, SavedRow]:
        """The row of each, by its name."""
        all_rows = self._store.saved.all
        return self._snapshot.once("saved searches", lambda: {row.name: row for row in all_rows()}, marked=True)

    def _fresh(self) -> set[str]:
        return self._snapshot.once("fresh searches", self._store.saved.fresh, marked=True)

    @momentary
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
        query = look_up(search.question, self._store).query
        vector = self._encoder.encode_query(query.text) if query.text else None
        shown = [result.paper.id for result in self._search.ask(search.question, BEST, vector=vector).results]
        if not self._store.saved.put(
            _row_of(search, query if text else None), self._store.saved.known(self._newest), shown
        ):
            raise LibraryError(
                f"there is a saved search {search.name!r} already; take another name, or forget that one"
            )
        if vector is not None:
            self._store.saved.put_vector(search.name, *self._encoder.stored, vector)
        return search

    def drop(self, name: str) -> None:
        """Forget a saved search. Raises LibraryError when there is none of this name."""
        self._store.saved.drop(self._named(name).name)

    @momentary
    def news(self, *names: str) -> list[News]:
        """What is new in the saved searches of these names, or in all, since they were last looked at."""
        searches, fresh = [self._named(name) for name in names] or self.all(), self._fresh()
        make = self._snapshot.once
        return [
            make(f"news {search.name}", partial(self._news, search), marked=True)
            if search.name in fresh
            else News(search)  # no need to open the index, most of the times that cron asks
            for search in searches
        ]

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
            text = search.question.parsed().text
            if text and self._store.saved.vector(search.name, encoder, revision) is None:
                vector = self._encoder.encode_query(text)
                self._store.saved.put_vector(search.name, encoder, revision, vector)

    def _named(self, name: str) -> SavedSearch:
        if row := self._rows().get(_name(name)):
            return _search_of(row)
        raise LibraryError(f"no saved search is called {name!r}; see: explorer saved")

    def _news(self, search: SavedSearch) -> News:
        came = self._store.saved.came(search.name)
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
        vector = self._vector(search)
        if not question.like and vector is None:  # conditions alone: every paper that fulfils them is wanted
            rows = np.flatnonzero(passing & fresh)[:MOST].tolist()
            made = tuple(replace(result, level=None) for result in self._search.results(rows, [0.0] * len(rows)))
            ids = tuple(result.paper.id for result in made)
            return News(search, made, ids, self._store.saved.known(self._newest))
        strict = _is_strict(within)
        place = rank_bound(int((passing & ~fresh).sum()), strict=strict)
        results = self._search.ask(question, place + min(MOST, int((passing & fresh).sum())), vector=vector).results
        least = -1.0
        if not strict:
            similarities = self._search.similarities(question, vector)
            least = similarity_bound(similarities[arrays.embedded & ~fresh], arrays.pair_similarities)
        shown = tuple(result.paper.id for result in results)
        return News(search, new_results(results, fresh, place, least), shown, self._store.saved.known(self._newest))

    def _vector(self, search: SavedSearch) -> NDArray[np.float32] | None:
        """The vector of what was typed, (dimension,); None when only papers were chosen or conditions typed."""
        text = search.question.parsed().text
        if not text:
            return None
        vector = self._store.saved.vector(search.name, *self._encoder.stored)
        return self._encoder.encode_query(text) if vector is None else vector

    @property
    def _newest(self) -> int:
        """Key of the newest paper up to which all can be found: after it, papers may still wait for their vectors."""
        arrays = self._snapshot.arrays
        return int(arrays.keys[-1]) if arrays.coverage is None else int(arrays.keys[np.argmin(arrays.embedded)]) - 1


def _is_strict(within: Filter) -> bool:
    """Whether a search is for a phrase or an author: it has few results, each of them wanted."""
    return any(
        isinstance(part, Phrase) or (isinstance(part, Field) and part.name == "author") for part in within.demands()
    )


def _search_of(row: SavedRow) -> SavedSearch:
    """The question as it was read then, so that neither another language of the box nor a new title changes it."""
    question = Question(row.text, row.like, row.unlike, Filter.of_json(row.within))
    if row.text:
        query = Query.of_json(row.tree) if row.tree else first.parse(row.text)
        mode = Mode(json.loads(row.tree or "{}").get("read", Mode.AUTO))
        question = replace(question, query=query, mode=mode)
    return SavedSearch(row.name, question, row.looked)


def _row_of(search: SavedSearch, query: Query | None) -> SavedRow:
    question = search.question
    tree = json.dumps(json.loads(query.as_json()) | {"read": question.mode.value}) if query else None
    return SavedRow(
        search.name, question.text, question.like, question.unlike, question.within.as_json(), search.looked,
        VERSION, tree,
    )  # fmt: skip


def _name(name: str) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        raise LibraryError("a saved search needs a name")
    return name
