"""The description of the HTTP routes, in OpenAPI's terms: what each takes and answers.

Knows the routes by their paths only. Always true: a test asks every route and compares what comes with what stands
here, so that neither is there without its counterpart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from explorer import __version__
from explorer.server.schemas import SCHEMAS, TEXT, WHOLE, Schema

OPENAPI = "3.1.0"
MOST = 1000
"""Results of a question, over all pages."""


@dataclass(frozen=True)
class Parameter:
    """What a route takes: in its path, or behind the question mark, there perhaps several times."""

    name: str
    about: str
    schema: Schema
    required: bool = False
    repeated: bool = False
    place: str = "query"


@dataclass(frozen=True)
class Operation:
    """What a route does: `answers` are names of `SCHEMAS`, or a media type of bytes."""

    about: str
    answers: tuple[str, ...]
    errors: tuple[int, ...]
    parameters: tuple[Parameter, ...] = ()


def _in_path(name: str, about: str, schema: Schema = TEXT) -> Parameter:
    return Parameter(name, about, schema, required=True, place="path")


_YEAR: Schema = {"type": "integer", "minimum": 0, "maximum": 9999}
_FILTERS = (
    Parameter("from", "the first year that counts", _YEAR),
    Parameter("to", "the last year that counts", _YEAR),
    Parameter("author", "an author, in any spelling", TEXT),
    Parameter("venue", "a journal or conference, or a part of its name", TEXT),
    Parameter("topic", "the label of a topic", TEXT),
    Parameter("source", "a file that the papers came from", TEXT),
    Parameter(
        "collection", "a collection or folder, with those below it; liked, to read and hidden are collections", TEXT
    ),
    Parameter("tag", "a tag", TEXT),
)
_LIBRARY = Parameter("library", "which of several libraries, by its name; by default the first", TEXT)
_LIBRARIES = Parameter("library", "which of several libraries, by its name, or all; by default the first", TEXT)
_PAGE = (
    Parameter(
        "k",
        f"how many results; with offset at most {MOST}",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": 10},
    ),
    Parameter(
        "offset",
        "results to pass over: next_offset of the page before",
        {"type": "integer", "minimum": 0, "maximum": MOST - 1, "default": 0},
    ),
    Parameter("read", "how the text is read", {"enum": ["auto", "text", "strategy"], "default": "auto"}),
)
_DIGEST = _in_path("digest", "names a list that a page has shown")
_EDITION = _in_path("edition", "the state of the map; that of another is gone")
_OF_LIBRARY, _OF_MAP = (400, 404, 500, 503), (404, 500, 503)
_BYTES = "application/octet-stream"

OPERATIONS: dict[str, Operation] = {
    "api/search": Operation(
        "The papers nearest to a question by meaning and words, or those that fulfil its conditions.",
        ("Answer",), _OF_LIBRARY,
        (Parameter("q", "a question, a pasted text, or the language of the search box", TEXT), *_PAGE, *_FILTERS,
         _LIBRARIES),
    ),
    "api/similar": Operation(
        "The papers nearest to liked papers, away from unliked ones, and to a text. A paper is named by id, DOI, arXiv "
        "id, PMID or a part of its title.",
        ("Answer",), _OF_LIBRARY,
        (
            Parameter("q", "a liked paper", TEXT),
            Parameter("like", "a liked paper", TEXT, repeated=True),
            Parameter("unlike", "a paper to keep away from", TEXT, repeated=True),
            Parameter("text", "a text to be near to", TEXT),
            *_PAGE, *_FILTERS, _LIBRARIES,
        ),
    ),
    "api/explain": Operation(
        "Why a paper is close to another.", ("Explanation",), _OF_LIBRARY,
        (Parameter("a", "a paper", TEXT, required=True), Parameter("b", "the paper beside it", TEXT, required=True),
         _LIBRARY),
    ),
    "api/why": Operation(
        "Why a paper is close to a question.", ("Explanation",), _OF_LIBRARY,
        (
            Parameter("q", "the question", TEXT, required=True),
            Parameter("b", "the paper; of all libraries as LIBRARY:ID", TEXT, required=True), _LIBRARIES,
        ),
    ),
    "api/about": Operation(
        "What some papers are about against the rest.", ("Portrait",), _OF_LIBRARY,
        (Parameter("name", "a topic, or conditions as in the search box", TEXT, required=True), _LIBRARY),
    ),
    "api/compare": Operation(
        "Two sets of papers side by side.", ("Comparison",), _OF_LIBRARY,
        (
            *(Parameter(name, "a topic, or conditions as in the search box", TEXT, required=True) for name in "ab"),
            _LIBRARY,
        ),
    ),
    "api/openapi.json": Operation("This description.", ("application/json",), ()),
    "map/{edition}/points": Operation(
        "Places, years, topics and flags of all papers, for the map.", (_BYTES,), _OF_MAP, (_EDITION,)
    ),
    "map/{edition}/topics": Operation("The topics of the map.", ("Topics",), _OF_MAP, (_EDITION,)),
    "map/{edition}/trust": Operation("How far to believe the map.", ("Trust",), _OF_MAP, (_EDITION,)),
    "map/{edition}/titles/{chunk}": Operation(
        "Titles of some thousand papers in the order of the points; none beyond the last.", ("Titles",), _OF_MAP,
        (_EDITION, _in_path("chunk", "which thousands, from 0", WHOLE)),
    ),
    "map/{edition}/papers/{digest}.{ending}": Operation(
        "A list that a page has shown, or all papers (all), as a file.", ("*/*",), _OF_MAP,
        (_EDITION, _DIGEST, _in_path("ending", "bib, ris, csv, jsonl, parquet or txt")),
    ),
    "map/{edition}/about/{digest}": Operation(
        "What the papers of a list are about.", ("Portrait",), _OF_MAP, (_EDITION, _DIGEST)
    ),
    "map/{edition}/compare/{digest}": Operation(
        "The papers of a list beside others.", ("Comparison", "Failed"), _OF_MAP,
        (_EDITION, _DIGEST, Parameter("with", "a topic, or conditions as in the search box", TEXT, required=True)),
    ),
    "values/{digest}": Operation("A byte a paper, which a page was drawn from.", (_BYTES,), (404,), (_DIGEST,)),
    "static/{digest}/{folder}/{name}": Operation(
        "A script of the page.", ("text/javascript",), (404,),
        (_in_path("digest", "of all scripts"), _in_path("folder", "of a component"), _in_path("name", "of a script")),
    ),
}  # fmt: skip
"""What is served below /explorer, by path; /explorer/mcp speaks the Model Context Protocol instead."""

_MEANS = {
    400: "A parameter is wrong, or the text does not parse: the sentence shows the place.",
    401: "The token is missing: Authorization: Bearer …",
    403: "A page of another site asks, or another machine where no token is set.",
    404: "There is no such paper, topic, list or library, or the map has been replaced.",
    500: "The library is damaged.",
    503: "It is busy, or the language model is still loading; ask again.",
}


@cache
def document() -> dict[str, Any]:
    """The whole description. Addresses are relative to its own, so that they hold below any path."""
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Explorer", "version": __version__,
            "description": "A library of scientific papers: search by meaning and words, similar papers, why two are "
            "near, what a part of the map is about. Nothing is changed by it. Keys may be added to answers, none goes.",
        },
        "servers": [{"url": "../.."}],
        "security": [{}, {"token": []}],
        "paths": {f"/explorer/{path}": {"get": _operation(path, each)} for path, each in OPERATIONS.items()},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                str(status): {"description": means, "content": _json("Error")} for status, means in _MEANS.items()
            },
        },
    }  # fmt: skip


def _operation(path: str, operation: Operation) -> dict[str, Any]:
    errors = sorted({*operation.errors, 401, 403})
    return {
        "operationId": path.translate(str.maketrans("/.", "__", "{}")),
        "summary": operation.about,
        "parameters": [_parameter(each) for each in operation.parameters],
        "responses": {
            "200": {"description": operation.about, "content": _content(operation.answers)},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in errors},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": parameter.schema} if parameter.repeated else parameter.schema
    about = {"name": parameter.name, "in": parameter.place, "description": parameter.about, "schema": schema}
    return about | {"required": True} if parameter.required else about


def _content(answers: Sequence[str]) -> dict[str, Any]:
    if answers[0] not in SCHEMAS:
        return {answers[0]: {}}
    return _json(*answers)


def _json(*names: str) -> dict[str, Any]:
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}
