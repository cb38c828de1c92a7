"""How the authors that a name may mean are written in a library, each spelling with its papers; nothing is merged.

Pure: papers in, forms out. Always true: a form is a name exactly as papers write it; the most frequent come first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from explorer.language.names import fits
from explorer.paper import Paper, author_name

_COAUTHORS = 5  # named of each form


@dataclass(frozen=True, slots=True)
class NameForm:
    """A spelling of an author's name: its number of papers, years, topmost co-authors with their papers in common.

    `first` and `last` are years, None where no paper has any.
    """

    name: str
    papers: int
    first: int | None
    last: int | None
    coauthors: tuple[tuple[str, int], ...]


def name_forms(name: str, papers: Iterable[Paper]) -> list[NameForm]:
    """The spellings of who `name` may mean among the authors of `papers`, see `language.names.fits`."""
    by_form: dict[str, list[Paper]] = {}
    for paper in papers:
        for author in paper.authors:
            if fits(name, author):
                by_form.setdefault(author, []).append(paper)
    forms = [_form(form, own) for form, own in by_form.items()]
    return sorted(forms, key=lambda form: (-form.papers, form.name))


def _form(name: str, papers: list[Paper]) -> NameForm:
    years = [paper.year for paper in papers if paper.year]
    with_them = Counter(author_name(author) for paper in papers for author in paper.authors if author != name)
    nearest = sorted(with_them.items(), key=lambda entry: (-entry[1], entry[0]))[:_COAUTHORS]
    return NameForm(name, len(papers), min(years, default=None), max(years, default=None), tuple(nearest))
