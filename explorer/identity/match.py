"""Why two records are the same paper, and why they cannot be: the rules.

Holds pure functions on `Paper`. Knows nothing of files, tables or vectors. Always true: `match` never joins what `veto`
forbids; both are symmetric; a title alone never joins two records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.doi import canonical_doi, is_preprint_doi, work_of
from explorer.identity.abstracts import (
    AGREE,
    COPIED,
    ENOUGH,
    abstract_overlap,
    abstracts_differ,
    beginning,
    language,
    numbers_differ,
    script,
    title_language,
    words_of,
)
from explorer.identity.names import authors_agree, first_family, initials_differ, is_body, spelt
from explorer.identity.titles import (
    another_work,
    begins_alike,
    is_distinctive,
    is_generic,
    is_periodical,
    is_serial,
    title_words,
    titles_agree,
)
from explorer.notices import deeds, label
from explorer.paper import Paper
from explorer.patterns import regex
from explorer.text import fold

_SAME_WORK_YEARS = 1  # online first, printed in the next year
_VERSIONS = 0.8  # share of an abstract's words from which equal titles are of versions
_VERSION_YEARS = 5  # from preprint to journal; the slowest of a thousand arXiv papers with a DOI took six
ID_NAMES = {"doi": "DOI", "arxiv": "arXiv id", "pmid": "PMID", "pmcid": "PMCID", "openalex": "OpenAlex id"}
_VETOES = ("doi", "arxiv", "pmid", "pmcid")  # OpenAlex keeps works twice itself
_PREPRINT_VENUE = regex(
    r"\b(?:\w*[ar]xiv|corr|ssrn|preprints?|osf|research square|authorea|qeios|nber|discuss(?:ions?)?$"
    r"|discussion papers?)\b"
)
_PROCEEDINGS = regex(r"\b(?:proceedings|proc|conference|conf|congress|symposium|symp|workshops?|lecture notes|lncs)\b")


@dataclass(frozen=True, slots=True)
class Match:
    """Why a record joins a paper. `version`: it is another version of the work, not the same publication."""

    reason: str
    version: bool = False


def identities(paper: Paper) -> tuple[str, ...]:
    """Keys under which the same paper may already be there, strongest first; equal keys only propose one paper.

    DOI > arXiv id > PMID > PMCID > OpenAlex id > DOI less its version > title with first author > beginning of the
    abstract > title with year and venue (records that have nothing else). Whether they are the same says `match`.
    """
    keys = [f"{kind}:{value}" for kind, value in ids(paper).items() if value]
    if (doi := canonical_doi(paper.doi)) and (work := work_of(doi)) != doi:
        keys.append(f"doi:{work}")
    title, first = fold(paper.title), spelt(first_family(paper.authors))
    telling = not is_generic(paper.title)
    if first and telling:
        keys.append(f"title:{spelt(''.join(title_words(paper.title)))}|{first}")
    if start := beginning(paper.abstract):
        keys.append(f"text:{start}")
    elif telling and not first and (paper.year or paper.venue or is_distinctive(paper.title)):
        keys.append(f"bare:{title}|{paper.year or ''}|{fold(paper.venue)}")
    return tuple(keys)


def ids(paper: Paper) -> dict[str, str]:
    """The paper's ids by kind, strongest kind first; missing ones are empty."""
    return {kind: getattr(paper, kind) for kind in ID_NAMES} | {
        "doi": canonical_doi(paper.doi),
        "arxiv": _arxiv(paper.arxiv.lower()),
    }


def _arxiv(paper_id: str) -> str:
    """An arXiv id as arXiv gives it: a table that took it for a number cut its last zero off, since 2015 it has five
    digits; the class of a subject ("math.GT/0309136") is no part of it.
    """
    if re.fullmatch(r"(?:1[5-9]|[2-8]\d)\d\d\.\d{4}", paper_id):
        return f"{paper_id}0"
    return re.sub(r"^([a-z-]+)\.[a-z]{2}/", r"\1/", paper_id)


def is_preprint(paper: Paper) -> bool:
    """Whether the paper is a preprint only."""
    if paper.doi:
        return is_preprint_doi(canonical_doi(paper.doi))
    venue = fold(paper.venue)
    return bool(_PREPRINT_VENUE.search(venue)) or bool(paper.arxiv and not venue)


# ------------------------------------------------------------------------------------------------------------- vetoes


