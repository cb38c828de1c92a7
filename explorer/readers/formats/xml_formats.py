"""The formats of XML.

Holds the order in which they are tried and their names. Knows nothing of what is in them.
Always true: the particular come before the general, so that a wrapper (OAI-PMH) is known before what it wraps.
"""

from __future__ import annotations

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
