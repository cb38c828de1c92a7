"""When two records are one paper, when two versions of one work, and what they become together.

Holds pure functions on `Paper`. Knows nothing of files, tables or vectors. Always true: a title alone never makes two
records one; records whose titles differ in a number or in a word such as "erratum" stay apart whatever else agrees;
every join has a reason that can be shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, reduce

from explorer.paper import Paper
from explorer.text import fold

_TEXT_WORDS = 12  # of an abstract's beginning: two papers rarely share so many, and versions change them seldom
_AGREE, _DIFFER = 0.6, 0.35  # share of the shorter abstract's words found in the other; versions of one have 0.7 up
_COPIED = 0.95  # share at which an abstract outweighs a title that was changed, not only shortened
_SAME_WORK_YEARS = 1  # online first in one year, printed in the next
_VERSION_YEARS = 5  # from preprint to journal; the slowest of a thousand arXiv papers with a DOI took six
_ENOUGH = 30  # words from which an abstract can disagree: a shorter one may be a stub

# Titles that many papers share: they say what kind of text it is, not what it is about.
_GENERIC = frozenset(
    "abstract abstracts acknowledgements acknowledgments announcement bibliography commentary comments conclusion "
    "conclusions contents correspondence discussion editorial editorials errata foreword index introduction keynote "
    "letter letters masthead news note notes obituary opening overview panel perspective perspectives preface program "
    "rebuttal references reply report reports response results review reviews summary tutorial untitled welcome "
    "workshop".split()
) | frozenset(
    (
        "author index", "book review", "book reviews", "editor s note", "editors note", "front matter",
        "guest editorial", "in memoriam", "in this issue", "introduction to the special issue",
        "introduction to this special issue", "invited talk", "issue information", "letter to the editor",
        "letters to the editor", "program committee", "questions and answers", "special issue", "table of contents",
        "title page", "welcome message", "no title", "title not available",
    )
)  # fmt: skip
# Words that, in one title only, make another paper of it.
_ANOTHER = frozenset(
    "erratum errata corrigendum corrigenda correction corrections retraction withdrawal addendum reply response "
    "rejoinder comment comments commentary supplement supplementary appendix".split()
)
_PART = re.compile(r"\d+(?:st|nd|rd|th|x)?|[ivx]+|first|second|third|fourth|fifth|one|two|three|four|five|[a-h]")
_PREPRINT = re.compile(
    r"10\.(?:48550/|1101/|2139/ssrn|21203/rs\.|20944/preprints|26434/chemrxiv|31234/|31219/|31235/|36227/techrxiv"
    r"|22541/au|1017/essoar|2196/preprints|5194/egusphere|64898/|12688/|7287/peerj\.preprints)"
)
_PREPRINT_VENUE = re.compile(
    r"\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|preprint|preprints|techrxiv|osf)\b"
)


@dataclass(frozen=True, slots=True)
class Match:
    """Why a record joins a known paper. `version`: it is another version of the work, not the same publication."""

    reason: str
    version: bool = False


def identities(paper: Paper) -> tuple[str, ...]:
    """Keys under which the same paper may already be known, strongest first; equal keys only propose one paper.

    DOI > arXiv id > PMID > PMCID > OpenAlex id > title with first author > beginning of the abstract > title alone
    (records that have nothing else). Whether they are one says `match`.
    """
    keys = [f"{kind}:{value}" for kind, value in ids(paper).items() if value]
    title, first = fold(paper.title), family(paper.authors[0]) if paper.authors else ""
    if title and first and title not in _GENERIC:
        keys.append(f"title:{title}|{first}")
    if paper.abstract:
        keys.append(f"text:{_beginning(paper.abstract)}")
    elif title and not first and title not in _GENERIC:
        keys.append(f"bare:{title}|{paper.year or ''}|{fold(paper.venue)}")
    return tuple(keys)


def ids(paper: Paper) -> dict[str, str]:
    """The paper's ids by kind, strongest kind first; missing ones are empty."""
    return {kind: getattr(paper, kind) for kind in _ID_NAMES} | {"arxiv": paper.arxiv.lower()}


