"""What libraries that are open together are called: the name of the folder, with those above it where need be.

Knows paths only. Always true: names differ also where case does not count, none is ALL; the name of a library does not
depend on the order in which they are opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from explorer.errors import LibraryError

ALL = "all"
"""What stands for all libraries together where a name is wanted."""


def names_of(folders: Sequence[Path]) -> tuple[str, ...]:
    """A short name for the library in each of `folders`, all different. Raises LibraryError for a folder twice."""
    resolved = [folder.resolve() for folder in folders]
    if twice := [str(folder) for folder, count in Counter(resolved).items() if count > 1]:
        raise LibraryError(f"--library {twice[0]} stands twice; name each library once")
    names = [_name(folder, 1) for folder in resolved]
    for length in range(2, 1 + max((len(folder.parts) for folder in resolved), default=1)):
        counts = Counter(map(str.casefold, names))
        same = [counts[name.casefold()] > 1 or name.casefold() == ALL for name in names]
        names = [
            _name(folder, length) if again else name for folder, name, again in zip(resolved, names, same, strict=True)
        ]
    return tuple(names)


def _name(folder: Path, length: int) -> str:
    """The last `length` parts of a path."""
    return "/".join(folder.parts[-length:]).lstrip("/") or str(folder)
