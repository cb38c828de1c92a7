"""The library of Zotero: its database zotero.sqlite, or the data folder that holds it.

Holds which tables and fields of Zotero make a paper. Knows nothing of Zotero's files of papers (`storage/` is left
alone) nor of its server.
Always true: Zotero's folder is never written to, also while Zotero writes there; a paper's number counts the entries
in the order they were added; the trash, notes, annotations, attached files and news feeds are told but not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing

from explorer.arxiv import arxiv_in, canonical_arxiv
from explorer.doi import canonical_doi
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem, Source, canonical_pmcid
from explorer.readers.engine import ids, markup
from explorer.readers.engine.fields import is_empty
from explorer.readers.engine.paper import finished
from explorer.readers.engine.reader import FormatReader
from explorer.readers.formats.zotero.tables import NEEDED, Entry, Library
from explorer.readers.io.files import ZOTERO
from explorer.readers.io.snapshot import still_copy
from explorer.readers.io.sqlite import MAGIC, Damaged, Tables
from explorer.readers.io.stream import Stream
from explorer.tables import tables_of

_NAMES: dict[str, list[str]] = {kind: names.split() for kind, names in tables_of(__path__[0]).items()}
_WANTED = frozenset(name for kind in ("titles", "dates", "venues", "others") for name in _NAMES[kind])
# Who counts as author where nobody is called so: the maker of a patent, film, talk or map; else the editor.
_AUTHORS = tuple(map(frozenset, (["author"], _NAMES["makers"], ["editor"], ["contributor", "seriesEditor", ""])))
_EXTRA = re.compile(r"(doi|arxiv|pmid|pmcid|openalex|issued|_?eprint)(?:\s?id)?\s{0,3}[:=]\s*(\S.*)", re.IGNORECASE)


def read_database(stream: Stream) -> Iterator[Paper | Problem]:
    """The papers of all libraries in the database that `stream` holds: one's own and those of groups."""
    with still_copy(stream) as copy, closing(Tables(copy)) as tables:
        try:
            tables.open()
            if missing := [name for name in NEEDED if not tables.has(name)]:
                raise UnreadableFile(_foreign(stream.name, missing[0], tables.names))
            yield from _papers(stream, Library(tables, _WANTED))
        except Damaged as error:
            raise UnreadableFile(
                f"{stream.name}: is damaged and cannot be read ({error}). Read {ZOTERO}.bak instead, the copy that "
                "Zotero keeps beside it"
            ) from error


READER = FormatReader("zotero", "Zotero", (), lambda head: head.startswith(MAGIC.rstrip("\0")), read_database)


def _foreign(name: str, missing: str, tables: list[str]) -> str:
    if "documentcontributors" in tables:
        return f"{name}: is the database of Mendeley Desktop. Export the papers there as BibTeX, and read that"
    there = f"its tables are {', '.join(tables[:4])} …" if tables else "it has no tables"
    return (
        f"{name}: is an SQLite database, but not that of Zotero: {missing} is missing, {there}. "
        "Export the papers as CSV or BibTeX, and read that"
    )


def _papers(stream: Stream, library: Library) -> Iterator[Paper | Problem]:
    record = 0
    for record, entry in enumerate(library.entries(), 1):
        if isinstance(entry, str):
            yield Problem(stream.name, record, 0, entry)
        else:
            yield _paper(stream, record, entry, library)
    remarks = list(library.remarks())
    if not record:
        why = f" ({remarks[0].split('. ')[0]})" if remarks else ""
        raise UnreadableFile(f"{stream.name}: the Zotero library holds no papers{why}. Add papers in Zotero first")
    for reason in remarks:
        stream.note(0, reason)


def _paper(stream: Stream, record: int, entry: Entry, library: Library) -> Paper | Problem:
    fields = entry.fields
    extra = _extra(fields.get("extra", ""))
    url, venue = fields.get("url", ""), _first(fields, _NAMES["venues"])
    dois = fields.get("doi"), extra.get("doi"), url if "doi.org/" in url else ""
    texts = {"title": _first(fields, _NAMES["titles"]), "abstract": fields.get("abstractnote", "")}
    texts = {name: text for name, raw in texts.items() if not is_empty(text := markup.string(raw), name)}
    if not texts:
        return Problem(
            stream.name, record, 0,
            f"the Zotero entry {entry.key} ({entry.kind}) has neither title nor abstract; a paper needs one of them. "
            "Add a title in Zotero, or ignore this",
        )  # fmt: skip
    return finished(
        Source(stream.name, record, 0, library.key(entry)),
        {
            **texts,
            "authors": _authors(entry.creators),
            "year": _first(fields, _NAMES["dates"]) or extra.get("issued"),
            "venue": venue,
            "doi": next(filter(None, map(canonical_doi, dois)), ""),
            "arxiv": _arxiv(fields, extra, venue),
            "pmid": fields.get("pmid") or extra.get("pmid") or ids.pmid([url]),
            "pmcid": fields.get("pmcid") or extra.get("pmcid") or canonical_pmcid(url),
            "openalex": extra.get("openalex"),
            "url": url,
            "keywords": list(dict.fromkeys(entry.tags)),
            "collections": library.folders(entry),
        },
    )


def _first(fields: dict[str, str], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if fields.get(name, "").strip()), "")


def _extra(text: str) -> dict[str, str]:
    """What people and translators write line by line into Extra: "PMID: 23193287"."""
    lines = (_EXTRA.match(line.strip()) for line in text.splitlines())
    extra = {match[1].lower().lstrip("_"): match[2][:300] for match in lines if match}
    return {name: value.split()[0] if name.startswith("pm") else value for name, value in extra.items()}


def _arxiv(fields: dict[str, str], extra: dict[str, str], venue: str) -> str:
    texts = [fields.get(name, "") for name in ("archiveid", "reportnumber", "archivelocation")]
    if fields.get("archive", "").strip().lower() == "arxiv":
        texts.append(f"arxiv:{texts[-1]}")
    exact = extra.get("arxiv") or extra.get("eprint") or ""
    return canonical_arxiv(exact) or next(filter(None, map(arxiv_in, (*texts, venue))), "")


def _authors(creators: list[tuple[str, str, str]]) -> list[dict[str, str] | str]:
    roles = {role for role, _, _ in creators}
    authors = next((group for group in _AUTHORS if roles & group), frozenset[str]())
    return [
        {"family": family, "given": given} if family and given else family or given
        for role, family, given in creators
        if role in authors
    ]
