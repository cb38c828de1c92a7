"""A format that is recognised by how its files begin, whatever their names: what begins it and what reads it, as data.

Holds `FormatReader`, which is one of `registry.Reader`. Knows no format by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.paper import Paper, Problem
from explorer.readers.io.stream import Stream


@dataclass(frozen=True)
class FormatReader:
    """The reader of one format: its name, what people call it, how its files begin, and what gives their records."""

    name: str
    label: str
    suffixes: tuple[str, ...]
    begins: Callable[[str], object]
    read: Callable[[Stream], Iterator[Paper | Problem]]

    def recognises(self, name: str, head: str) -> bool:
        """Whether the head is of this format; the name tells nothing, for WoS text is often named `.ris`."""
        return bool(self.begins(head))
