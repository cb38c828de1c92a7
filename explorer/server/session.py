"""The open library of this process, or several, and their language model, which is loaded in the background.

Knows `Library` and threads, neither HTTP nor Streamlit. Always true: a library is opened once, for reading, and never
created here; what lies in its place later is opened then, and nothing keeps the files of before; which of several is
meant, whoever asks says by name (`choice`), and it is the first where nobody does; the model is loaded once, after the
first page was drawn, as only free text needs it.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.encoder import Encoder
from explorer.errors import EmptyLibrary, LibraryError, ReplacedLibrary
from explorer.libraries.libraries import Libraries
from explorer.library import Library
from explorer.library.snapshot import arrays_or_none
from explorer.library.visitors import Visitor
from explorer.server import choice
from explorer.server.access import read_only
from explorer.server.visitor import visitor
from explorer.store import Identity, identity_of
from explorer.text import readable


def library_folder() -> Path:
    """The folder that is shown: $EXPLORER_LIBRARY, or ./library; of several that whose name is chosen."""
    return choice.folder()


def in_public(sentence: str) -> str:
    """What is wrong, for whoever hears it: readers of a library need not know where it lies on this machine."""
    if read_only():
        for folder in choice.folders().values():
            sentence = sentence.replace(str(folder.resolve()), "its folder")
    return sentence


@dataclass(frozen=True)
class _Opened:
    """The open library, which file it is, the encoder, which the next may have, too, and the latest visitors."""

    library: Library
    folder: Path
    file: Identity
    encoder: Encoder
    visitors: OrderedDict[str, Visitor] = field(default_factory=OrderedDict)

    def lies_in(self, folder: Path) -> bool:
        """Whether it is the library that lies in `folder` now."""
        return self.folder == folder and self.file == identity_of(folder)


class _Moment(threading.local):
    """What this thread asks inside a `moment`."""

    opened: _Opened | None = None
    library: Library | None = None


def may_mark() -> bool:
    """Whether who asks may like, hide, note and save: the owner, or a visitor, who has marks of his own."""
    return not read_only() or bool(visitor())


_VISITORS = 64  # that are remembered; the next click of another costs some milliseconds
_TRIES = 5  # of opening a library while others take its place
_opening = threading.Lock()
_moment = _Moment()
_latest: dict[Path, _Opened] = {}  # by folder
_together: OrderedDict[tuple[int, ...], Libraries] = OrderedDict()
_SEARCHED = 4  # as so many visitors have them at once, all libraries are searched without being joined anew


def library() -> Library | None:
    """The open library that is shown, for reading; None while the folder holds none.

    In a `moment` always the same. When the file in the folder is not that any more which was opened, as it was moved,
    deleted or put back from a copy, it is opened.
    """
    if _moment.opened is not None:
        return _moment.library
    opened = _current()
    return _as_seen(opened) if opened else None


def library_of(name: str) -> Library | None:
    """The open library that is called so; None while its folder holds none."""
    opened = _at(choice.folders()[name])
    return _as_seen(opened) if opened else None


def file() -> Identity | None:
    """Which file the open library is; None when there is none."""
    opened = _current()
    return opened.file if opened else None


@contextmanager
def moment() -> Iterator[Library | None]:
    """The library, which stays the same for this thread inside; all that it reads is of a single state."""
    if _moment.opened is not None:
        yield _moment.library
        return
    with ExitStack() as stack:
        _moment.opened, _moment.library = _entered(stack) or (None, None)
        try:
            yield _moment.library
        finally:
            _moment.opened = _moment.library = None


def _current() -> _Opened | None:
    return _moment.opened if _moment.opened is not None else _at(library_folder())


def _at(folder: Path) -> _Opened | None:
    """The library in a folder; those that are shown no more are let go of."""
    if (latest := _latest.get(folder)) is not None and latest.lies_in(folder):
        return latest
    with _opening:
        before, shown = _latest.get(folder) or next(iter(_latest.values()), None), choice.folders().values()
        for path, each in list(_latest.items()):
            if path not in shown or (path == folder and not each.lies_in(folder)):
                del _latest[path]
                _together.clear()  # they hold its arrays
                _let_go(each)
        if folder not in _latest and (opened := _open(folder, before)):
            _latest[folder] = opened
        return _latest.get(folder)


def libraries() -> Libraries:
    """All libraries that there are, together. Raises LibraryError when there are none."""
    opened = [(name, library) for name in choice.folders() if (library := library_of(name))]
    if not opened:
        raise LibraryError("there are no papers in any of the libraries yet; add some: explorer add FILE")
    with _opening:
        which = tuple(id(library) for _, library in opened)
        there = _together.pop(which, None) or Libraries(opened)
        _together[which] = there
        while len(_together) > _SEARCHED:
            _together.popitem(last=False)
        return there


def _open(folder: Path, before: _Opened | None) -> _Opened | None:
    file, opened = identity_of(folder), None
    if file is None:
        return None
    if before is not None:  # another model than that of the library before is no error
        with suppress(LibraryError):
            opened = Library.open(folder, write=False, encoder=before.encoder)
    try:
        opened = opened or Library.open(folder, write=False)
    except EmptyLibrary:
        return None
    if read_only():
        opened.saved.seal()
    return _Opened(opened, folder, file, opened.encoder.current)


def _as_seen(opened: _Opened) -> Library:
    """The library as who asks has it."""
    if not (name := visitor() if read_only() else ""):
        return opened.library
    with _opening:
        there = opened.visitors.pop(name, None) or Visitor(opened.library, name)
        opened.visitors[name] = there
        if len(opened.visitors) > _VISITORS:
            opened.visitors.popitem(last=False)[1].close()
    there.follow()
    return there.library


def _entered(stack: ExitStack) -> tuple[_Opened, Library] | None:
    """The library, and as who asks has it, in a moment that ends with the stack."""
    for _ in range(_TRIES):
        opened = _current()
        if opened is None:
            return None
        with suppress(ReplacedLibrary):  # just now; the next is opened
            library = _as_seen(opened)
            stack.enter_context(library.snapshot.moment())
            with suppress(LibraryError):  # whoever needs the arrays will hear it
                arrays_or_none(library.snapshot)
            return opened, library
    raise ReplacedLibrary(f"the library in {library_folder()} is replaced again and again; try again in a moment")


def _let_go(opened: _Opened) -> None:
    """Close a library in all threads; who is asking it lets go with the answer."""
    for each in opened.visitors.values():
        each.close()
    opened.library.close()
    # A connection of SQLite is part of a cycle, and what there was when the model was loaded is not looked through.
    gc.unfreeze()
    gc.collect()
    if encoder_ready.is_set():
        gc.freeze()


# -------------------------------------------------------------------------------------------------- the language model

_warming = threading.Lock()
encoder_ready = threading.Event()
"""Set once free text is answered without a wait, also when loading failed: the next question then raises the reason."""


def warm(delay: float = 1.5) -> None:
    """Load the encoder in the background, once, `delay` seconds after the first paint."""
    opened = library()
    # An app that starts without papers warms up after its first import, not never.
    if opened is not None and arrays_or_none(opened.snapshot) is not None and _warming.acquire(blocking=False):
        timer = threading.Timer(delay, _load_encoder, [opened])
        timer.daemon = True
        timer.start()


def wait_for_encoder(timeout: float | None = None) -> bool:
    """Load the encoder now and wait, at most `timeout` seconds; whether it is there."""
    warm(0)
    return encoder_ready.wait(timeout)


def _load_encoder(opened: Library) -> None:
    try:
        opened.encoder.encode_query("warm")
        readable(r"$\pi$")
    finally:
        # Streamlit collects all garbage after every run. With a language model in memory that takes 0.2 to 0.3 s, in
        # which no answer leaves the server; what was loaded by now stays anyway, so it need not be looked through.
        gc.collect()
        gc.freeze()
        encoder_ready.set()
