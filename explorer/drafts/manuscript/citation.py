"""What a draft says it cites: citation keys, references as printed, and the papers they name.

Holds `Citation` and `Manuscript`, and how a list of references is read. Knows nothing of file formats or libraries.
Always true: a citation names at least a key, an identifier or an entry; what cannot be told from a text is left empty,
never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from explorer.arxiv import arxiv_in
from explorer.drafts.headings import headings
from explorer.identity import ids
from explorer.paper import Paper, Source, make_paper

ENTRIES = 5_000  # references taken of a draft: a book of 1,000 pages lists 3,000
_ENTRY_LENGTH = 1_500  # characters of a reference, which has 150 to 400; the rest is text that follows the list
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`]{2,200}")
_HEADING = headings("references", r"\d{1,2}\.?\s+|[ivx]{1,5}\.\s+|[a-z]\.\s+", r"\s*[:.]?")
_NUMBERED = re.compile(r"^\s{0,8}(?:\[(?P<bracket>[\w+:.\-]{1,30})\]|(?P<number>\d{1,3})[.)])\s+", re.MULTILINE)

_UNKNOWN = Paper()


@dataclass(frozen=True, slots=True)
class Citation:
    """One work that a draft cites: the key or number it has there, what is known of it, and the entry as printed."""

    key: str
    paper: Paper = _UNKNOWN
    text: str = ""

    @property
    def named(self) -> bool:
        """Whether it is known which work is meant: by an identifier or a title."""
        return bool(self.paper.title or any(ids(self.paper).values()))


@dataclass(frozen=True)
class Manuscript:
    """A draft as text, and what it cites.

    `text`: paragraphs separated by blank lines, headings as lines that begin with "# "; references and tables are left
    out. `whole`: the draft asks for all of its bibliography. `notes`: what was missing beside it, for people.
    """

    name: str
    text: str
    cited: tuple[Citation, ...] = ()
    whole: bool = False
    notes: tuple[str, ...] = ()

    def with_bibliography(self, papers: Iterable[Paper]) -> Manuscript:
        """The same draft, its keys looked up among `papers`; all of them when it cites none, or asks for all.

        A key that is not there stays as it is.
        """
        by_key = {source.key: paper for paper in papers for source in paper.sources[:1]}
        folded = {key.casefold(): paper for key, paper in by_key.items()}  # BibTeX ignores the case of keys
        if self.whole or not self.cited:
            cited = {citation.key: citation for citation in self.cited}
            rest = [citation for key, citation in cited.items() if key.casefold() not in folded]
            return replace(self, cited=(*(Citation(key, paper) for key, paper in by_key.items()), *rest))

        def looked_up(citation: Citation) -> Citation:
            paper = by_key.get(citation.key) or folded.get(citation.key.casefold())
            return replace(citation, paper=paper) if paper else citation

        return replace(self, cited=tuple(map(looked_up, self.cited)))


def is_references(heading: str) -> bool:
    """Whether a heading is the one above a list of references, in the languages of most papers."""
    return len(heading) < 60 and bool(_HEADING.fullmatch(heading.strip()))


def entries(lines: Sequence[str]) -> list[str]:
    """The references in the lines or paragraphs of a list: split at their numbers if they have any, else one a line."""
    text = "\n".join(line for line in lines if line.strip())
    starts = list(_starts(text))
    if len(starts) < 2:
        return [line.strip()[:_ENTRY_LENGTH] for line in text.split("\n") if line.strip()][:ENTRIES]
    ends = [*starts[1:], len(text)]
    cut = (text[start : min(end, start + _ENTRY_LENGTH)] for start, end in zip(starts, ends, strict=True))
    return [" ".join(entry.split()) for entry in cut][:ENTRIES]


def _starts(text: str) -> Iterator[int]:
    """Where the numbered references begin; a number that does not follow the one before it is a year or a volume."""
    last = 0
    for match in _NUMBERED.finditer(text):
        number = match["number"] or match["bracket"]
        if match["number"] and last and int(number) != last + 1:
            continue
        last = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
        yield match.start()


def of_list(name: str, lines: Sequence[str]) -> tuple[Citation, ...]:
    """A citation for each reference in the lines of a list."""
    return tuple(of_entry(name, number, text) for number, text in enumerate(entries(lines), start=1))


def of_entry(name: str, number: int, text: str, key: str = "") -> Citation:
    """The citation that a printed reference makes, with its DOI or arXiv id; its key is its number when it has none."""
    match = _NUMBERED.match(text)
    key = key or (match and (match["bracket"] or match["number"])) or str(number)
    doi = _DOI.search(text)
    ids_in_it = {"doi": doi[0] if doi else "", "arxiv": arxiv_in(text)}
    return Citation(key, make_paper(Source(name, number, 0, key), **ids_in_it), text)


def unique(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The citations, each key once; one that names its work goes before one that does not."""
    best: dict[str, Citation] = {}
    for citation in citations:
        if citation.key not in best or (citation.named and not best[citation.key].named):
            best[citation.key] = citation
    return tuple(best.values())
