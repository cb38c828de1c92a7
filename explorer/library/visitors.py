"""The open library as a visitor has it: the same papers, index and map, with marks and saved searches of his own.

Joins the store of a visitor with the parts of a library. Always true: nobody's marks are in it but his; nothing of the
library itself can be changed through it; vectors and index are in memory once, however many visitors there are.
"""

from __future__ import annotations

from explorer.library.library import Library
from explorer.library.snapshot import share
from explorer.store.visitors import VisitorStore


class Visitor:
    """A visitor of an open library, by his name; `library` is what he sees of it."""

    def __init__(self, opened: Library, name: str) -> None:
        self._store = VisitorStore(opened._store, name)
        self.library = Library(opened.folder, self._store, opened.encoder.current)
        share(self.library.snapshot, opened.snapshot)

    def follow(self) -> None:
        """Take up which papers have become part of others; call it before a moment begins."""
        self._store.follow()

    def close(self) -> None:
        """Let go of his files; the library stays open."""
        self._store.close()
