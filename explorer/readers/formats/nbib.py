"""MEDLINE text (.nbib): a tag of up to four letters, blanks up to the fourth place and a dash before each field.

Holds the lines and tags of PubMed, and of ERIC, which writes the same without PubMed's ids. Knows nothing of how
records are cut (`tagged`).
Always true: lines wrapped at a width are one line again; full names of authors are preferred to initials.
"""

from __future__ import annotations

import re

from explorer import notices
from explorer.doi import canonical_doi
from explorer.notices import Deed, State
from explorer.readers.engine import ids
from explorer.readers.engine.tagged import Dialect, Entry, Tags, Values, lines, tagged_reader, tags
from explorer.readers.engine.values import flowing, initials_last

_split = lines(r"([A-Z][A-Z0-9]{1,3})\s{0,4}-(?:\s(.*)|$)|(PMID|PMC) ?-(\d.*)")
_BEGINS = re.compile(
    r"(?:PMID ?- ?\d|(?:OWN|STAT|FAU|JID|DCOM|EDAT|CRDT|BTI|PMC|LID|OID|PST|PHST|PMCR) ?- ?|UI  - \d{7,8}$)",
    re.MULTILINE,
)
_RIS = re.compile(r"TY ?[^\S\n]?- ", re.MULTILINE)
_MARK = re.compile(r"\[(?:doi|pii|bookaccession|ed|isbn)\]\s*$", re.IGNORECASE)


def _begins(head: str) -> bool:
    for line in head.split("\n", 60)[:60]:
        line = line.lstrip("\ufeff")
        if _RIS.match(line):
            return False
        if _BEGINS.match(line):
            return True
    return False


def _paragraphs(text: str) -> str:
    """Wrapped lines as one; a blank line ends a paragraph."""
    return "\n".join(flowing(part) for part in text.split("\n\n"))


_TAGS = Tags(
    title="TI TT BTI CTI", abstract="AB OAB", year="DP DEP YR EDAT CRDT DA", pmid="PMID", url="UR URL4 LID AID",
    key="PMID OID UI PMC AN", flow=_paragraphs,
)  # fmt: skip


def _values(entry: Entry) -> Values:
    located = entry.all("LID AID SO")
    number = entry.first("UI")
    written = _TAGS.values(entry)
    return written | {
        "authors": _authors(entry),
        "venue": entry.first("JT BTI CTI TA" if entry.first("TI") else "JT TA"),
        "doi": _doi(entry.all("LID AID DO"), located),
        "arxiv": ids.arxiv([_MARK.sub("", text) for text in located]) or _arxiv_in(entry.first("SO")),
        "pmid": written["pmid"] or (number if re.fullmatch(r"\d{1,8}", number) else ""),
        "pmcid": ids.pmcid([f"PMC{text}" if text.isdigit() else text for text in entry.all("PMC OID")]),
        "keywords": _keywords(entry),
        "notices": _notices(entry),
    }


_ABOUT: dict[str, State | Deed] = {
    "RIN": State.RETRACTED, "RPI": State.RETRACTED, "PRIN": State.RETRACTED, "ECI": State.CONCERN,
    "EIN": State.CORRECTED,
    "CRI": State.CORRECTED, "ROF": Deed.RETRACTS, "PROF": Deed.RETRACTS, "ECF": Deed.DOUBTS, "EFR": Deed.CORRECTS,
}  # fmt: skip


def _notices(entry: Entry) -> list[str]:
    """What became of the citation, from its types and the citations of notices: "RIN - J Foo. 2020;1:2. PMID: 123"."""
    became = notices.of_types(entry.all("PT"))
    for tag, word in _ABOUT.items():
        for text in entry.all(tag):
            pmid, doi = ids.pmid([text]), ids.doi((), (), [text])
            became.append(notices.about(word, f"pmid:{pmid}" if pmid else f"doi:{canonical_doi(doi)}" if doi else ""))
    return became


def _authors(entry: Entry) -> list[str]:
    full, short = entry.all("FAU"), entry.all("AU")
    names = [initials_last(flowing(name)) for name in (full if len(full) >= len(short) else short)]
    return names + [flowing(name) for name in entry.all("CN")]


def _doi(marked: list[str], others: list[str]) -> str:
    sure = [text for text in marked if text.endswith("[doi]")]
    return ids.doi(sure, [text for text in marked if not _MARK.search(text)], [*marked, *others])


def _arxiv_in(source: str) -> str:
    match = re.search(r"arXiv:\S+", source)
    return ids.arxiv([match[0].rstrip(".")]) if match else ""


def _keywords(entry: Entry) -> list[str]:
    headings = (text.replace("*", "").split("/")[0] for text in entry.all("MH"))
    return [flowing(word).lstrip("*") for word in (*entry.all("OT KW"), *headings)]


READER = tagged_reader(
    "nbib", "PubMed (MEDLINE)", (".nbib", ".medline"), _begins,
    lambda head: Dialect(_split, tags("TI BTI AB"), once=tags("PMID OWN"), openers=tags("PMID OWN STAT UI TI FAU AU")),
    _values,
)  # fmt: skip
