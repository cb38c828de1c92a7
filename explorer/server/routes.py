"""HTTP routes beside the app: map data as binary, the components' scripts, and the same queries as JSON.

Knows Starlette and `Library`, not Streamlit. Always true: reads only; a path that holds an edition or a digest is
immutable and may be cached for ever; who is answered is decided before, in `guard`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.errors import BusyLibrary, DamagedLibrary, ExplorerError, LibraryError, UnknownTopic
from explorer.export import map_arrays
from explorer.export.region_shapes import of_portrait, of_regions
from explorer.export.shapes import of_answer, of_explanation, of_shared
from explorer.filter import FIELDS, Filter
from explorer.libraries.libraries import Libraries
from explorer.libraries.names import ALL
from explorer.library import Library
from explorer.search.examples import NOTHING_WANTED
from explorer.search.parse import BadQuery, Mode
from explorer.search.question import Question
from explorer.server import choice
from explorer.server.description import MOST, document
from explorer.server.mcp.endpoint import Endpoint
from explorer.server.published import publish, published, published_rows
from explorer.server.scripts import script
from explorer.server.session import in_public, libraries, library_folder, library_of, moment, wait_for_encoder

_CACHED = {"Cache-Control": "public, max-age=31536000, immutable"}
# Streamlit compresses every answer anew unless it is marked as encoded; these are small and local.
_FOR_EVER = {**_CACHED, "Content-Encoding": "identity"}
_TYPES = {
    ".bib": "application/x-bibtex", ".ris": "application/x-research-info-systems", ".csv": "text/csv",
    ".jsonl": "application/jsonl", ".parquet": "application/vnd.apache.parquet", ".txt": "text/plain",
}  # fmt: skip
_EXPLANATIONS = 512  # of 3 KB that are remembered
_LOADING = 60.0  # seconds to wait for the language model: a cold disk takes 15

Reply = Callable[[Request], Response]


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


def _of_map(draw: Callable[[Library, Request], Response]) -> Reply:
    """A route below an edition of the map: gone when the library has moved on, so that no cache mixes two maps."""

    def route(request: Request) -> Response:
        for name in choice.folders():
            with choice.choosing(name), moment() as opened:
                if opened is not None and request.path_params["edition"] == opened.snapshot.edition:
                    return draw(opened, request)
        return _error(404, "this map has been replaced; reload the page")

    return _in_words(route)


def _in_words(route: Reply) -> Reply:
    """A route of which whatever is wrong with the library becomes a status and a sentence."""

    def answer(request: Request) -> Response:
        try:
            return route(request)
        except BusyLibrary as error:
            return _error(503, str(error))
        except DamagedLibrary as error:
            return _error(500, str(error))
        except UnknownTopic as error:
            return _error(404, str(error), nearest=list(error.nearest))
        except ExplorerError as error:
            return _error(404, str(error))

    return answer


def _points(opened: Library, request: Request) -> Response:
    return _binary(map_arrays.points(opened))


def _topics(opened: Library, request: Request) -> Response:
    shown = {
        "levels": map_arrays.topics(opened),
        "about": map_arrays.about(opened),
        "trust": map_arrays.near_trust(opened),
        "keys": map_arrays.key_runs(opened.snapshot.arrays.keys),
    }
    return JSONResponse(shown, headers=_FOR_EVER)


def _trust(opened: Library, request: Request) -> Response:
    """What the map waits for no longer than it must: it reads all vectors."""
    return JSONResponse(map_arrays.trust(opened), headers=_FOR_EVER)


def _titles(opened: Library, request: Request) -> Response:
    return JSONResponse(map_arrays.titles(opened, int(request.path_params["chunk"])), headers=_FOR_EVER)


def _papers(opened: Library, request: Request) -> Response:
    """A list that a page has shown, as a file; its ending says in which format."""
    from explorer.export import tables  # writes files, which few sessions ask for

    digest, ending = request.path_params["digest"], f".{request.path_params['ending']}"
    if ending not in tables.WRITERS:
        return _error(404, f"no files of {ending}; there are {', '.join(tables.WRITERS)}")
    rows = None if digest == "all" else published_rows(digest)
    if rows is None and digest != "all":
        return _error(404, "this list is not at hand any more; run the query again")
    snapshot = opened.snapshot
    if rows and max(rows) >= len(snapshot.arrays.keys):
        return _error(404, "this list is of another library; reload the page")
    table = tables.rows(snapshot.papers(rows), opened.map, opened.topics, rows)
    headers = {"Content-Disposition": f'attachment; filename="papers{ending}"', "Content-Encoding": "identity"}
    return Response(tables.content(ending, table), media_type=_TYPES.get(ending), headers=headers)


def _about(opened: Library, request: Request) -> Response:
    """What the papers of a list are about, against all others that are not hidden: marks may change it."""
    return JSONResponse(of_portrait(opened.regions.portrait(_region(opened, request))))


def _compared(opened: Library, request: Request) -> Response:
    """The papers of a list beside those that `with` names; what is wrong with the name is an answer, too.

    For the map: `sides`, the path of a uint8 a paper (1 for the list, 2 for the others, 3 for both), the level of the
    topics and the number of each.
    """
    regions, wanted = opened.regions, request.query_params.get("with", "").strip()
    region = _region(opened, request)
    try:
        others = regions.named(wanted)
        comparison = regions.comparison(region, others)
        numbers = [each.difference.topic for each in comparison.contrasts]
        sides = publish((region + 2 * others).astype(np.uint8))
        return JSONResponse(
            of_regions(comparison) | {"sides": sides, "level": comparison.level, "topic_numbers": numbers}
        )
    except (LibraryError, BadQuery) as error:
        return JSONResponse({"failed": str(error)})


def _region(opened: Library, request: Request) -> NDArray[np.bool_]:
    """The rows (n,) of a list that a page has shown."""
    rows = published_rows(request.path_params["digest"])
    count = len(opened.snapshot.arrays.keys)
    if rows is None or (rows and max(rows) >= count):
        raise LibraryError("this list is not at hand any more; reload the page")
    region = np.zeros(count, bool)
    region[rows] = True
    return region


# --------------------------------------------------------------------------------------------------------- queries


def _of_library(reply: Callable[[Library, QueryParams], Response]) -> Reply:
    """A route that reads the library; what goes wrong becomes a status and a sentence."""

    def route(request: Request) -> Response:
        params = request.query_params
        try:
            with choice.choosing(name := _library(params)):
                if name == ALL:
                    if reply not in _TOGETHER:
                        raise LibraryError("this is a question to a single library; say which: library=NAME")
                    return _TOGETHER[reply](params)
                with moment() as opened:
                    if opened is None:
                        return _error(404, f"no library in {library_folder()}")
                    return reply(opened, params)
        except (ValueError, BadQuery) as error:  # which shows the place
            return _error(400, str(error))

    return _in_words(route)


def _library(params: QueryParams) -> str:
    """Which of several libraries is meant: library=NAME, or all; without it the first."""
    name, names = params.get("library", ""), choice.folders()
    if name and name not in names and not (choice.several() and name == ALL):
        raise LibraryError(f"no library is open as {name!r}; there are: {', '.join(names)}")
    return name


def _search_all(params: QueryParams) -> Response:
    question = Question(params.get("q", ""), within=_filter(params), mode=_mode(params))
    return _shared(libraries(), question, *_page(params))


def _similar_to_all(params: QueryParams) -> Response:
    """As `_similar`, of all libraries; papers are ids, or LIBRARY:ID."""
    every, (liked, unliked) = libraries(), _examples(params)
    liked, unliked = every.ids(liked), every.ids(unliked)
    question = Question(params.get("text", ""), liked, unliked, _filter(params), mode=_mode(params))
    if not (question or question.unlike):
        raise LibraryError(NOTHING_WANTED)
    return _shared(every, question, *_page(params))


def _examples(params: QueryParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the liked and of the unliked papers; `q`, as well as each `like`, is a liked paper."""
    liked = tuple(name for name in (params.get("q", ""), *params.getlist("like")) if name)
    return liked, tuple(params.getlist("unlike"))


