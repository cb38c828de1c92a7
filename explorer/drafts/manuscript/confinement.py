"""A draft parsed in a process of its own, which may take so much memory and time and no more.

Holds the limits, and how the child is started, watched and ended; `child` is what runs there. Knows no file formats.
Always true: whatever a file does to its parser, the caller gets a manuscript or `UnreadableFile`; no child outlives the
call; at most `_AT_ONCE` run at a time.

On Linux the system's own limit (RLIMIT_AS) ends the child; everywhere the memory in use is watched as well, as macOS
takes that limit without keeping it and Windows has none.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from explorer.drafts.manuscript.citation import Citation, Manuscript
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Source

_ROOT = Path(__file__).parents[3]  # where the package lies
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from explorer.drafts.manuscript.child import main; main()"
_AT_ONCE = threading.BoundedSemaphore(2)  # each may take a gigabyte; a draft takes a second
_POLL = 0.05 if sys.platform.startswith("linux") else 0.25  # seconds; elsewhere each look starts a program
_PASTE = "If it is a draft, save it anew from the program it was written in, or paste its text"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a draft may take. `system`: whether the system keeps the limits, too, or they are only watched."""

    memory: int = 2**30  # bytes: a thesis of 300 pages takes 0.1 GB
    seconds: float = 60.0  # such a thesis takes 3
    system: bool = True


def parsed(
    data: bytes, name: str, folder: Path | None, companions: Mapping[str, bytes], limits: Limits | None = None
) -> Manuscript:
    """The draft in `data`; the files beside it are those of `folder`, or `companions`. Raises UnreadableFile."""
    limits = limits or Limits()
    files = [(name, data), *(companions.items() if folder is None else ())]
    header = {
        "folder": None if folder is None else str(folder.absolute()),
        "files": [(name, len(content)) for name, content in files],
        "limits": asdict(limits),
    }
    request = b"".join([json.dumps(header).encode(), b"\n", *(content for _, content in files)])
    with _AT_ONCE:
        reply = _Child(request, name, limits).reply()
    if "error" in reply:
        raise UnreadableFile(reply["error"])
    return manuscript_of(reply)


def too_much_memory(name: str, limits: Limits) -> str:
    """The sentence for a draft that needs more memory than it may take."""
    return f"{name}: needs more than {_size(limits.memory)} of memory to be read, which no draft does. {_PASTE}"


def _size(size: int) -> str:
    return f"{size >> 30} GB" if size % 2**30 == 0 else f"{size >> 20} MB"


def manuscript_of(values: dict[str, Any]) -> Manuscript:
    """The manuscript whose `dataclasses.asdict` went through JSON."""
    cited = tuple(Citation(entry["key"], _paper(entry["paper"]), entry["text"]) for entry in values["cited"])
    return Manuscript(values["name"], values["text"], cited, values["whole"], tuple(values["notes"]))


def _paper(values: dict[str, Any]) -> Paper:
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Paper(**{**values, **lists, "sources": tuple(Source(**source) for source in values["sources"])})


class _Child:
    """The process that parses a draft."""

    def __init__(self, request: bytes, name: str, limits: Limits) -> None:
        self._request = request
        self._name = name
        self._limits = limits
        self._most = 0  # bytes it was seen to use

    def reply(self) -> dict[str, Any]:
        """What it answers; raises UnreadableFile when it is ended, or ends, without an answer."""
        # Without site (-S), whose files may import anything at all: the paths of this process are taken over instead.
        command = [sys.executable, "-S", "-c", _CODE, str(_ROOT), *filter(None, sys.path)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process:  # fmt: skip
            pipe, process.stdin = process.stdin, None  # `communicate` forgets, once timed out, what it had to write
            writer = threading.Thread(target=_write, args=(pipe, self._request), daemon=True)
            writer.start()
            try:
                answer = self._answer(process)
            finally:
                process.kill()
                writer.join()
        try:
            reply = json.loads(answer)
        except ValueError:
            raise UnreadableFile(self._why(process.returncode)) from None
        return dict(reply)

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes:
        end = time.monotonic() + self._limits.seconds
        while True:
            with suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=_POLL)[0]
            self._most = max(self._most, _memory(process))
            if self._most > self._limits.memory:
                raise UnreadableFile(too_much_memory(self._name, self._limits))
            if time.monotonic() > end:
                raise UnreadableFile(
                    f"{self._name}: takes longer than {self._limits.seconds:g} seconds to be read, which no draft "
                    f"does. {_PASTE}"
                )

    def _why(self, code: int) -> str:
        if self._most > 0.6 * self._limits.memory:  # PDFium ends its process where it gets no memory
            return too_much_memory(self._name, self._limits)
        how = signal.Signals(-code).name if code < 0 and -code in list(signal.Signals) else f"exit code {code}"
        return (
            f"{self._name}: is damaged, or needs too much memory: the program that reads it broke off ({how}). {_PASTE}"
        )


def _write(pipe: IO[bytes] | None, data: bytes) -> None:
    assert pipe is not None
    with suppress(OSError), pipe:  # a process that was ended reads no more
        pipe.write(data)


def _memory(process: subprocess.Popen[bytes]) -> int:
    """Bytes of memory that a process uses; 0 when it has ended or the system does not tell."""
    try:
        if sys.platform == "win32":
            return _memory_on_windows(int(process._handle))
        if sys.platform.startswith("linux"):
            resident = Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1]
            return int(resident) * os.sysconf("SC_PAGE_SIZE")
        command = ["ps", "-o", "rss=", "-p", str(process.pid)]
        return 1024 * int(subprocess.run(command, capture_output=True, check=True).stdout)
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return 0


if sys.platform == "win32":

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS: its size, page faults, then sizes, of which the second is the working set."""

        _fields_ = (("size", ctypes.c_uint32), ("faults", ctypes.c_uint32), ("sizes", ctypes.c_size_t * 8))

    def _memory_on_windows(handle: int) -> int:
        counters = _Counters(size=ctypes.sizeof(_Counters))
        ctypes.windll.kernel32.K32GetProcessMemoryInfo(ctypes.c_void_p(handle), ctypes.byref(counters), counters.size)
        return int(counters.sizes[1])