def veto(first: Paper, second: Paper) -> str:
    """Why two records cannot be the same paper, whatever else agrees; an empty string when nothing forbids it."""
    ours, theirs = ids(first), ids(second)
    different = [kind for kind in _VETOES if ours[kind] and theirs[kind] and ours[kind] != theirs[kind]]
    if different and not _may_be_versions(first, second, different):
        kind = different[0]
        return f"different {ID_NAMES[kind]}s, {ours[kind]} and {theirs[kind]}"
    if another_work(first.title, second.title):
        return "their titles differ in a number, a part, or a word such as erratum"
    if abstracts_differ(first.abstract, second.abstract):
        return "different abstracts"
    if (ours_say := deeds(first.notices)) != (theirs_say := deeds(second.notices)) and not (ours_say and theirs_say):
        return f"a paper and a notice: {label(first.notices if ours_say else second.notices).lower()}"
    if _is_chapter(first, second) or _is_chapter(second, first):
        return "a book and a chapter of it"
    return ""


def _may_be_versions(first: Paper, second: Paper, different: list[str]) -> bool:
    """Whether different ids may be those of two versions of a work: preprint and article, proceedings and journal."""
    if "arxiv" in different:
        return False  # all versions share it
    if _same_work(first, second):
        return True
    ours, theirs = is_preprint(first), is_preprint(second)
    if ours and theirs:  # on two servers
        return _server(first) != _server(second)
    if ours or theirs:
        preprint, article = (first, second) if ours else (second, first)
        return not (preprint.year and article.year) or preprint.year <= article.year + _SAME_WORK_YEARS
    venues = [fold(paper.venue) for paper in (first, second)]
    if not all(venues) or sum(bool(_PROCEEDINGS.search(venue)) for venue in venues) != 1:
        return False
    return (abstract_overlap(first.abstract, second.abstract) or 0) >= AGREE and not is_serial(first.title)


def _same_work(first: Paper, second: Paper) -> bool:
    """Whether two DOIs are of versions of a work, and differ in the version only."""
    ours, theirs = canonical_doi(first.doi), canonical_doi(second.doi)
    return bool(ours and ours != theirs) and work_of(ours) == work_of(theirs)


def _server(paper: Paper) -> str:
    doi = canonical_doi(paper.doi)
    return re.split(r"(?<=/)[a-z.\-]*(?=\d)", doi)[0] if doi else fold(paper.venue)


def _is_chapter(first: Paper, second: Paper) -> bool:
    """Whether the second is the book that the first lies in."""
    book = fold(second.title)
    return bool(book) and fold(first.venue) == book and fold(first.title) != book and bool(first.title)


# ------------------------------------------------------------------------------------------------------------ matches


def match(first: Paper, second: Paper, key: str) -> Match | None:
    """Why two papers that share the identity `key` are the same, or None when they are not."""
    kind, _, value = key.partition(":")
    if veto(first, second):
        return None
    if kind in ID_NAMES:
        if not _same_by_id(first, second, kind):
            return None
        if ids(first)[kind] != ids(second)[kind]:
            return Match(f"versions of the same work, {value}", version=True) if _same_work(first, second) else None
        return Match(f"same {ID_NAMES[kind]}, {value}", version=_published_twice(first, second))
    if kind == "text":
        return _match_text(first, second)
    if kind == "bare":
        if is_periodical(second.title):
            return None
        return Match("same title, year and venue, and no author or abstract")
    return _match_title(first, second)


def _published_twice(first: Paper, second: Paper) -> bool:
    ours, theirs = ids(first), ids(second)
    different = any(ours[kind] and theirs[kind] and ours[kind] != theirs[kind] for kind in ours)
    return different or is_preprint(first) != is_preprint(second)


def _same_by_id(first: Paper, second: Paper, kind: str) -> bool:
    """Whether title and authors allow what a shared id says: files give the same id to a book and all its chapters."""
    if not first.title or not second.title:
        return True
    if title_words(first.title) == title_words(second.title):
        return authors_agree(first, second) or not is_generic(second.title)
    if not authors_agree(first, second) and script(first.title) == script(second.title):
        return titles_agree(first.title, second.title) and not first.abstract and not second.abstract
    if titles_agree(first.title, second.title):
        return True
    agree = (abstract_overlap(first.abstract, second.abstract) or 0) >= AGREE
    foreign = script(first.title) != script(second.title)
    if _agree_in_two_languages(first, second):
        return True
    return (agree or foreign or kind == "arxiv") and titles_agree(first.title, second.title, loosely=True)


def _agree_in_two_languages(first: Paper, second: Paper) -> bool:
    """Whether two titles, of the same authors and with the same numbers, are an original and its translation."""
    named = bool(first.authors and second.authors) and authors_agree(first, second, unknown=False)
    spoken = [title_language(paper.title) for paper in (first, second)]
    same_numbers = re.findall(r"\d+", first.title) == re.findall(r"\d+", second.title)
    return named and all(spoken) and spoken[0] != spoken[1] and same_numbers


