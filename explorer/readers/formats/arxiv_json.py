"""arXiv's own list of all its papers, one a line, as Kaggle and others pass it on.

Holds where a line keeps a paper's fields. Knows nothing of files.
Always true: the year is that of the first version; text is unwrapped, a paragraph a line; names that arXiv has parsed
are preferred to the line of names.
"""

from __future__ import annotations

from explorer.readers.engine.service import Record, Service, Values, marks

_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "2nd", "3rd"))


def _values(record: Record) -> Values:
    parsed, abstract, categories = record.get("authors_parsed"), record.get("abstract"), record.get("categories")
    return {
        "key": record.get("id"),
        "title": record.get("title"),
        "abstract": _unwrapped(abstract) if isinstance(abstract, str) else abstract,
        "authors": tuple(map(_name, parsed)) if isinstance(parsed, list) and parsed else record.get("authors"),
        "year": _year(record),
        "venue": record.get("journal-ref"),
        "doi": record.get("doi"),
        "arxiv": record.get("id"),
        "keywords": tuple(categories.split()) if isinstance(categories, str) else categories,
    }


def _unwrapped(text: str) -> str:
    text = text.strip().replace("\r", "")
    if "\n  " in text:
        return "\n".join(" ".join(part.split()) for part in text.split("\n  "))
    text = text.replace("\n", " ")
    return " ".join(text.split()) if "  " in text else text


def _name(name: object) -> object:
    if not isinstance(name, list) or len(name) < 2:
        return name[0] if isinstance(name, list) and name else name
    family, given, *rest = name
    if rest and rest[0] and str(rest[0]).casefold() in _SUFFIXES:  # else it is where somebody works
        given = f"{given} {rest[0]}".strip()
    if not (family and given):
        return family or given
    return f"{family}, {given.replace('. -', '.-') if isinstance(given, str) else given}"


def _year(record: Record) -> object:
    versions = record.get("versions")
    if isinstance(versions, list) and versions and isinstance(versions[0], dict):
        created = versions[0].get("created")
        if isinstance(created, str) and created:  # "Mon, 2 Apr 2007 19:18:42 GMT"
            parts = created.split(" ", 4)
            return int(parts[3]) if len(parts) > 3 and len(parts[3]) == 4 and parts[3].isdecimal() else created
    key = str(record.get("id")).rpartition("/")[2]
    if key[:4].isdigit():
        return (1900 if key[0] == "9" else 2000) + int(key[:2])
    return record.get("update_date")


SERVICES = (
    Service(
        "arxiv_jsonl",
        "arXiv list",
        marks("id authors_parsed", "id submitter categories", "id journal-ref report-no", "id journal-ref categories"),
        _values,
    ),
)
