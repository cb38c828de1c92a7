"""The formats of JSON: the services in the order they are tried, and one reader for each name of a format.

Holds these. Knows nothing of what services call their fields, nor of where records are in a file (`json_records`).
Always true: the surest services come first; a record that is none of theirs is read by the usual names of fields.
To add a service, write a `Service` in the file of its family (most are in `json_services`) and name it in the order.
"""

from __future__ import annotations

from functools import partial

from explorer.readers.engine.json_format import Services
from explorer.readers.engine.json_records import JsonReader
from explorer.readers.formats.json_indexes import ARXIV, CROSSREF, DATACITE, OPENALEX, SEMANTIC_SCHOLAR
from explorer.readers.formats.json_managers import BIBJSON, OTHER, ZOTERO
from explorer.readers.formats.json_services import OSF, PLAIN, SERVICES

_reader = partial(
    JsonReader,
    Services(
        (ARXIV, *BIBJSON, *OPENALEX, *ZOTERO, *SERVICES, SEMANTIC_SCHOLAR, *DATACITE, OSF, *CROSSREF),
        PLAIN,
        OTHER,
    ),
)
READERS = (
    _reader("arxiv_jsonl", "arXiv list"),
    _reader("openalex", "OpenAlex"),
    _reader("crossref", "Crossref"),
    _reader("s2", "Semantic Scholar"),
    _reader("datacite", "DataCite"),
    _reader("csljson", "CSL-JSON"),
    _reader(OTHER, "JSON of a service"),
    _reader("json", "JSON"),
    _reader("jsonl", "JSON lines", (".jsonl", ".ndjson", ".json")),
)
