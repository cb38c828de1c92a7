"""Drawings of the map: which there were, and going back to them.

Always true: a drawing that is left can be shown again; papers are never changed here.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from explorer.cli.options import FOLDER, JSON, command, opened
from explorer.cli.tables import print_json, progress, remark
from explorer.errors import LibraryError
from explorer.text import counted


@command(FOLDER, JSON)
@click.option("--undo", is_flag=True, help="go back to the drawing that was shown before the map was drawn anew")
@click.option("--show", "number", type=int, metavar="NUMBER", help="show the drawing with this number again")
def drawings(folder: Path, undo: bool, number: int | None, as_json: bool) -> None:
    """List the last drawings of the map, or go back."""
    if undo and number is not None:
        raise click.UsageError("--undo and --show are two ways; use either")
    if (undo or number is not None) and not (folder / "library.sqlite").is_file():
        raise LibraryError(f"no library in {folder}; make it with: explorer add FILE")
    with opened(folder, write=undo or number is not None) as library:
        if undo or number is not None:
            with progress() as show:
                made = (
                    library.drawings.undo(progress=show)
                    if undo
                    else library.drawings.go_back(number or 0, progress=show)
                )
            remark(f"the map is drawing {made.number} again")
        versions = library.drawings.all()
    if as_json:
        return print_json([asdict(version) for version in versions])
    for version in versions:
        fit = "" if version.fit is None else f", nearest papers near: {version.fit} %"
        seed = f", seed {version.seed}" if version.seed else ""
        when = version.made[:16].replace("T", " ") or "earlier"
        mark = "*" if version.shown else " "
        print(f"{mark} {version.number:4}  {when:16}  {counted(version.papers, 'paper')}{seed}{fit}")
    if not versions:
        remark("none yet; the next drawing of the map is the first: explorer build --redraw")
