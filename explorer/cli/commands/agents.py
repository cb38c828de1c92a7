"""Agents: the library as tools of a language model.

Always true: stdout belongs to the protocol; only reading, unless writing is allowed by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer.cli.options import FOLDER, command

if TYPE_CHECKING:
    from explorer.library import Library

_WRITE = "also the tools that change marks, notes and saved searches; without it the library is only read"


@command(FOLDER)
@click.option("--write", is_flag=True, help=_WRITE)
def mcp(folder: Path, write: bool) -> None:
    """Serve the library to an agent over stdin and stdout (Model Context Protocol)."""
    from explorer.library import Library
    from explorer.server.mcp.protocol import serve

    with Library.open(folder, write=False) as library:

        @contextmanager
        def opened() -> Iterator[Library]:
            with library.snapshot.moment():
                yield library

        serve(opened, write=write)