def _shared(every: Libraries, question: Question, k: int, offset: int) -> Response:
    """A page of the answer of all libraries together."""
    shared = every.ask(question, offset + k)
    shown = replace(shared.answer, results=shared.answer.results[offset:])
    return _paged(of_shared(shown, shared.holders[offset:]), len(shared.holders), k, offset)


def _why_of_all(params: QueryParams) -> Response:
    """Why a paper is close to the question `q`; `b` is LIBRARY:ID, in which library it is looked up."""
    named = params.get("b", "")
    for name in sorted(choice.folders(), key=len, reverse=True):
        if named.startswith(f"{name}:") and (opened := library_of(name)):
            with opened.snapshot.moment():
                return _explanation(opened, "q", QueryParams({**params, "b": named[len(name) + 1 :]}))
    raise ValueError(f"b={named[:80]} is no paper of any library; write LIBRARY:ID")


def _search(opened: Library, params: QueryParams) -> Response:
    question = Question(params.get("q", ""), within=_filter(params), mode=_mode(params))
    return _answer(opened, question, *_page(params))


def _similar(opened: Library, params: QueryParams) -> Response:
    """`q`, as well as each `like`, is a liked paper."""
    page, within = _page(params), _filter(params)
    liked = opened.snapshot.ids(name for name in (params.get("q", ""), *params.getlist("like")) if name)
    unliked = opened.snapshot.ids(params.getlist("unlike"))
    question = Question(params.get("text", ""), liked, unliked, within, mode=_mode(params))
    if not (question or question.unlike):
        raise LibraryError(NOTHING_WANTED)
    return _answer(opened, question, *page)


