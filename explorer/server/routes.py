"""HTTP routes beside the app: map data as binary, the components' scripts, and the same queries as JSON.

Knows Starlette and `Library`, not Streamlit. Always true: reads only; a path that holds a version or a digest is
immutable and may be cached for ever; answers go to local hosts only (`MIDDLEWARE`).
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.errors import EmptyLibrary, ExplorerError
from explorer.export.shapes import of_answer, of_explanation
from explorer.library import Library
from explorer.search.answer import Answer
from explorer.store import FILE, Filter
from explorer.text import readable

# A page on another site could reach a local server through a name of its own (DNS rebinding); it sends that name.
MIDDLEWARE = [Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])]
TITLES = 256  # titles in one answer: one hover fetches its surroundings in about 20 KB
_MAGIC = 0x4D415032  # "MAP2": raise the digit with every change of the blocks, data.js holds the same number
_NO_TOPIC = 65535
# Streamlit compresses every answer anew unless told that it is encoded already; these are small and local.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "identity"}


# ------------------------------------------------------------------------------------------------ the library


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


_warming = threading.Lock()
encoder_ready = threading.Event()
"""Set once free text is answered without a wait."""


def warm(delay: float = 1.5) -> None:
    """Load the encoder in the background, once, some seconds after the first paint: only free text needs it.

    `encoder_ready` is set when it is there, also when it failed: the next question then raises the reason.
    """
    opened = library()
    # An app that starts without papers warms up after its first import, not never.
    if opened is not None and opened.version and _warming.acquire(blocking=False):
        timer = threading.Timer(delay, _load_encoder)
        timer.daemon = True
        timer.start()


def _load_encoder() -> None:
    try:
        if opened := library():
            opened.encode("warm")
            readable(r"$\pi$")
    finally:
        # Streamlit collects all garbage after every run. With a language model in memory that takes 0.2 to 0.3 s, in
        # which no answer leaves the server; what was loaded by now stays anyway, so it need not be looked through.
        gc.collect()
        gc.freeze()
        encoder_ready.set()


# ------------------------------------------------------------------------------- arrays made for one answer only


class _Published:
    """The last few byte strings that pages refer to by their digest."""

    def __init__(self, keep: int = 64) -> None:
        self._keep = keep
        self._data: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()[:24]
        with self._lock:
            self._data[digest] = data
            self._data.move_to_end(digest)
            while len(self._data) > self._keep:
                self._data.popitem(last=False)
        return digest

    def get(self, digest: str) -> bytes | None:
        with self._lock:
            return self._data.get(digest)


_published = _Published()


def publish(values: np.ndarray) -> str:
    """Path under which the browser finds `values` (n,) as uint8, so that a rerun carries only this path."""
    return f"explorer/values/{_published.put(np.ascontiguousarray(values, dtype=np.uint8).tobytes())}"


def _values(request: Request) -> Response:
    data = _published.get(request.path_params["digest"])
    return _error(404, "no longer here; run the query again") if data is None else _binary(data)


# ---------------------------------------------------------------------------------------------------- the map


def _points(request: Request, opened: Library) -> Response:
    return _binary(points(opened))


def points(opened: Library) -> bytes:
    """Places, years, topics and flags of all papers: little endian, every block padded to four bytes.

    uint32 magic, n, levels, 0; float32 x, y interleaved; int16 years (0 unknown); a uint16 block a level, finest first;
    uint8 flags (1: the place is provisional).
    """
    build = opened.current
    levels = build.topics.levels
    blocks = [
        struct.pack("<4I", _MAGIC, len(build.keys), len(levels), 0),
        build.positions.astype("<f4").tobytes(),
        _padded(opened.years().astype("<i2").tobytes()),
    ]
    blocks += [
        _padded(np.where(level.assignment < 0, _NO_TOPIC, level.assignment).astype("<u2").tobytes()) for level in levels
    ]
    blocks.append(_padded((~build.drawn).astype(np.uint8).tobytes()))
    return b"".join(blocks)


def _padded(block: bytes) -> bytes:
    return block + b"\0" * (-len(block) % 4)


def _topics(request: Request, opened: Library) -> Response:
    return JSONResponse({"levels": topic_places(opened)}, headers=_FOR_EVER)


def topic_places(opened: Library) -> list[dict[str, object]]:
    """Topics with label, size and place (the median of their papers) on the map, finest level first."""
    build = opened.current
    levels: list[dict[str, object]] = []
    for level in build.topics.levels:
        topics = []
        for number, label in enumerate(level.labels):
            inside = build.positions[level.assignment == number]
            if not len(inside):
                continue  # all its papers were removed
            x, y = np.median(inside, axis=0)
            parent = level.parents[number] if level.parents else None
            topics.append(
                {"id": number, "label": label, "x": float(x), "y": float(y), "size": len(inside), "parent": parent}
            )
        levels.append({"topics": topics})
    return levels


def _titles(request: Request, opened: Library) -> Response:
    start = int(request.path_params["chunk"]) * TITLES
    rows = range(start, min(start + TITLES, len(opened.current.keys)))
    titles = [{"id": p.id, "title": p.heading, "year": p.year} for p in opened.papers(rows)]
    return JSONResponse(titles, headers=_FOR_EVER)


def _of_map(answer: Callable[[Request, Library], Response]) -> Callable[[Request], Response]:
    """A route below an edition of the map: gone when the library has moved on, so that no cache mixes two maps."""

    def route(request: Request) -> Response:
        opened = library()
        if opened is None or request.path_params["edition"] != opened.edition:
            return _error(404, "this map has been replaced; reload the page")
        return answer(request, opened)

    return route


# ------------------------------------------------------------------------------------------------------ queries


def _query(ask: Callable[[Library, QueryParams, int, Filter], Answer]) -> Callable[[Request], Response]:
    def route(request: Request) -> Response:
        opened = library()
        if opened is None:
            return _error(404, f"no library in {library_folder()}")
        try:
            asked = request.query_params
            k = max(1, min(int(asked.get("k", "10")), 1000))
            years = tuple(int(asked[name]) if asked.get(name) else None for name in ("from", "to"))
            if any(year is not None and not 0 <= year <= 9999 for year in years):
                raise ValueError(f"no year: {asked.get('from', '')}..{asked.get('to', '')}")
            names = ("author", "venue", "topic", "source", "collection", "tag")
            within = Filter((years[0], years[1]), *(asked.get(name, "") for name in names))
            return JSONResponse(of_answer(ask(opened, asked, k, within)))
        except ValueError as error:
            return _error(400, str(error))
        except ExplorerError as error:
            return _error(404, str(error))

    return route


def _search(opened: Library, asked: QueryParams, k: int, within: Filter) -> Answer:
    return opened.ask(asked.get("q", ""), k, within=within)


def _similar(opened: Library, asked: QueryParams, k: int, within: Filter) -> Answer:
    """`q`, as well as each `like`, is a liked paper."""
    liked = [name for name in (asked.get("q", ""), *asked.getlist("like")) if name]
    unliked, text = asked.getlist("unlike"), asked.get("text", "")
    return opened.ask_like(k=k, like=liked, unlike=unliked, text=text, within=within)


_LOADING = 60.0  # seconds to wait for the language model: a cold disk takes 15


def _why(one: str) -> Callable[[Request], Response]:
    """A route that explains paper `b` to a paper (`one` is "a") or to a question (`one` is "q")."""

    def route(request: Request) -> Response:
        opened = library()
        if opened is None:
            return _error(404, f"no library in {library_folder()}")
        asked, name = (request.query_params.get(key, "").strip() for key in (one, "b"))
        if not asked or not name:
            return _error(400, f"an explanation needs {one}= and b=")
        warm(0)
        if not encoder_ready.wait(_LOADING):
            return _error(503, "the language model is still loading; try again")
        try:
            return JSONResponse(_explained(opened, opened.edition, one == "q", asked, name))
        except ExplorerError as error:
            return _error(404, str(error))

    return route


@lru_cache(maxsize=512)  # of some 3 KB
def _explained(opened: Library, edition: str, question: bool, asked: str, name: str) -> dict[str, object]:
    return of_explanation(opened.why(asked, name) if question else opened.explain(asked, name))


# ------------------------------------------------------------------------------------------------------- routes


@cache
def script_path(folder: str) -> str:
    """Path of the script `folder`.js of a component; scripts it imports lie beside it, all under one digest."""
    digest = hashlib.sha256(b"".join(data for _, data in sorted(_scripts(folder).items()))).hexdigest()[:16]
    return f"explorer/static/{digest}/{folder}/{folder}.js"


@cache
def _scripts(folder: str) -> dict[str, bytes]:
    files = (resources.files("explorer.ui.components") / folder).iterdir()
    return {file.name: file.read_bytes() for file in files if file.name.endswith(".js")}


def _static(request: Request) -> Response:
    asked = request.path_params
    script = _scripts(asked["folder"]).get(asked["name"]) if asked["folder"] in {"map", "cards"} else None
    if script is None:
        return _error(404, f"no script {asked['name']}")
    return Response(script, media_type="text/javascript", headers={"Cache-Control": _FOR_EVER["Cache-Control"]})


def _binary(data: bytes) -> Response:
    return Response(data, media_type="application/octet-stream", headers=_FOR_EVER)


def _error(status: int, message: str) -> Response:
    return Response(json.dumps({"error": message}), status, media_type="application/json")


ROUTES = [
    Route("/explorer/static/{digest}/{folder}/{name}", _static),
    Route("/explorer/values/{digest}", _values),
    Route("/explorer/map/{edition}/points", _of_map(_points)),
    Route("/explorer/map/{edition}/topics", _of_map(_topics)),
    Route("/explorer/map/{edition}/titles/{chunk:int}", _of_map(_titles)),
    Route("/explorer/api/search", _query(_search)),
    Route("/explorer/api/similar", _query(_similar)),
    Route("/explorer/api/explain", _why("a")),
    Route("/explorer/api/why", _why("q")),
]
