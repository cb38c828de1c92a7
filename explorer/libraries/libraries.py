"""Libraries that are open together, and the answer of all to a question.

Joins open libraries and the search of a single library; knows no screens. Always true: all that are asked together are
of a single model; an answer is of a single state; each result says which libraries hold it and what it is called there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np

from embeddings.subjects import subject_vectors
from explorer.errors import LibraryError
from explorer.index.snapshot import Snapshot
from explorer.libraries.faces import Snapshots, Stores, moment_of
from explorer.libraries.joined import Pairs, Part, Together, together
from explorer.libraries.names import names_of
from explorer.libraries.same import same_papers
from explorer.library import Library
from explorer.library.insides import Insides
from explorer.library.search import LibrarySearch
from explorer.library.snapshot import arrays_or_none
from explorer.search.answer import Answer, Result
from explorer.search.question import Question
from explorer.search.ranking import top_rows

_FINALS = 100  # best papers whose neighbours are sought in all libraries before a list is final
_TRIES = 4  # of completing those: who comes up is looked at, too


@dataclass(frozen=True, slots=True)
class Holder:
    """A library that holds a paper: its name, the paper's id there, and its row on the map there."""

    library: str
    paper: str
    row: int


Holders = tuple[Holder, ...]


@dataclass(frozen=True)
class SharedAnswer:
    """What several libraries answer together: `holders` says of each result which of them hold it.

    The first is that which the result is shown from. `papers` is how many different papers were searched.
    """

    answer: Answer
    holders: tuple[Holders, ...]
    papers: int


@dataclass(frozen=True)
class _Search:
    """What answers questions, for as long as the `arrays` of the libraries stay as they are."""

    arrays: tuple[Snapshot, ...]
    names: tuple[str, ...]
    shared: Together
    snapshots: Snapshots
    search: LibrarySearch


