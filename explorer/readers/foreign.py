"""What a file is that no reader reads, and what to do with it.

Holds how files begin that people take for a list of papers. Knows nothing of readers.
Always true: a refusal names the file, what it looks like, and the next step.
"""

from __future__ import annotations

import re

from explorer.readers.engine.xml import root_of
from explorer.readers.io.stream import Stream

AGAIN = "Check that the export finished, and export it again"
_READABLE = (
    "Readable are BibTeX, RIS, PubMed, Web of Science, EndNote, a Zotero folder, tables (CSV, TSV, Excel, Parquet), "
    "and JSON and XML of the usual databases; plain, packed with gzip, bzip2 or xz, in a zip archive or in a folder"
)
_WEB_PAGE = (
    "a web page, perhaps one that asks you to log in",
    "Open it in a browser, and download the list again",
)
_ONE_OF_THESE = "Export the references as one of these, for instance as RIS"
# How such files begin, what they are, and what to do.
_BEGINNINGS = (
    (r"%PDF", ("a PDF", "Export the references from your reference manager as CSV")),
    (r"PK\x03\x04", ("an office document", "Save its table as .xlsx or CSV")),
    (r"PK\x05\x06", ("an empty zip archive", "Pack it again with its files")),
    (r"7z\xbc\xaf|Rar!", ("a packed archive", "Unpack it first")),
    (r"\{\\rtf", ("a rich text document", "Save it as plain text or CSV")),
    (r"\s*<(?:!doctype\s+html|html|head|body)\b", _WEB_PAGE),
)


def foreign(head: str) -> tuple[str, str] | None:
    """What a file is that begins with `head` and can hold no papers, and what to do; None when it may hold some."""
    for pattern, what_and_cure in _BEGINNINGS:
        if re.match(pattern, head, re.IGNORECASE):
            return what_and_cure
    if root := root_of(head):
        what = (
            f"XML of another kind, <{root.written[:60]}>",
            "Export the references as one of these, for instance as RIS",
        )
        return _WEB_PAGE if root.name.lower() == "html" else what
    binary = sum(not char.isprintable() and not char.isspace() for char in head[:4096])
    return ("no text", "Export the references as CSV or JSON lines") if binary * 20 > len(head[:4096]) else None


def refusal(stream: Stream, head: str) -> str:
    """Why a file that begins with `head` is not read."""
    name = stream.name
    if not head.strip() and stream.damaged:
        return f"{name}: is damaged or was not copied whole, so no records were found. Get the file again"
    if not head.strip():
        return f"{name}: is empty or begins with blanks only, so no records were found. {AGAIN}"
    what, cure = foreign(head) or (f"text that begins “{' '.join(head[:200].split())[:60]}”", "")
    return f"{name}: looks like {what}, which cannot be read. {_READABLE}.{' ' + cure + '.' if cure else ''}"
