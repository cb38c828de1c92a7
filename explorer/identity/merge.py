"""What several records are together: a paper. Knows nothing of why they belong together.

Always true: nothing that a record says is lost where no other record says it; the earliest record gives the id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import reduce

from explorer.identity.match import is_preprint
from explorer.paper import Paper


def merge(records: Sequence[Paper]) -> Paper:
    """The paper from all that its records say, earlier records first: gaps filled, the longer abstract and author list.

    Of several versions the published gives title, year, venue and DOI, a preprint only what is missing.
    """
    best = sorted(records, key=is_preprint)  # stable: the first published record leads, if there is one
    sources = dict.fromkeys(source for record in records for source in record.sources)
    return replace(reduce(_joined, best), id=records[0].id, sources=tuple(sources))


def _joined(first: Paper, second: Paper) -> Paper:
    gaps = {field.name: getattr(second, field.name) for field in fields(Paper) if not getattr(first, field.name)}
    longer = {
        "abstract": max(first.abstract, second.abstract, key=len),
        "authors": max(first.authors, second.authors, key=_length),
        "collections": tuple(dict.fromkeys(first.collections + second.collections)),
    }
    return replace(first, **{**gaps, **longer})


def _length(authors: tuple[str, ...]) -> tuple[int, int]:
    # As many names, but written out: "Brown, Noam" tells more than "Brown N".
    return len(authors), sum(map(len, authors))
