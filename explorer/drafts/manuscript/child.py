"""The process in which a draft is parsed: a request on stdin, the manuscript as JSON on stdout.

Knows its limits and the kinds of files, nothing of who asks. Always true: it opens no file but those beside
the draft, loads neither torch nor numpy, and prints a JSON object: a manuscript, or an `error` for the user.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.drafts.manuscript import kinds
from explorer.drafts.manuscript.confinement import Limits, too_much_memory
from explorer.errors import UnreadableFile


def main() -> None:
    """Answer the request."""
    answer = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no part of the answer
    header = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**header["limits"])
    if limits.system:
        _limit(limits)
    reply = _reply(header, limits)
    with os.fdopen(answer, "wb") as out:
        out.write(json.dumps(reply).encode("ascii"))


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(limits.seconds) + 1
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # macOS refuses some
            resource.setrlimit(kind, (most, most))


def _reply(header: dict[str, Any], limits: Limits) -> dict[str, Any]:
    name = header["files"][0][0]
    try:
        files = [(name, sys.stdin.buffer.read(size)) for name, size in header["files"]]
        folder = None if header["folder"] is None else Path(header["folder"])
        companions = kinds.Companions(folder, dict(files[1:]))
        return asdict(kinds.manuscript(files[0][1], name, companions))
    except UnreadableFile as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": too_much_memory(name, limits)}
    except RecursionError:
        return {"error": f"{name}: is nested too deep to be read. Save it anew, or paste its text"}
