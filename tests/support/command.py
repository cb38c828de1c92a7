"""The command line, run in this process with its own folder, stdin, stdout and stderr. No test stands here.

Always true: the real model is loaded once for all commands, while a process of its own would load it each time.
"""

from __future__ import annotations

import io
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from embeddings.encoder import BundledEncoder
from explorer.cli.main import main

_loaded_once = cache(BundledEncoder)


@dataclass(frozen=True)
class Ended:
    """What a program sees of a command: its exit code and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def explorer(*arguments: object, cwd: Path | str | None = None, stdin: str | None = None) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO((stdin or "").encode()), encoding="utf-8")
    with (
        chdir(cwd or "."),
        patch("sys.stdin", given),
        patch("embeddings.encoder.BundledEncoder", _loaded_once),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = main([str(argument) for argument in arguments])
    return Ended(code, out.getvalue(), err.getvalue())
