"""Works of OpenAlex, as its API, its snapshot and programs on top of it give them.

Holds where a work keeps a paper's fields. Knows nothing of files.
Always true: an abstract is put together in the order of its words' positions, whatever numbers those are; the memory
it takes is that of the words that are there.
"""

from __future__ import annotations

import json

from explorer.paper import canonical_arxiv, canonical_openalex
from explorer.readers.engine.service import Record, Service, Values, every, first, marks, number, objects, under

_VENUES = (
    ("primary_location", "source", "display_name"),
    ("host_venue", "display_name"),
    ("primary_location", "raw_source_name"),
    ("locations", "source", "display_name"),
)


def abstract_of(index: object) -> str:
    """The text that an inverted index {"word": [positions]} was made from."""
    if isinstance(index, str) and index.lstrip().startswith("{"):
        try:
            index = json.loads(index)
        except (ValueError, RecursionError):
            return ""
    if isinstance(index, dict) and isinstance(index.get("InvertedIndex"), dict):  # as Microsoft Academic wrote it
        index = index["InvertedIndex"]
    if not isinstance(index, dict):
        return ""
    placed = [
        (position, word)
        for word, positions in index.items()
        if isinstance(positions, list)
        for position in positions
        if isinstance(position, int) and position >= 0
    ]
    return " ".join(word for _, word in sorted(placed))


def _values(work: Record) -> Values:
    people = [author for given in objects(work.get("authorships")) if (author := _author(given))]
    key = canonical_openalex(work.get("id")) or canonical_openalex(under(work, ("ids", "openalex")))
    pmcid = number(under(work, ("ids", "pmcid")))
    return {
        "key": key or work.get("id"),
        "title": first(work, ("title",), ("display_name",)),
        "abstract": abstract_of(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": people,
        "year": first(work, ("publication_year",), ("publication_date",)),
        "venue": first(work, *_VENUES),
        "doi": first(work, ("doi",), ("ids", "doi")),
        "arxiv": _arxiv(work),
        "pmid": number(under(work, ("ids", "pmid"))),
        "pmcid": f"PMC{pmcid}" if pmcid else None,
        "openalex": key,
        "url": first(work, ("primary_location", "landing_page_url"), ("host_venue", "url")),
        "keywords": every(work.get("keywords"), "display_name", "keyword"),
    }


def _author(authorship: Record) -> object:
    return first(authorship, ("author", "display_name"), ("raw_author_name",))


def _arxiv(work: Record) -> str:
    places = [*objects(work.get("primary_location")), *objects(work.get("locations"))]
    for place in places:
        address = place.get("landing_page_url")
        if isinstance(address, str) and "arxiv.org/abs/" in address:
            return canonical_arxiv(address)
    return ""


SERVICES = (
    Service(
        "openalex",
        "OpenAlex",
        marks("abstract_inverted_index", "authorships", "ids host_venue", "primary_location display_name"),
        _values,
    ),
    Service(
        "openalex",
        "OpenAlex",
        marks("id title", "id display_name"),
        _values,
        lambda work: str(work.get("id")).startswith(("https://openalex.org/W", "http://openalex.org/W")),
    ),
)