class Libraries:
    """Several open libraries under their names. `open` opens them; `close`, or a `with` block, closes them."""

    def __init__(self, libraries: Sequence[tuple[str, Library]]) -> None:
        self._libraries = tuple(libraries)
        self._lock = Lock()
        self._ready: _Search | None = None

    @classmethod
    def open(cls, folders: Sequence[Path]) -> Self:
        """The libraries in `folders`, for reading. Raises LibraryError as `Library.open`, and as `check`."""
        names = names_of(folders)
        with ExitStack() as stack:
            opened = [stack.enter_context(Library.open(folder, write=False)) for folder in folders]
            libraries = cls(list(zip(names, opened, strict=True)))
            libraries.check()
            stack.pop_all()
        return libraries

    def close(self) -> None:
        """Let go of the files."""
        self._ready = None
        for _, library in self._libraries:
            library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called, in the order in which they were opened."""
        return tuple(name for name, _ in self._libraries)

    def check(self) -> None:
        """Raise LibraryError when they are not of a single model: similarities of two models cannot be compared."""
        models: dict[tuple[str, str], str] = {}
        for name, library in self._libraries:
            if (stored := library.encoder.stored)[0]:
                models.setdefault(stored, name)
        if len(models) > 1:
            (first, ours), (second, theirs), *_ = ((name, model) for model, name in models.items())
            same = ours[0] == theirs[0]
            words = [f"{name} with {model}{f', revision {revision}' if same else ''}"
                     for name, (model, revision) in ((first, ours), (second, theirs))]  # fmt: skip
            raise LibraryError(
                f"these libraries cannot be searched together, as similarities of two models cannot be compared: "
                f"{words[0]}, {words[1]}. Search each alone, or make {second} anew: explorer export --library DIR -o "
                f"papers.jsonl, then explorer add papers.jsonl --library NEW --model {ours[0]}"
            )

    def moment(self) -> AbstractContextManager[None]:
        """What this thread reads inside is of a single state."""
        return moment_of(self._libraries)

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of each name (an id, a DOI, part of a title) the paper as LIBRARY:ID, as a question likes it.

        Raises UnknownPaper when no library has it, AmbiguousPaper when several papers answer to it.
        """
        with self.moment():
            return self._search().snapshots.ids(names)

    def ask(self, question: Question, k: int = 10, *, among: Iterable[str] = ()) -> SharedAnswer:
        """The `k` best papers of all libraries, or of those called `among`, which change no score.

        Likes and unlikes are LIBRARY:ID, or ids that a single library has. A topic is that of any library's own map;
        an area is not looked at, as there is no common map. Raises as `Library.ask`.
        """
        with self.moment():
            ready = self._search()
            chosen = frozenset(among)
            if missing := chosen - {*ready.names, *self.names}:
                raise LibraryError(f"no library is open as {min(missing)!r}; there are: {', '.join(self.names)}")
            search = ready.search
            if chosen:
                snapshots: Any = Snapshots(ready.snapshots._libraries, self._stores(ready.names), ready.shared)
                snapshots.chosen, snapshots._cache = chosen, ready.snapshots._cache
                search = LibrarySearch(search._store, snapshots, search._encoder)
            question = replace(question, area=())
            answer = search.ask(question, k)
            for _ in range(_TRIES):
                if answer.ranking is None or not ready.shared.complete(_best(answer, k)):
                    break
                answer = search.ask(question, k)
            shown = [self._shown(ready, result, chosen) for result in answer.results]
            results = tuple(result for result, _ in shown)
            made = replace(answer, results=results, place=None)
            return SharedAnswer(made, tuple(holders for _, holders in shown), len(ready.shared.own))

    def library(self, name: str) -> Library:
        """The open library that is called `name`. Raises LibraryError when none is."""
        for called, library in self._libraries:
            if called == name:
                return library
        raise LibraryError(f"no library is open as {name!r}; there are: {', '.join(self.names)}")

    def _shown(self, ready: _Search, result: Result, chosen: frozenset[str]) -> tuple[Result, Holders]:
        """A result as a chosen library has it, and who holds it, that library first."""
        places = ready.shared.held_by(result.row)
        named = [(ready.names[number], row) for number, row in places]
        named.sort(key=lambda place: bool(chosen) and place[0] not in chosen)
        papers = [self.library(name).snapshot.papers([row])[0] for name, row in named]
        holders = tuple(Holder(name, paper.id, row) for (name, row), paper in zip(named, papers, strict=True))
        return replace(result, paper=papers[0]), holders

    def _stores(self, names: Sequence[str]) -> list[Any]:
        return [Insides.of(self.library(name)).store for name in names]

    def _search(self) -> _Search:
        """What answers now; made anew when a library has changed."""
        with_papers = [
            (name, library, its)
            for name, library in self._libraries
            if (its := arrays_or_none(library.snapshot)) is not None
        ]
        if not with_papers:
            raise LibraryError(
                f"none of the libraries {', '.join(self.names)} holds papers yet; add some: explorer add"
            )
        arrays = tuple(each for _, _, each in with_papers)
        with self._lock:
            ready = self._ready
            if ready is None or list(map(id, ready.arrays)) != list(map(id, arrays)):
                self.check()
                ready = self._ready = _search_of([(name, library) for name, library, _ in with_papers], arrays)
            return ready


def _search_of(libraries: Sequence[tuple[str, Library]], arrays: tuple[Snapshot, ...]) -> _Search:
    """What answers questions to libraries with these arrays."""
    insides = [Insides.of(library) for _, library in libraries]
    stores = [each.store for each in insides]
    parts = [
        Part(its, part.illegible(its), frozenset(part.store.records.apart()))
        for its, part in zip(arrays, insides, strict=True)
    ]
    same: dict[tuple[int, int], Pairs] = {
        (first, second): same_papers(stores[first], stores[second])
        for second in range(len(stores))
        for first in range(second)
    }
    encoder = insides[0].encoder
    shared = together(parts, same, subject_vectors(encoder.current))
    snapshots = Snapshots(libraries, stores, shared)
    faces: tuple[Any, Any] = Stores(stores, shared), snapshots
    names = tuple(name for name, _ in libraries)
    return _Search(arrays, names, shared, snapshots, LibrarySearch(*faces, encoder))


def _best(answer: Answer, k: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rows that are or may come to be among the `k` best."""
    ranking = answer.ranking
    assert ranking is not None
    return np.asarray(ranking.rows[top_rows(ranking.scores, _FINALS + 4 * k)])
