"""What the user saves in a library: marks, notes, what was seen, searches and when their news was last looked at.

The third room of `Library`. Always true: each change is one short transaction, which works while an import runs; no
paper is added, changed or removed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError, LibraryError
from explorer.library.asking import Asking
from explorer.search.news import BEST, MOST, News, chance, told, weakest
from explorer.search.parse import parse
from explorer.search.ranking import Result
from explorer.store import Filter, Kind, Saved


class Saving(Asking):
    """A library that remembers what its user marks and asks."""

    def mark(self, kind: Kind, label: str, *names: str) -> None:
        """Put papers into a collection of the user's, or tag them; also while an import runs.

        Raises LibraryError for a label that is empty or for a folder, which only the source can change.
        """
        self._store.marks.put(kind, _label(kind, label), [self._key(name) for name in names])

    def unmark(self, kind: Kind, label: str, *names: str) -> None:
        """Take papers out of a collection, or a tag off them."""
        self._store.marks.drop(kind, _label(kind, label), [self._key(name) for name in names])

    def note(self, name: str, text: str) -> None:
        """Write the note on a paper; an empty text removes it."""
        self._store.marks.note(self._key(name), text)

    def see(self, *names: str) -> None:
        """Remember that papers were looked at: their titles are dimmed in later lists."""
        self._store.marks.see([self._key(name) for name in names])

    def forget_seen(self) -> int:
        """Forget which papers were looked at; how many they were."""
        return self._store.marks.forget_seen()

    def save_search(
        self,
        name: str,
        text: str = "",
        within: Filter | None = None,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
    ) -> Saved:
        """Save a search by `text`, in the language of the box, or by papers, to be told what comes; also in an import.

        What is in the library now counts as looked at. Raises LibraryError for a name that is taken or empty, BadQuery
        or UnknownPaper for a search that cannot be run.
        """
        liked, unliked = (tuple(self.paper(one).id for one in names) for names in (like, unlike))
        saved = Saved(_searched_as(name), " ".join(text.split()), liked, unliked, within or Filter(), now())
        if not saved.text and not saved.like:
            raise LibraryError("a saved search needs a question, or a paper to be near to")
        vector = self.encode(saved.text) if saved.text else None
        shown = self._ask(saved, BEST, vector)
        if not self._store.saved.put(saved, self._store.saved.known(self._newest), [one.paper.id for one in shown]):
            raise LibraryError(f"there is a saved search {saved.name!r} already; take another name, or forget that one")
        if vector is not None:
            self._store.saved.put_vector(saved.name, *self._made_with, vector)
        return saved

    def saved(self) -> list[Saved]:
        """The saved searches, by name."""
        return self._store.saved.all()

    def news(self, *names: str) -> list[News]:
        """What is new in the saved searches of these names, or in all, since `seen_news`; needs no language model."""
        searches = [self._saved(name) for name in names] or self.saved()
        return [self._once(f"news {one.name}", partial(self._news, one), marked=True) for one in searches]

    def seen_news(self, seen: News | str) -> None:
        """Remember that the news of a saved search were looked at; also while an import runs.

        By name it is all that is there now; `News` of `news` is just what was told, should papers have come since.
        """
        news = self.news(seen)[0] if isinstance(seen, str) else seen
        self._store.saved.look(news.saved.name, news.known or self._store.saved.known(self._newest), news.shown, now())

    def forget_search(self, name: str) -> None:
        """Forget a saved search. Raises LibraryError when there is none of this name."""
        self._store.saved.drop(self._saved(name).name)

    def _saved(self, name: str) -> Saved:
        for saved in self.saved():
            if saved.name == _searched_as(name):
                return saved
        raise LibraryError(f"no saved search is called {name!r}; see: explorer saved")

    def _news(self, saved: Saved) -> News:
        came = self._store.saved.came(saved.name)
        if not came:  # no need to open the index, most of the times that cron asks
            return News(saved)
        try:
            build, query = self.current, parse(saved.text)
            fresh = build.rows(came)
            allowed = self._asked_for(query, saved.within)
            passing = np.ones(len(fresh), bool) if allowed is None else allowed
            strict = bool(query.phrases or query.within.author or saved.within.author)
            place = weakest(int((passing & ~fresh).sum()), strict=strict)
            vector = self._question_of(saved)
            ranked = self._ask(saved, place + min(MOST, int((passing & fresh).sum())), vector)
            least = -1.0 if strict else chance(self._near_to(saved, vector)[~fresh], build.pair_similarities)
            shown = tuple(result.paper.id for result in ranked)
            return News(saved, told(ranked, fresh, place, least), shown, self._store.saved.known(self._newest))
        except ExplorerError as error:
            return News(saved, problem=str(error))

    def _question_of(self, saved: Saved) -> NDArray[np.float32] | None:
        """The vector of what was typed, (dimension,); None when only papers were chosen."""
        known = self._store.saved.vector(saved.name, *self._made_with)
        return self.encode(saved.text) if known is None and saved.text else known

    def _ask(self, saved: Saved, k: int, vector: NDArray[np.float32] | None) -> list[Result]:
        if saved.like or saved.unlike:
            return self.similar(
                k=k, like=saved.like, unlike=saved.unlike, text=saved.text, within=saved.within, vector=vector
            )
        return self.search(saved.text, k, within=saved.within, vector=vector)

    def _near_to(self, saved: Saved, vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """The similarity of every paper, (n,), as results have it: to the nearest liked paper, else to the question."""
        vectors = self.current.index.vectors()
        asking = vectors[[self.row(one) for one in saved.like]] if vector is None or saved.like else vector[None, :]
        return np.asarray((vectors @ asking.T).max(axis=1))

    @property
    def _made_with(self) -> tuple[str, str]:
        return self._store.setting("encoder"), self._store.setting("revision")

    @property
    def _newest(self) -> int:
        """Key of the newest paper that can be found: one that an import has read may still wait for its vector."""
        return int(self.current.keys[-1])


def _label(kind: Kind, label: str) -> str:
    name = " ".join(label.split())[:200]
    if kind is Kind.SEEN:
        raise LibraryError("a paper is seen when its card is opened, see Library.see; it is no mark to be set by name")
    if kind is Kind.FOLDER:
        raise LibraryError(f"the folder {name!r} comes from a file; change it there and add the file again")
    if not name:
        raise LibraryError(f"a {kind.value} needs a name")
    return name


def _searched_as(name: str) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        raise LibraryError("a saved search needs a name")
    return name


def now() -> str:
    """The time in UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")
