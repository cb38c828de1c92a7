"""The formats of XML, and what to say of XML that is none of them.

Holds the order in which they are tried and their names. Knows nothing of what is in them.
Always true: the particular come before the general, so that a wrapper (OAI-PMH) is known before what it wraps.
"""

from __future__ import annotations

from explorer.readers.engine.xml import root_of
from explorer.readers.formats import acl_xml, arxiv_atom, endnote_xml, jats, mods_xml, oai_xml, pubmed_xml, xml_other

READERS = (
    pubmed_xml.READER,
    arxiv_atom.READER,
    oai_xml.READER,
    jats.READER,
    acl_xml.READER,
    mods_xml.READER,
    endnote_xml.READER,
    xml_other.READER,
)


def foreign(head: str) -> tuple[str, str] | None:
    """What XML of no known format is, and what to do; None when it is no XML at all."""
    root = root_of(head)
    if root is None:
        return None
    if root.name.lower() == "html":
        return "a web page, perhaps one that asks you to log in", "Open it in a browser, and download the list again"
    return f"XML of another kind, <{root.written[:60]}>", "Export the references as one of these, for instance as RIS"
