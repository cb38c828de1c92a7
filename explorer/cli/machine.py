"""What a machine has that Explorer needs: processor, memory, model, library folder, port, and a browser that draws.

Knows the machine and the model's files, no papers. Always true: nothing on the machine is changed but a file that is
gone again; what is wrong comes with the cure; each look is made when its turn comes, so the first are seen at once.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import unquote

from explorer import __version__
from explorer.errors import ExplorerError
from explorer.server.access import HERE
from explorer.ui import check_free

_TRIED = ((3, 11), (3, 13))  # versions of Python, the first and the last, that the tests are run with
_LEAST = 2 << 30  # bytes of free space: the base of some 300,000 papers
_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16")
_SOFTWARE = r"swiftshader|llvmpipe|softpipe|basic render"
_PATIENCE = 30.0  # seconds for a browser to open a page
_PAGE = b"""<!doctype html><meta charset="utf-8"><title>Explorer: can this browser draw the map?</title>
<body style="font: 16px sans-serif; margin: 3em"><script>
const gl = document.createElement("canvas").getContext("webgl2"), more = gl?.getExtension("WEBGL_debug_renderer_info");
const words = gl ? String(gl.getParameter(more ? more.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : "";
fetch("/renderer?" + encodeURIComponent(words)).then(() => {
  document.body.append(words ? `WebGL2 by ${words}. ` : "No WebGL2 here. ", "You can close this page.");
});
</script>"""


class Verdict(StrEnum):
    """How a finding is meant."""

    FINE = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was seen of a `subject`, and for what is not as it should be the `cure`."""

    subject: str
    words: str
    verdict: Verdict = Verdict.FINE
    cure: str = ""


def examine(folder: Path, port: int, *, browser: bool = False) -> Iterator[Finding]:
    """The findings in turn; a `browser` is opened only by wish."""
    yield _python()
    yield Finding("explorer", f"{__version__}, in {Path(__file__).parents[1]}")
    yield _processor()
    yield _memory()
    yield _model()
    yield _torch()
    yield _folder(folder)
    yield _port(port)
    if browser:
        yield _browser()


def _python() -> Finding:
    words, (first, last) = f"{platform.python_version()} on {platform.platform()}", _TRIED
    if first <= sys.version_info[:2] <= last:
        return Finding("python", words)
    tried = " to ".join(".".join(map(str, version)) for version in _TRIED)
    return Finding("python", words, Verdict.NOTE, f"Explorer is tested with Python {tried}")


def _processor() -> Finding:
    from embeddings.processor import flags, half_precision

    has = [flag for flag in _FLAGS if flag in flags()]
    how = "half precision, in hardware" if half_precision() else "single precision"
    which = f"with {', '.join(has)}" if has else "whose abilities this system does not list"
    return Finding("processor", f"{platform.machine()}, {os.cpu_count()} cores {which}: papers are embedded in {how}")


def _memory() -> Finding:
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return Finding("memory", "not listed by this system", Verdict.NOTE)
    words = f"{whole / 2**30:.1f} GiB"
    if whole >= 4 << 30:
        return Finding("memory", words)
    return Finding("memory", words, Verdict.NOTE, "close programs while papers are added")


def _model() -> Finding:
    from embeddings import bundled
    from embeddings.encoder import BundledEncoder, EncoderError

    try:
        encoder = BundledEncoder()
        encoder.encode_query("a question")
        start = time.perf_counter()
        encoder.encode_query("another question about papers")
    except EncoderError as error:
        reason, _, cure = str(error).partition("; ")
        return Finding("model", reason, Verdict.WRONG, cure)
    took = 1000 * (time.perf_counter() - start)
    words = f"{bundled.NAME}, sha256 {bundled.SHA256[:12]}… as published; reads a question in {took:.0f} ms"
    return Finding("model", words)


def _torch() -> Finding:
    from embeddings.packed import accelerator

    try:
        version, device = accelerator()
    except (ImportError, OSError) as error:  # a library of torch that cannot be loaded
        cure = "pip install --force-reinstall torch==2.13.0; questions are answered without it, papers cannot be added"
        return Finding("torch", f"cannot be loaded: {error}", Verdict.WRONG, cure)
    return Finding("torch", f"{version}, {device or 'no GPU: none is needed'}")


def _folder(folder: Path) -> Finding:
    place = folder if folder.is_dir() else next(parent for parent in folder.absolute().parents if parent.is_dir())
    there = "the library" if (folder / "library.sqlite").is_file() else "no library yet"
    free = shutil.disk_usage(place).free
    words = f"{folder.absolute()}: {there}, {free / 2**30:.1f} GiB free"
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"\0")
    except OSError as error:
        cure = f"nothing can be written there ({error.strerror}); use another --library"
        return Finding("library", words, Verdict.WRONG, cure)
    if free < _LEAST:
        return Finding("library", words, Verdict.NOTE, "make room before many papers are added")
    return Finding("library", words)


def _port(port: int) -> Finding:
    try:
        check_free(HERE, port)
    except ExplorerError:
        cure = f"that may be the app; else: explorer app --port {port + 1}"
        return Finding("port", f"{port} is used by a program", Verdict.NOTE, cure)
    return Finding("port", f"{port} is free")


def _browser() -> Finding:
    """What the user's browser says of WebGL2, on a page of its own."""
    renderers = list[str]()
    ended = threading.Event()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, words = self.path.partition("?")
            self.send_response(200 if path in ("/", "/renderer") else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(_PAGE if path == "/" else b"")
            if path == "/renderer":
                renderers.append("".join(letter for letter in unquote(words)[:200] if letter.isprintable()))
                ended.set()

        def log_message(self, *_: object) -> None:
            """Silent: the findings follow at the end."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened = webbrowser.open(f"http://127.0.0.1:{server.server_port}/")
        ended.wait(_PATIENCE if opened else 0)
        server.shutdown()
    if not renderers:
        return Finding(
            "browser", "none opened a page", Verdict.NOTE, "open the address that explorer app says yourself"
        )
    if not renderers[0]:
        cure = "the map is drawn without it, slower; look for hardware acceleration in the browser's settings"
        return Finding("browser", "no WebGL2", Verdict.NOTE, cure)
    if re.search(_SOFTWARE, renderers[0], re.IGNORECASE):
        cure = "that is software: the map moves slower than on a GPU; look for hardware acceleration in its settings"
        return Finding("browser", f"WebGL2 by {renderers[0]}", Verdict.NOTE, cure)
    return Finding("browser", f"WebGL2 by {renderers[0]}")
