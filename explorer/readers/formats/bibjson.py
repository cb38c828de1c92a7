"""BibJSON: papers as BibServer and citation.js write them, and as DOAJ does, which keeps them under "bibjson".

Holds where such a record keeps the fields of a paper. Knows nothing of files.
Always true: a record is BibJSON's by the form of its lists, for other formats use the same names.
"""

from __future__ import annotations

from explorer.readers.engine.service import Record, Service, Values, first, marks, objects, table, under

_PLAIN = table(
    title="title",
    abstract="abstract sections.abstract.text",
    year="year date.published",
    venue="journal.title journal.name booktitle",
    url="link.url",
)


def _values(record: Record) -> Values:
    ids = {str(e.get("type")).casefold(): e.get("id") for e in objects(record.get("identifier"))}
    words = record.get("keywords")
    if isinstance(words, list) and len(words) == 1:
        words = words[0]
    return _PLAIN(record) | {
        "key": first(record, ("id",), ("citekey",), ("cid",)),
        "authors": [name for person in objects(record.get("author")) if (name := _name(person))],
        "keywords": words,
        "doi": ids.get("doi"),
        "pmid": ids.get("pmid"),
        "pmcid": ids.get("pmcid"),
        "arxiv": ids.get("arxiv"),
    }


def _name(person: Record) -> object:
    family = first(person, ("lastname",), ("lastName",))
    given = first(person, ("firstname",), ("firstName",))
    return {"family": family, "given": given} if family else person.get("name")


def _doaj(record: Record) -> Values:
    inner = record.get("bibjson")
    return {**_values(inner if isinstance(inner, dict) else {}), "key": record.get("id")}


def _sure(record: Record) -> bool:
    ids, people = objects(record.get("identifier")), objects(record.get("author"))
    identified = bool(ids) and all("type" in given and "id" in given for given in ids)
    named = any({"name", "lastname"} & person.keys() for person in people)
    strange = any("family" in person for person in people)  # CSL-JSON
    return named and not strange and (identified or bool(under(record, ("journal", "name"))))


SERVICES = (
    Service("json_other", "DOAJ", marks("bibjson"), _doaj, lambda record: bool(under(record, ("bibjson", "title")))),
    Service("json_other", "BibJSON", marks("title identifier author", "title journal author"), _values, _sure),
)
