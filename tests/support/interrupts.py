"""Ctrl-C in the middle of something."""

import os
import signal
import threading
from contextlib import contextmanager

from explorer import interruption


@contextmanager
def interrupted(after: float = 0.2):
    """Press Ctrl-C so many seconds after `with`, whatever this thread does then; it comes as to a command."""
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    with interruption.heard(signal.SIGINT):
        timer.start()
        try:
            yield
        finally:
            timer.join()
