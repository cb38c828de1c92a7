"""The ladder of errors that users may see.

Each message carries the value, the place and the next step. They are caught at three edges only: the command line,
a page, one record of an import.
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Anything the explorer refuses to do; `str(error)` is a sentence for the user."""


class UnreadableFile(ExplorerError):
    """A file none of the readers can make sense of."""


class LibraryError(ExplorerError):
    """A library folder that is missing, damaged, from a newer version, or busy with another writer."""


class EmptyLibrary(LibraryError):
    """A library that holds nothing yet: its first import has not written anything."""


class UnknownPaper(ExplorerError):
    """No paper answers to this id, DOI or title."""


class AmbiguousPaper(ExplorerError):
    """Several papers answer to this part of a title; the message lists them."""


class EmptyDraft(ExplorerError):
    """A text without prose where a draft was wanted."""