def match(known: Paper, new: Paper, key: str) -> Match | None:
    """Why two papers that share the identity `key` are one, or None when they are not."""
    kind, _, value = key.partition(":")
    if not titles_agree(known.title, new.title, loosely=kind in _ID_NAMES and authors_agree(known, new)):
        return None
    if kind in _ID_NAMES:
        return Match(f"same {_ID_NAMES[kind]}, {value}", version=_published_twice(known, new))
    if kind == "text":
        return _match_text(known, new)
    if kind == "bare":
        return None if conflict(known, new) else Match("same title, year and venue, and no author or abstract")
    return _match_title(known, new)


_ID_NAMES = {"doi": "DOI", "arxiv": "arXiv id", "pmid": "PMID", "pmcid": "PMCID", "openalex": "OpenAlex id"}


def conflict(known: Paper, new: Paper) -> bool:
    """Whether the two have different ids of one kind: then they are two publications."""
    return any(a and b and a != b for a, b in zip(ids(known).values(), ids(new).values(), strict=True))


def is_preprint(paper: Paper) -> bool:
    """Whether nothing but a preprint is known of the paper."""
    if paper.doi:
        return bool(_PREPRINT.match(paper.doi))
    venue = fold(paper.venue)
    return bool(_PREPRINT_VENUE.search(venue)) or bool(paper.arxiv and not venue)


def _published_twice(known: Paper, new: Paper) -> bool:
    return conflict(known, new) or is_preprint(known) != is_preprint(new)


def _match_title(known: Paper, new: Paper) -> Match | None:
    """Same title and first author. Yearly overviews and reports have both, too: there the abstracts must agree."""
    if not authors_agree(known, new):
        return None
    shared = abstract_overlap(known.abstract, new.abstract)
    apart = abs(known.year - new.year) if known.year and new.year else 0
    if shared is not None and shared < _DIFFER:
        return None
    agree = shared is not None and shared >= _AGREE
    preprint = is_preprint(known) != is_preprint(new)
    if not conflict(known, new) and (apart <= _SAME_WORK_YEARS or (agree and apart <= _VERSION_YEARS)):
        return Match("same title and authors", version=preprint or apart > _SAME_WORK_YEARS)
    if apart <= _VERSION_YEARS and (agree or preprint):
        return Match("same title and authors" + (", same abstract" if agree else ", one a preprint"), version=True)
    return None