def _answer(opened: Library, question: Question, k: int, offset: int) -> Response:
    """A page of the answer: pages are those of a single list, whatever their lengths."""
    answer = opened.ask(question, offset + k)
    shape = of_answer(replace(answer, results=answer.results[offset:]))
    return _paged(shape, len(answer.results), k, offset)


def _paged(shape: dict[str, object], results: int, k: int, offset: int) -> Response:
    """A page, of so many results up to its end, which says where the next begins."""
    ends = results < offset + k or offset + k >= MOST
    return JSONResponse(shape | {"offset": offset, "next_offset": None if ends else offset + k})


def _about_named(opened: Library, params: QueryParams) -> Response:
    """What the papers that `name` names are about: a topic, or conditions."""
    return JSONResponse(of_portrait(opened.regions.portrait(opened.regions.named(params.get("name", "")))))


def _compared_named(opened: Library, params: QueryParams) -> Response:
    """The papers that `a` names beside those of `b`."""
    regions = opened.regions
    return JSONResponse(of_regions(regions.comparison(*(regions.named(params.get(name, "")) for name in "ab"))))


def _mode(params: QueryParams) -> Mode:
    """How a text is to be read: read=text, strategy, or auto."""
    name = params.get("read", Mode.AUTO.value)
    if name not in list(Mode):
        raise ValueError(f"read={name} is no way to read a text; there are {', '.join(Mode)}")
    return Mode(name)


def _page(params: QueryParams) -> tuple[int, int]:
    """How many results, and how many are passed over."""
    k, offset = _whole(params, "k", 1, MOST, "10"), _whole(params, "offset", 0, MOST - 1, "0")
    if offset + k > MOST:
        raise ValueError(
            f"offset={offset} and k={k} go beyond the {MOST:,} results that a question has; narrow it by years or words"
        )
    return k, offset


def _whole(params: QueryParams, name: str, least: int, most: int, default: str = "") -> int:
    """The whole number of a parameter; raises ValueError, which names it, for what is none between the limits."""
    text = params.get(name, default).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise ValueError(f"{name}={text[:40]} is no whole number from {least} to {most}")
    return int(text)


def _filter(params: QueryParams) -> Filter:
    low, high = (_whole(params, name, 0, 9999) if params.get(name) else None for name in ("from", "to"))
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
    made: dict[tuple[str, str, str], dict[str, object]] = opened.snapshot.once("explanations", dict)
    if (shape := made.get(wanted := (asking, text, name))) is None:
        shape = made[wanted] = _explained(opened, asking, text, name)
        if len(made) > _EXPLANATIONS:
            made.pop(next(iter(made)), None)
    return JSONResponse(shape)


def _explained(opened: Library, asking: str, text: str, name: str) -> dict[str, object]:
    return of_explanation(opened.explain(name, text=text) if asking == "q" else opened.explain(text, name))


# ---------------------------------------------------------------------------------------------------------- routes


def _binary(data: bytes) -> Response:
    return Response(data, media_type="application/octet-stream", headers=_FOR_EVER)


def _described(request: Request) -> Response:
    return JSONResponse(document())


def _error(status: int, message: str, **more: list[str]) -> Response:
    return Response(json.dumps({"error": in_public(message), **more}), status, media_type="application/json")


_TOGETHER: dict[object, Callable[[QueryParams], Response]] = {
    _search: _search_all, _similar: _similar_to_all, _why: _why_of_all,
}  # fmt: skip
_PLACES: dict[str, Callable[[Request], Response]] = {
    "static/{digest}/{folder}/{name}": _static,
    "values/{digest}": _values,
    "map/{edition}/points": _of_map(_points),
    "map/{edition}/topics": _of_map(_topics),
    "map/{edition}/trust": _of_map(_trust),
    "map/{edition}/titles/{chunk:int}": _of_map(_titles),
    "map/{edition}/papers/{digest}.{ending}": _of_map(_papers),
    "map/{edition}/about/{digest}": _of_map(_about),
    "map/{edition}/compare/{digest}": _of_map(_compared),
    "api/about": _of_library(_about_named),
    "api/compare": _of_library(_compared_named),
    "api/search": _of_library(_search),
    "api/similar": _of_library(_similar),
    "api/explain": _of_library(_explain),
    "api/why": _of_library(_why),
    "api/openapi.json": _described,
}


def routes(base_path: str = "") -> list[Route]:
    """All routes of an app that is seen below `base_path` ("", or like "/user/me")."""
    below = f"{base_path}/explorer"
    return [
        *(Route(f"{below}/{path}", reply) for path, reply in _PLACES.items()),
        Route(f"{below}/mcp", Endpoint(f"{below}/mcp")),
    ]


ROUTES = routes()  # for this machine alone
