"""The ladder of errors that users may see.

Each message carries the value, the place and the next step. They are caught at three edges only: the command line,
a page, one record of an import.
"""

from __future__ import annotations

from collections.abc import Sequence


class ExplorerError(Exception):
    """Anything the explorer refuses to do; `str(error)` is a sentence for the user."""


class UnreadableFile(ExplorerError):
    """A file none of the readers can make sense of."""


class LibraryError(ExplorerError):
    """A library folder that is missing, damaged, from a newer version, or busy with another writer."""


class EmptyLibrary(LibraryError):
    """A library without papers: its first import has not written anything yet, or all that were in it are gone."""


class BusyLibrary(LibraryError):
    """A library that another program is writing to at this moment."""


class DamagedLibrary(LibraryError):
    """A library file that does not hold what was written, or an index of it."""


class ReplacedLibrary(LibraryError):
    """An open library whose file was moved, deleted or put in another's place; opened again, it is the new."""


class UnknownTopic(LibraryError):
    """No topic of the map as it is drawn today has this name; `nearest` are labels of those closest to it."""

    def __init__(self, name: str, nearest: Sequence[str]) -> None:
        self.name, self.nearest = name, tuple(nearest)
        close = f"; nearest today: {', '.join(map(repr, nearest))}" if nearest else ""
        super().__init__(
            f"no topic is called {name!r}, or none is since the map was drawn anew{close}; see: explorer topics"
        )


class UnknownPaper(ExplorerError):
    """No paper answers to this id, DOI or title."""


class AmbiguousPaper(ExplorerError):
    """Several papers answer to this part of a title; the message lists them."""


class EmptyDraft(ExplorerError):
    """A text without prose where a draft was wanted."""
