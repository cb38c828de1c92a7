"""What became of records in doubt: merges that the rules of today would not make, and merges on little evidence.

Holds pure functions on the records of a paper, in the order they came. Knows nothing of tables or screens. Always true:
what shares an id or an abstract with an earlier record is not on little evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.identity.abstracts import AGREE, abstract_overlap
from explorer.identity.match import identities, ids, is_preprint, match, venues_differ, veto
from explorer.identity.names import families
from explorer.paper import Paper

_ENOUGH = 2  # family names in common: two people of the same names rarely write the same title in the same year


def unsure(records: Sequence[Paper]) -> dict[int, str]:
    """Which records of a paper joined it on little evidence, by their place in `records`, and what is missing."""
    reasons = ((place, _missing(record, records[:place])) for place, record in enumerate(records) if place)
    return {place: why for place, why in reasons if why}


def _missing(record: Paper, earlier: Sequence[Paper]) -> str:
    """What speaks against that a record is of the paper of `earlier` ones; an empty string for nothing worth a look."""
    if any(_sure(record, member) for member in earlier):
        return ""
    closest = max(earlier, key=lambda member: len(families(member.authors) & families(record.authors)))
    against = [
        "another year" if record.year and closest.year and record.year != closest.year else "",
        "another venue" if venues_differ(record.venue, closest.venue) else "",
        "a preprint beside an article" if is_preprint(record) != is_preprint(closest) else "",
        "" if len(families(record.authors) & families(closest.authors)) >= _ENOUGH else "hardly an author in common",
    ]
    differences = ", ".join(filter(None, against))
    return f"no id and no abstract in common, and {differences}" if differences else ""


def _sure(record: Paper, member: Paper) -> bool:
    ours, theirs = ids(record), ids(member)
    shared = any(ours[kind] and ours[kind] == theirs[kind] for kind in ours)
    return shared or (abstract_overlap(record.abstract, member.abstract) or 0) >= AGREE


def doubtful(records: Sequence[Paper]) -> dict[int, str]:
    """Which records of a paper the rules would not join with the first, by their place in `records`, and why."""
    inside, outside = [0], list(range(1, len(records)))
    grown = True
    while grown:
        grown = False
        for place in list(outside):
            if _joins(records[place], [records[other] for other in inside]):
                inside.append(place)
                outside.remove(place)
                grown = True
    return {place: _why_not(records[place], [records[other] for other in inside]) for place in outside}


def _joins(record: Paper, members: Sequence[Paper]) -> bool:
    keys = identities(record)
    return not any(veto(member, record) for member in members) and any(
        match(member, record, key) for member in members for key in keys if key in identities(member)
    )


def _why_not(record: Paper, members: Sequence[Paper]) -> str:
    reasons = (veto(member, record) for member in members)
    return next(
        filter(None, reasons), "too little agrees: another year, venue or title, and no abstract or id in common"
    )