def _match_title(first: Paper, second: Paper) -> Match | None:
    """Same title and first author. Reports of every year have both, too: there more must agree."""
    if not authors_agree(first, second):
        return None
    apart = abs(first.year - second.year) if first.year and second.year else 0
    shared = abstract_overlap(first.abstract, second.abstract)
    agree = shared is not None and shared >= AGREE
    if shared is not None and not agree and language(first.abstract) == language(second.abstract):
        return None
    preprint = is_preprint(first) != is_preprint(second)
    serial = is_serial(second.title) or any(is_body(author) for author in second.authors[:1])
    if preprint or _published_twice(first, second):
        if apart > _VERSION_YEARS or (serial and apart > 0 and not agree):
            return None
        why = ", same abstract" if agree else ", one a preprint" if preprint else ""
        return Match("same title and authors" + why, version=True)
    if apart == 0:
        return Match("same title and authors") if agree or _same_issue(first, second, serial) else None
    if serial or apart > _VERSION_YEARS:
        return None
    if agree and not numbers_differ(first.abstract, second.abstract):
        return Match("same title, authors and abstract", version=apart > _SAME_WORK_YEARS)
    if shared is None and apart <= _SAME_WORK_YEARS and is_distinctive(second.title):
        return None if _locators_differ(first, second) else Match("same title and authors")
    return None


def _same_issue(first: Paper, second: Paper, serial: bool) -> bool:
    """Whether two records of the same title, author and year, without abstracts, are of the same publication."""
    if _locators_differ(first, second) or initials_differ(first.authors, second.authors):
        return False
    if serial and (not first.year or not second.year or is_periodical(second.title)):
        return False
    few = min(len(first.authors), len(second.authors)) < 3
    return not (few and not is_distinctive(second.title) and venues_differ(first.venue, second.venue))


def _locators_differ(first: Paper, second: Paper) -> bool:
    """Whether two venues give different numbers (of volume, issue or page) of the same journal."""
    ours, theirs = (re.findall(r"\d+", paper.venue) for paper in (first, second))
    names = (re.sub(r"[\d\W]+", " ", fold(paper.venue)).strip() for paper in (first, second))
    return bool(ours and theirs) and ours != theirs and len(set(names)) == 1


def venues_differ(first: str, second: str) -> bool:
    """Whether two venues are clearly two: neither is an abbreviation of the other."""
    ours, theirs = (_venue_words(name) for name in (first, second))
    if not ours or not theirs or ours == theirs:
        return False
    short, long = sorted((ours, theirs), key=lambda words: len("".join(words)))
    letters = iter("".join(word[:1] for word in long))
    if len(short) == 1 and all(letter in letters for letter in short[0]):
        return False  # NIPS
    rest = iter(long)
    return not all(any(_abbreviates(word, full) for full in rest) for word in short)


def _abbreviates(short: str, long: str) -> bool:
    return long.startswith(short) or short.startswith(long) or (short[0] == long[0] and short[-1] == long[-1])


def _venue_words(venue: str) -> tuple[str, ...]:
    words = re.sub(r"[\d]+", " ", fold(venue)).split()
    return tuple(word for word in words if word not in ("the", "of", "and", "in", "for", "on", "de", "la", "der"))


def _match_text(first: Paper, second: Paper) -> Match | None:
    """Same beginning of the abstract."""
    shared = abstract_overlap(first.abstract, second.abstract)
    if shared is None or shared < _VERSIONS:
        return None
    whole = fold(first.abstract) == fold(second.abstract)
    if not first.title or not second.title:
        enough = whole and len(words_of(second.abstract)) >= ENOUGH and authors_agree(first, second)
        return Match("same abstract, and one has no title") if enough else None
    ours, theirs = set(title_words(first.title)), set(title_words(second.title))
    agree = titles_agree(first.title, second.title) or begins_alike(first.title, second.title)
    if not agree or (ours != theirs and shared < COPIED):
        return None  # a group's next paper begins like the last
    if not authors_agree(first, second, unknown=whole and ours == theirs):
        return None
    apart = abs(first.year - second.year) if first.year and second.year else 0
    if apart > _VERSION_YEARS or not (ours == theirs or len(words_of(first.abstract)) >= ENOUGH // 2):
        return None
    if apart and (is_serial(first.title) or is_serial(second.title) or numbers_differ(first.abstract, second.abstract)):
        return None
    return Match("same abstract, similar title", version=_published_twice(first, second) or apart > _SAME_WORK_YEARS)


def same_text(first: Paper, second: Paper) -> bool:
    """Whether two papers of nearly the same meaning are versions of one text, though they stay two papers."""
    if not titles_agree(first.title, second.title, loosely=True):
        return False  # part one and part two, the reports of two years
    shared = abstract_overlap(first.abstract, second.abstract)
    return titles_agree(first.title, second.title) if shared is None else shared >= AGREE
