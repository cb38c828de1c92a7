"""Watching: files and folders are read again whenever they change, and the news of saved searches are written.

Always true: the library is open for writing only while files are read, so the app can change it in between; a file of
news is whole at any moment; Ctrl-C ends the watch and nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explorer import interruption
from explorer.cli.options import FILE, FOLDER, PATH, Texts, command, opened, positive
from explorer.cli.tables import print_problems, progress, remark
from explorer.errors import BusyLibrary, LibraryError, UnreadableFile

if TYPE_CHECKING:
    from explorer.search.news import News

_AGAIN = 5  # seconds until a library that another program writes to is tried again
_SHOWN = 3  # problems on the screen


@command(FOLDER)
@click.argument(
    "files", nargs=-1, required=True, type=FILE, metavar="FILE...", help="a file, a folder, a Zotero data folder"
)
@click.option("--news", type=PATH, metavar="FILE", help="write what is new in saved searches there: .md or .json")
@click.option("--every", type=positive, metavar="SECONDS", help="look so often, where drives tell of no changes")
def watch(folder: Path, files: Texts, news: Path | None, every: int | None) -> None:
    """Read files again whenever they change, until Ctrl-C."""
    from explorer.cli.watcher import Watcher

    paths = [Path(file).absolute() for file in files]
    _check(paths, folder, news)
    with interruption.heard(signal.SIGINT, signal.SIGTERM), Watcher(paths, every or 0) as watcher:
        try:
            remark(f"watching {', '.join(map(str, paths))}; Ctrl-C ends it")
            while not interruption.wanted():
                changed = watcher.changed()
                while changed and not _read(folder, changed, news) and not interruption.wanted():
                    time.sleep(_AGAIN)
        except KeyboardInterrupt:
            interruption.forget()
        remark("the watch has ended; what was read stays")


def _check(paths: Sequence[Path], folder: Path, news: Path | None) -> None:
    for path in paths:
        if not path.exists():
            raise LibraryError(f"there is nothing at {path} to watch; give a file or folder that is there")
        if folder.absolute().is_relative_to(path):
            raise LibraryError(
                f"the library {folder} lies in {path}: each change of it would be read again. Take another --library"
            )
        if news is not None and news.absolute().is_relative_to(path):
            raise LibraryError(
                f"the news {news} lie in {path}: each writing of them would be read again. Take another place"
            )
    if news is not None and news.suffix not in (".md", ".json"):
        raise click.BadParameter(f"{str(news)!r} is neither .md nor .json", param_hint="--news")


def _read(folder: Path, changed: Sequence[Path], news: Path | None) -> bool:
    """Read the files and write the news; False while another program writes to the library."""
    from explorer.search.news import headline

    try:
        with opened(folder, write=True) as library, progress() as show:
            report = library.add(*changed, progress=show)
            searches = library.saved.news()
            if news is not None:
                _write([search for search in searches if search.papers], news)
    except UnreadableFile as error:  # another look after its next change
        remark(str(error))
        return True
    except BusyLibrary:
        return False
    names = ", ".join(path.name for path in changed)
    print(f"{datetime.now():%Y-%m-%d %H:%M}  {names}: {report.words}", flush=True)
    print_problems(report.problems, _SHOWN)
    if words := headline(searches):
        remark(f"{words}; see: explorer news")
    return True


def _write(fresh: list[News], file: Path) -> None:
    from explorer.export.news import markdown
    from explorer.export.shapes import of_news

    text = (
        markdown(fresh) if file.suffix == ".md" else json.dumps(list(map(of_news, fresh)), ensure_ascii=False, indent=1)
    )
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", errors="backslashreplace")
    beside.replace(file)
