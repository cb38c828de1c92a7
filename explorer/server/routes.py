"""HTTP routes beside the app: map data as binary, the components' scripts, and the same queries as JSON.

Knows Starlette and `Library`, not Streamlit. Always true: reads only; a path that holds an edition or a digest is
immutable and may be cached for ever; answers go to local hosts only (`MIDDLEWARE`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache, partial

from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.errors import ExplorerError, LibraryError
from explorer.export.shapes import of_answer, of_explanation
from explorer.filter import FIELDS, Filter
from explorer.library import Library
from explorer.search.answer import Answer
from explorer.search.examples import NOTHING_WANTED
from explorer.search.question import Question
from explorer.server import map_arrays
from explorer.server.published import published
from explorer.server.scripts import script
from explorer.server.session import library, library_folder, wait_for_encoder

# A page on another site could reach a local server through a name of its own (DNS rebinding); it sends that name.
MIDDLEWARE = [Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])]
_CACHED = {"Cache-Control": "public, max-age=31536000, immutable"}
# Streamlit compresses every answer anew unless it is marked as encoded; these are small and local.
_FOR_EVER = {**_CACHED, "Content-Encoding": "identity"}
_LOADING = 60.0  # seconds to wait for the language model: a cold disk takes 15

Endpoint = Callable[[Request], Response]


# ------------------------------------------------------------------------------------------------- files and arrays


def _static(request: Request) -> Response:
    folder, name = request.path_params["folder"], request.path_params["name"]
    content = script(folder, name)
    if content is None:
        return _error(404, f"no script {name}")
    return Response(content, media_type="text/javascript", headers=_CACHED)


def _values(request: Request) -> Response:
    data = published(request.path_params["digest"])
    return _error(404, "no longer here; run the query again") if data is None else _binary(data)


def _of_map(draw: Callable[[Library, Request], Response]) -> Endpoint:
    """A route below an edition of the map: gone when the library has moved on, so that no cache mixes two maps."""

    def route(request: Request) -> Response:
        opened = library()
        if opened is None or request.path_params["edition"] != opened.snapshot.edition:
            return _error(404, "this map has been replaced; reload the page")
        return draw(opened, request)

    return route


def _points(opened: Library, request: Request) -> Response:
    return _binary(map_arrays.points(opened))


def _topics(opened: Library, request: Request) -> Response:
    return JSONResponse({"levels": map_arrays.topics(opened)}, headers=_FOR_EVER)


def _titles(opened: Library, request: Request) -> Response:
    return JSONResponse(map_arrays.titles(opened, int(request.path_params["chunk"])), headers=_FOR_EVER)


# --------------------------------------------------------------------------------------------------------- queries


def _of_library(reply: Callable[[Library, QueryParams], Response]) -> Endpoint:
    """A route that reads the library; what goes wrong becomes a status and a sentence."""

    def route(request: Request) -> Response:
        opened = library()
        if opened is None:
            return _error(404, f"no library in {library_folder()}")
        try:
            return reply(opened, request.query_params)
        except ValueError as error:
            return _error(400, str(error))
        except ExplorerError as error:
            return _error(404, str(error))

    return route


def _search(opened: Library, params: QueryParams) -> Response:
    question = Question(params.get("q", ""), within=_filter(params))
    return _answer(opened.ask(question, _count(params)))


def _similar(opened: Library, params: QueryParams) -> Response:
    """`q`, as well as each `like`, is a liked paper."""
    k, within = _count(params), _filter(params)
    liked = opened.snapshot.ids(name for name in (params.get("q", ""), *params.getlist("like")) if name)
    question = Question(params.get("text", ""), liked, opened.snapshot.ids(params.getlist("unlike")), within)
    if not (question or question.unlike):
        raise LibraryError(NOTHING_WANTED)
    return _answer(opened.ask(question, k))


def _answer(answer: Answer) -> Response:
    return JSONResponse(of_answer(answer))


def _count(params: QueryParams) -> int:
    return max(1, min(int(params.get("k", "10")), 1000))


def _filter(params: QueryParams) -> Filter:
    low, high = (int(params[name]) if params.get(name) else None for name in ("from", "to"))
    if any(year is not None and not 0 <= year <= 9999 for year in (low, high)):
        raise ValueError(f"no year: {params.get('from', '')}..{params.get('to', '')}")
    return Filter((low, high), *(params.get(name, "") for name in FIELDS))


def _explain(opened: Library, params: QueryParams) -> Response:
    """Why paper `b` is close to paper `a`."""
    return _explanation(opened, "a", params)


def _why(opened: Library, params: QueryParams) -> Response:
    """Why paper `b` is close to the question `q`."""
    return _explanation(opened, "q", params)


def _explanation(opened: Library, asking: str, params: QueryParams) -> Response:
    text, name = (params.get(key, "").strip() for key in (asking, "b"))
    if not text or not name:
        raise ValueError(f"an explanation needs {asking}= and b=")
    if not wait_for_encoder(_LOADING):
        return _error(503, "the language model is still loading; try again")
    explained = opened.snapshot.once("explanations", lambda: lru_cache(512)(partial(_explained, opened)))  # of 3 KB
    return JSONResponse(explained(asking, text, name))


def _explained(opened: Library, asking: str, text: str, name: str) -> dict[str, object]:
    return of_explanation(opened.explain(name, text=text) if asking == "q" else opened.explain(text, name))


# ---------------------------------------------------------------------------------------------------------- routes


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
    Route("/explorer/api/search", _of_library(_search)),
    Route("/explorer/api/similar", _of_library(_similar)),
    Route("/explorer/api/explain", _of_library(_explain)),
    Route("/explorer/api/why", _of_library(_why)),
]
