"""Identifiers and links in a typed text: DOIs, arXiv ids, PMIDs, PMCIDs, OpenAlex ids, and the links that hold them.

Knows their forms, not which papers have them. Always true: each mention gives the names that its paper may have$
here, the surest first; a bare number counts only where it is all that is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from explorer.patterns import regex
from explorer.search.box.lexer import plain

_LONGEST = 5000  # characters; what is longer is a text, and names papers by the way
_END = r"[^\s<>\"]+"
_LINK = regex(
    rf"(?:https?://|www\.|(?:dx\.)?doi\.org/|(?<!\w)(?:\w{{1,20}}\.)?arxiv\.org/|pubmed\.ncbi|europepmc\.org/|openalex\.org/){_END}",
    re.IGNORECASE,
)
_DOI = regex(rf"(?:\bdoi\s*[:=]?\s*)?(?<![\w.])10\.\d{{4,9}}/{_END}", re.IGNORECASE)
_ARXIV = regex(r"\barxiv\s*:\s*(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?", re.IGNORECASE)
_PMID = regex(r"\bpmid\s*:?\s*(\d{1,9})\b", re.IGNORECASE)
_PMCID = regex(r"\b(?:pmcid\s*:?\s*)?(PMC\d{3,9})\b", re.IGNORECASE)
_ALONE = regex(
    r"(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?|\d{5,9}|W\d{6,}|(?=\S*\d)(?=\S*[a-z])[\w.:~/-]{4,}",
    re.IGNORECASE,
)
_IN_LINK = (
    regex(rf"10\.\d{{4,9}}/{_END}"),
    regex(r"arxiv\.org/(?:abs|pdf|html|e-print|format)/([^\s?#]+)", re.IGNORECASE),
    regex(
        r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed|europepmc\.org/(?:article|abstract)/med)/(\d+)",
        re.I,
    ),
    regex(r"\b(PMC\d{3,9})\b", re.IGNORECASE),
    regex(r"openalex\.org/(?:works/)?(W\d+)", re.IGNORECASE),
)
# What publishers hang on a DOI in the links to their pages.
_HUNG = regex(
    r"(?:[?#&].*|/(?:full|pdf|abstract|epdf|meta|html|fulltext|pdfdirect|summary)|\.full(?:\.pdf)?|\.pdf|v\d+)$", re.I
)
# Sites whose links hold the end of a DOI.
_SITES = (
    (regex(r"aclanthology\.org/([A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+)", re.I), "10.18653/v1/"),
    (regex(r"nature\.com/articles/([\w.-]+)", re.I), "10.1038/"),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A paper named in a text: as `typed`, and the `names` it may have, the surest first."""

    typed: str
    names: tuple[str, ...]


def mentions(typed: str) -> tuple[list[Mention], str]:
    """The papers that `typed` names, in their order, and the words that are left."""
    text, named = plain(typed).strip(), list[tuple[int, Mention]]()
    if len(text) > _LONGEST:
        return [], " ".join(text.split())
    for pattern, names_of in ((_LINK, _of_link), (_DOI, _of_doi), (_ARXIV, _arxiv), (_PMID, _pmid), (_PMCID, _group)):
        named += [(match.start(), Mention(match[0].rstrip(".,;"), names_of(match))) for match in pattern.finditer(text)]
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    rest = [(match.start(), match[0].strip(".,;()[]")) for match in re.finditer(r"\S+", text)]
    rest = [(start, part) for start, part in rest if part]
    if all(_ALONE.fullmatch(part) for _, part in rest):
        named += [(start, Mention(part, (part, re.sub(r"v\d+$", "", part)))) for start, part in rest]
        rest = []
    words = " ".join(text.split()) if rest else ""
    return [mention for _, mention in sorted(named, key=lambda entry: entry[0])], words


def _of_link(match: re.Match[str]) -> tuple[str, ...]:
    link = match[0].rstrip(".,;)>")
    whole = link if "://" in link else f"https://{link}"
    names, decoded = list[str](), unquote(link)
    for pattern in _IN_LINK:
        if inner := pattern.search(decoded):
            names += _cut(inner[0]) if pattern is _IN_LINK[0] else [inner[1].removesuffix(".pdf")]
    names += [f"{prefix}{inner[1]}" for pattern, prefix in _SITES if (inner := pattern.search(decoded))]
    return tuple(dict.fromkeys([whole, *names]))


def _of_doi(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(_cut(unquote(match[0][match[0].index("10.") :])))


def _cut(doi: str) -> list[str]:
    """A DOI as it stands, and less what may hang on it."""
    names = [doi.rstrip(".,;")]
    while (cut := _HUNG.sub("", names[-1])) != names[-1]:
        names.append(cut)
    return names


def _arxiv(match: re.Match[str]) -> tuple[str, ...]:
    return (re.sub(r"\s+", "", match[0]), match[0].partition(":")[2].strip())


def _pmid(match: re.Match[str]) -> tuple[str, ...]:
    return (f"pmid:{match[1]}",)


def _group(match: re.Match[str]) -> tuple[str, ...]:
    return (match[1].upper(),)
