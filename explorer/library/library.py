"""Library: a folder of papers and the verbs on it. The only stateful object.

Its parts hold the rest: `snapshot` (what can be read), `marks`, `saved` searches, `records` (what files said) and
`drafts`. Always true: reading never writes; slow work happens only in `add`, `build` and `redraw` and what
calls them by name; what those have stored survives a kill, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import DEFAULT_MODEL, Encoder, encoder_named
from explorer.errors import LibraryError
from explorer.filter import Filter
from explorer.library.builder import Builder, quiet
from explorer.library.drafts import LibraryDrafts
from explorer.library.drawings import LibraryDrawings
from explorer.library.encoder import LibraryEncoder
from explorer.library.imports import Importer, readable
from explorer.library.marks import LibraryMarks
from explorer.library.notices import LibraryNotices
from explorer.library.records import LibraryRecords
from explorer.library.regions import LibraryRegions
from explorer.library.report import Progress, Report
from explorer.library.saved import LibrarySaved
from explorer.library.search import LibrarySearch
from explorer.library.snapshot import CurrentSnapshot, release
from explorer.map.topics import Topics
from explorer.paper import Paper
from explorer.search.answer import Answer, Result
from explorer.search.examples import NOTHING_WANTED
from explorer.search.question import Question
from explorer.store import Store

if TYPE_CHECKING:  # a question needs none of these
    from explorer.drafts.references import Work
    from explorer.drafts.suggestions import Suggestions
    from explorer.explain.why import Explanation


class Library:
    """A folder of papers. `Library.open` makes one; use it in a `with` block or call `close`."""

    def __init__(self, folder: Path, store: Store, encoder: Encoder) -> None:
        self.folder = folder
        self._store = store
        self.encoder = LibraryEncoder(store, encoder)
        self.snapshot = CurrentSnapshot(folder, store)
        self._search = LibrarySearch(store, self.snapshot, self.encoder)
        self.marks = LibraryMarks(store, self.snapshot)
        self.saved = LibrarySaved(store, self.snapshot, self._search, self.encoder)
        self.drafts = LibraryDrafts(store, self.snapshot, self._search, self.encoder)
        self.notices = LibraryNotices(store)
        self.regions = LibraryRegions(store, self.snapshot)
        self._builder = Builder(folder, store, self.encoder, self.saved)
        self.drawings = LibraryDrawings(store, self._builder.show)
        self.records = LibraryRecords(store, self.snapshot, self.encoder, self._builder.build)

    @classmethod
    def open(
        cls, folder: str | Path, *, write: bool = True, encoder: Encoder | None = None, model: str = ""
    ) -> Library:
        """The library in `folder`, created when missing; with `write=False` it must exist and is never changed.

        The encoder is the one the library was made with, else `encoder`, else the sentence-transformers model called
        `model`, else the bundled one. Raises LibraryError when it is missing, damaged, being written to, or was made
        with another model than the one asked for.
        """
        folder = Path(folder)
        store = Store.open(folder, write=write)
        try:
            made_with = store.setting("encoder")
            wanted = encoder.name if encoder else model
            if made_with and wanted and made_with != wanted:
                raise LibraryError(
                    f"the library in {folder} was made with the model {made_with}, not {wanted}; leave out --model, or "
                    "add the files to another --library"
                )
            return cls(folder, store, encoder or encoder_named(made_with or model or DEFAULT_MODEL))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the files and of the writer's lock."""
        self._store.close()
        release(self.snapshot)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------ slow verbs

    def add(
        self,
        *files: str | Path | Iterable[Paper],
        columns: Mapping[str, str] | None = None,
        sync: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Read files (or papers), merge what is known, embed what is new, and bring index and map up to date.

        A record read before is updated. `columns` says which column of a table holds a field ({"abstract": "AB"}).
        With `sync`, what these files gave earlier and do not hold any more is removed, unless some of their records
        could not be read. With `dry_run`, nothing is changed; the report says what would be. A file that cannot be read
        costs no other: it is a `Problem` and among `unread`. Raises UnreadableFile, before anything is written, when
        none of the files can be read. A bad record becomes a `Problem` of the report, and stays in the library's list
        of imports. Of a large import, readers find by words what is read, and by meaning what is embedded so far
        (`Answer.coverage`).
        """
        sources, unread = readable(files, columns)
        importer = Importer(self._store, unread)
        if dry_run:
            return importer.trial(sources, progress or quiet, sync=sync)
        self.encoder.settle()  # a model that cannot be had fails here, before anything is written
        report = importer.run(sources, progress or quiet, sync=sync, committed=self._builder.lister(progress or quiet))
        self.build(progress=progress)
        return report

    def build(self, *, progress: Progress | None = None) -> None:
        """Embed what has no vector yet, then bring index, map and topics up to date; does nothing when they are."""
        self._builder.build(progress)

    def redraw(self, seed: int = 0, *, progress: Progress | None = None) -> None:
        """Draw the map and find the topics anew, beginning with the places of now; with a `seed`, from nothing."""
        self._builder.redraw(seed, progress)

    # ----------------------------------------------------------------------------------------------------- asking

    def ask(self, question: Question, k: int = 10) -> Answer:
        """The answer to a question: the `k` best papers by meaning and words, best first, and how sure they are.

        The text may hold "exact phrases", AND, OR, NOT, brackets, -words to leave out, prefix* and fields (author:,
        title:, year:, venue:, topic:, in:, tag:, file:, doi:, is:), see `explorer.search.parse`. Liked papers of
        interests truly apart take turns; the similarity of a result is that to the nearest liked paper. Near-copies of
        a better result are its `copies`. Raises BadQuery when the text does not parse, UnknownPaper for an id that is
        not there, LibraryError for a paper liked and unliked.
        """
        return self._search.ask(question, k)

    def search(self, text: str, k: int = 10, *, within: Filter | None = None) -> list[Result]:
        """The `k` best papers for a question, a sentence or a pasted abstract, best first; `ask` says how sure."""
        return list(self.ask(Question(text, within=within or Filter()), k).results)

    def similar(
        self,
        name: str | None = None,
        k: int = 10,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        text: str = "",
        within: Filter | None = None,
    ) -> list[Result]:
        """The `k` papers most similar to a paper, or to a mix of liked papers and a text, less like unliked ones.

        `name`, `like` and `unlike` are papers by id, DOI or title; none of them is among the results. Raises as `ask`,
        and LibraryError when nothing is liked or written.
        """
        liked, unliked = map(self.snapshot.ids, ([*filter(None, [name]), *like], unlike))
        if not (liked or unliked or text.strip()):
            raise LibraryError(NOTHING_WANTED)
        return list(self.ask(Question(text, liked, unliked, within or Filter()), k).results)

    def explain(self, name: str, other: str = "", *, text: str | None = None) -> Explanation:
        """Why a paper is close to another paper or to a text, see `explorer.explain`; raises as `snapshot.paper` does.

        Loads the model on first use; only the sentences of these two are encoded.
        """
        from explorer.library import explanations

        with self.snapshot.moment():
            if text is not None:
                return explanations.explain_query(self.snapshot, self.encoder, self._store, text, name)
            return explanations.explain_papers(self.snapshot, self.encoder, name, other)

    def missing(
        self, text: str, cited: Iterable[Work] = (), k: int = 20, *, within: Filter | None = None
    ) -> Suggestions:
        """The `k` papers nearest to a draft that it does not cite, best first, see `drafts.missing`."""
        return self.drafts.missing(text, cited, k, within=within)

    @property
    def map(self) -> NDArray[np.float32]:
        """The place of each paper, (n, 2) float32, in the order of `snapshot.papers()`; NaN while it has no vector."""
        return self.snapshot.arrays.positions

    @property
    def topics(self) -> Topics:
        """The topics, finest level first, in the order of `snapshot.papers()`."""
        return self.snapshot.arrays.topics
