"""The open library of this process, and its language model, which is loaded in the background.

Knows `Library` and threads, neither HTTP nor Streamlit. Always true: the library is opened once, for reading, and never
created here; the model is loaded once, after the first page was drawn, as only free text needs it.
"""

from __future__ import annotations

import gc
import os
import threading
from functools import cache
from pathlib import Path

from explorer.errors import EmptyLibrary
from explorer.library import Library
from explorer.store import FILE
from explorer.text import readable


def library_folder() -> Path:
    """The folder the app shows: $EXPLORER_LIBRARY, or ./library."""
    return Path(os.environ.get("EXPLORER_LIBRARY", "library"))


def library() -> Library | None:
    """The one open library of this process, for reading; None while the folder holds none."""
    folder = library_folder()
    try:
        return _opened(folder) if (folder / FILE).is_file() else None
    except EmptyLibrary:
        return None


@cache
def _opened(folder: Path) -> Library:
    return Library.open(folder, write=False)


# -------------------------------------------------------------------------------------------------- the language model

_warming = threading.Lock()
encoder_ready = threading.Event()
"""Set once free text is answered without a wait, also when loading failed: the next question then raises the reason."""


def warm(delay: float = 1.5) -> None:
    """Load the encoder in the background, once, `delay` seconds after the first paint."""
    opened = library()
    # An app that starts without papers warms up after its first import, not never.
    if opened is not None and opened.snapshot.version and _warming.acquire(blocking=False):
        timer = threading.Timer(delay, _load_encoder)
        timer.daemon = True
        timer.start()


def wait_for_encoder(timeout: float | None = None) -> bool:
    """Load the encoder now and wait, at most `timeout` seconds; whether it is there."""
    warm(0)
    return encoder_ready.wait(timeout)


def _load_encoder() -> None:
    try:
        if opened := library():
            opened.encoder.encode_query("warm")
            readable(r"$\pi$")
    finally:
        # Streamlit collects all garbage after every run. With a language model in memory that takes 0.2 to 0.3 s, in
        # which no answer leaves the server; what was loaded by now stays anyway, so it need not be looked through.
        gc.collect()
        gc.freeze()
        encoder_ready.set()