def _match_text(known: Paper, new: Paper) -> Match | None:
    """Same beginning of the abstract."""
    shared = abstract_overlap(known.abstract, new.abstract)
    whole = fold(known.abstract) == fold(new.abstract)
    if not whole and (shared is None or shared < 0.8):
        return None
    if not known.title or not new.title:
        return Match("same abstract, and one has no title") if whole and not conflict(known, new) else None
    if not authors_agree(known, new, unknown=whole and fold(known.title) == fold(new.title)):
        return None
    apart = abs(known.year - new.year) if known.year and new.year else 0
    first, second = _title_words(known.title), _title_words(new.title)
    if not (first <= second or second <= first) and (shared is None or shared < _COPIED):
        return None  # one group's next paper begins like the last
    if apart > _VERSION_YEARS or not (first == second or len(_words(known.abstract)) >= _ENOUGH // 2):
        return None
    return Match("same abstract, similar title", version=_published_twice(known, new) or apart > _SAME_WORK_YEARS)


# ------------------------------------------------------------------------------------------------- comparing


def titles_agree(one: str, other: str, *, loosely: bool = False) -> bool:
    """Whether two titles may name one paper: equal, or one within the other but for a few words; no title agrees.

    Never when they differ in a number, a part or a word like "erratum". `loosely`: half of the words are enough, a
    number may be missing in one, and a title in another alphabet agrees (the original beside its translation).
    """
    first, second = _title_words(one), _title_words(other)
    if not first or not second or first == second:
        return True
    ours, theirs = first - second, second - first
    parts = [any(_PART.fullmatch(word) for word in only) for only in (ours, theirs)]
    if (ours | theirs) & _ANOTHER or (all(parts) if loosely else any(parts)):
        return False
    if loosely and one.isascii() != other.isascii():
        return True
    shared = len(first & second) / min(len(first), len(second))
    return shared >= (0.5 if loosely else 0.75) and (loosely or min(len(first), len(second)) >= 3)


@lru_cache(maxsize=1024)
def _title_words(title: str) -> frozenset[str]:
    words = fold(re.sub(r"^\s*(?:retracted(?: article)?|withdrawn)\s*[:.\-]\s*", "", title, flags=re.IGNORECASE))
    return frozenset(words.split()) - {"a", "the", "an", "of", "on", "in", "for", "and", "to"}


def authors_agree(known: Paper, new: Paper, *, unknown: bool = True) -> bool:
    """Whether most family names of the shorter list are in the other; `unknown` when a list is empty."""
    one, other = families(known.authors), families(new.authors)
    if not one or not other:
        return unknown
    return len(one & other) >= 0.6 * min(len(one), len(other))


@lru_cache(maxsize=256)
def families(authors: tuple[str, ...]) -> frozenset[str]:
    """Folded family names; of a thousand authors the first hundred, as lists get cut."""
    return frozenset(name for name in map(family, authors[:100]) if name)


def family(author: str) -> str:
    """The last word of the family name, folded: "van der Berg, J." and "Jan van der Berg" and "Berg J" → "berg"."""
    name, comma, _ = author.partition(",")
    words = name.split()
    if not comma:  # "Smith JA" as MEDLINE writes it, else "John A. Smith"
        while len(words) > 1 and re.fullmatch(r"(?:[A-Z]\.?-?){1,3}|Jr\.?|Sr\.?|I{2,3}", words[-1]):
            words.pop()
    folded = fold(words[-1] if words else "").split()
    return folded[-1] if folded else ""


def abstract_overlap(one: str, other: str) -> float | None:
    """Share of the shorter abstract's different words found in the other; None when one is missing or a stub."""
    first, second = _words(one), _words(other)
    if min(len(first), len(second)) < _ENOUGH // 2:
        return 1.0 if first and first == second else None
    return len(first & second) / min(len(first), len(second))


def same_text(one: Paper, other: Paper) -> bool:
    """Whether two papers of nearly the same meaning are versions of one text, though they stay two papers."""
    if not titles_agree(one.title, other.title, loosely=True):
        return False  # part one and part two, the reports of two years
    shared = abstract_overlap(one.abstract, other.abstract)
    return titles_agree(one.title, other.title) if shared is None else shared >= _AGREE


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text[:20_000]).split())


def _beginning(abstract: str) -> str:
    # Some databases begin with a label or the publisher's line; folding alone cannot help that.
    return " ".join(fold(abstract[:400]).split()[:_TEXT_WORDS])


# -------------------------------------------------------------------------------------------------- merging


def merge(records: Sequence[Paper]) -> Paper:
    """One paper from all that is said of it, earlier records first: gaps filled, the longer abstract and author list.

    Of several versions the published one gives title, year, venue and DOI, a preprint only what is missing.
    """
    best = sorted(records, key=is_preprint)  # stable: the first published record leads, if there is one
    sources = dict.fromkeys(source for record in records for source in record.sources)
    return replace(reduce(_joined, best), id=records[0].id, sources=tuple(sources))


def _joined(known: Paper, new: Paper) -> Paper:
    gaps = {field.name: getattr(new, field.name) for field in fields(Paper) if not getattr(known, field.name)}
    longer = {
        "abstract": max(known.abstract, new.abstract, key=len),
        "authors": max(known.authors, new.authors, key=_said),
        "collections": tuple(dict.fromkeys(known.collections + new.collections)),
    }
    return replace(known, **{**gaps, **longer})


def _said(authors: tuple[str, ...]) -> tuple[int, int]:
    # As many names, but written out: "Brown, Noam" tells more than "Brown N".
    return len(authors), sum(map(len, authors))
