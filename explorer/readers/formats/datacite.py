"""DataCite's records of data sets, software and preprints, from its API and its monthly files.

Holds where such a record keeps a paper's fields. Knows nothing of files.
Always true: a description is the abstract when it says so; else one long enough to say what the thing is.
"""

from __future__ import annotations

from explorer.readers.engine import fields
from explorer.readers.engine.service import Record, Service, Values, every, first, marks, objects, under

_PROSE = 100  # characters: shorter notes are "Download und Nutzung frei", "Climate Models", "available on request"
_NOBODY = ("(:un", "(:tba", "(:null", ":unav", ":null")  # DataCite's codes for an unknown person


def _values(record: Record) -> Values:
    inner = record.get("attributes")
    attributes: Record = inner if isinstance(inner, dict) else record
    named = [person for given in objects(attributes.get("creators")) if (person := _creator(given))]
    others = every(attributes.get("alternateIdentifiers"), "alternateIdentifier")
    arxiv = next((e for e in others if isinstance(e, str) and "arxiv" in e.casefold()), None)
    return {
        "key": first(record, ("id",), ("doi",), ("identifier", "identifier"), ("identifiers", "identifier")),
        "title": _title(attributes.get("titles")) or attributes.get("title"),
        "abstract": _abstract(attributes.get("descriptions")) or attributes.get("description"),
        "authors": named or every(attributes.get("creators"), "name"),
        "year": first(attributes, ("publicationYear",), ("published",), ("dates", "date")),
        "venue": first(attributes, ("container", "title"), ("publisher", "name"), ("publisher",)),
        "doi": first(attributes, ("doi",), ("identifier", "identifier"), ("identifiers", "identifier"))
        or record.get("id"),
        "arxiv": arxiv,
        "url": attributes.get("url"),
        "keywords": every(attributes.get("subjects"), "subject"),
    }


def _title(titles: object) -> object:
    known = objects(titles)
    main = [title for title in known if not title.get("titleType")]
    return next((title["title"] for title in main + known if not fields.is_empty(title.get("title"))), None)


def _abstract(descriptions: object) -> object:
    told = [(given.get("descriptionType"), given.get("description")) for given in objects(descriptions)]
    abstracts = [text for kind, text in told if kind == "Abstract" and isinstance(text, str) and text.strip()]
    if abstracts:
        return "\n".join(dict.fromkeys(abstracts))
    others = [text for kind, text in told if kind in ("Other", "Methods", "TechnicalInfo", None)]
    return next((text for text in others if isinstance(text, str) and len(text) >= _PROSE), None)


def _creator(creator: Record) -> object:
    whole = first(creator, ("name",), ("creatorName", "creatorName"), ("creatorName", "content"), ("creatorName",))
    if isinstance(whole, str) and whole.casefold().startswith(_NOBODY):
        return None
    family, given = creator.get("familyName"), creator.get("givenName")
    return {"family": family, "given": given} if isinstance(family, str) and family.strip() else whole


SERVICES = (
    Service(
        "datacite",
        "DataCite",
        marks("attributes"),
        _values,
        lambda record: isinstance(under(record, ("attributes", "titles")), list),
    ),
    Service("datacite", "DataCite", marks("titles creators", "titles publicationYear"), _values),
)
