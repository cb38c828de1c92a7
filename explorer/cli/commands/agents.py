"""Agents: the library as tools of a language model.

Always true: stdout belongs to the protocol; only reading, unless writing is allowed by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from explorer.cli.options import FOLDERS, Folders, command
from explorer.errors import LibraryError

if TYPE_CHECKING:
    from explorer.library import Library

_WRITE = "also the tools that change marks, notes and saved searches; without it the library is only read"


@command(FOLDERS)
@click.option("--write", is_flag=True, help=_WRITE)
def mcp(folders: Folders, write: bool) -> None:
    """Serve the library, or several, to an agent over stdin and stdout (Model Context Protocol)."""
    from explorer.library import Library
    from explorer.server import choice, session
    from explorer.server.mcp.protocol import serve

    if len(folders) > 1:
        missing = [folder for folder in folders if not (folder / "library.sqlite").is_file()]
        if missing:
            raise LibraryError(f"no library in {missing[0]}; it is made by: explorer add FILE --library {missing[0]}")
        choice.show(folders)
        return serve(session.moment, write=write)
    with Library.open(folders[0], write=False) as library:

        @contextmanager
        def opened() -> Iterator[Library]:
            with library.snapshot.moment():
                yield library

        serve(opened, write=write)
