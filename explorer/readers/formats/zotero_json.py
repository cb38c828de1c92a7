"""Zotero's entries as JSON: from its API, and from Better BibTeX's export of a library.

Holds where such an entry keeps a paper's fields. Knows nothing of files, nor of Zotero's database.
Always true: notes, attached files and annotations are no papers; local paths are never kept.
"""

from __future__ import annotations

import re

from explorer.readers.engine.service import Record, Service, Values, every, first, marks, objects

_NO_PAPERS = {"attachment": "an attached file", "note": "a note", "annotation": "an annotation"}
_VENUES = tuple(
    (name,)
    for name in (
        "publicationTitle proceedingsTitle bookTitle encyclopediaTitle dictionaryTitle blogTitle websiteTitle "
        "forumTitle programTitle conferenceName meetingName university institution repository journalAbbreviation"
    ).split()
)
_AUTHORS = ("author", "inventor", "presenter", "director", "programmer", "artist", "cartographer", "podcaster")
_EXTRA = re.compile(r"^\s{0,3}(DOI|PMID|PMCID|arXiv)(?: ID)?\s{0,3}:\s{0,3}(\S+)", re.IGNORECASE | re.MULTILINE)


def no_paper(record: Record) -> str:
    """What an entry is that is no paper; empty for all others, and for records of anybody else."""
    return _NO_PAPERS.get(str(_entry(record).get("itemType")), "")


def _entry(record: Record) -> Record:
    inner = record.get("data")
    return inner if isinstance(inner, dict) else record


def _values(record: Record) -> Values:
    entry = _entry(record)
    notes = [text for text in (entry.get("extra"), entry.get("archiveID")) if isinstance(text, str)]
    extra = {name.casefold(): value for name, value in _EXTRA.findall("\n".join(notes)[:20_000])}
    archive = entry.get("archiveID")
    return {
        "key": first(entry, ("citationKey",), ("citekey",), ("key",), ("itemKey",)) or record.get("key"),
        "title": first(entry, ("title",), ("caseName",), ("nameOfAct",), ("subject",)),
        "abstract": entry.get("abstractNote"),
        "authors": _people(entry),
        "year": first(entry, ("date",), ("dateDecided",), ("dateEnacted",), ("issueDate",), ("filingDate",)),
        "venue": first(entry, *_VENUES),
        "doi": entry.get("DOI") or extra.get("doi"),
        "arxiv": extra.get("arxiv") or (archive if "arxiv" in str(archive).casefold() else None),
        "pmid": extra.get("pmid"),
        "pmcid": extra.get("pmcid"),
        "url": entry.get("url"),
        "keywords": every(entry.get("tags"), "tag", "name"),
        "collections": _collections(entry),
    }


def _people(entry: Record) -> list[object]:
    people = objects(entry.get("creators"))
    wanted = [person for role in _AUTHORS for person in people if person.get("creatorType") == role]
    return [
        {"family": person["lastName"], "given": person.get("firstName")} if person.get("lastName") else _whole(person)
        for person in wanted or people
    ]


def _whole(person: Record) -> object:
    return first(person, ("name",), ("firstName",))


def _collections(entry: Record) -> list[object]:
    # The API names collections by keys of eight letters, which say nothing to people.
    named = every(entry.get("collections"), "name")
    return [name for name in named if not re.fullmatch(r"[A-Z0-9]{8}", str(name))]


SERVICES = (
    Service(
        "json_other",
        "Zotero",
        marks("data"),
        _values,
        lambda record: isinstance(inner := record["data"], dict) and "itemType" in inner,
    ),
    Service("json_other", "Zotero", marks("itemType"), _values),
)
