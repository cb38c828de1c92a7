"""When two records are the same paper, when two versions of a work, and what they become together.

Holds pure functions on `Paper`: `match` (why two are the same, or that they are not), `veto` (why they cannot be), what
both compare (`titles`, `names`, `abstracts`), and `merge`. Knows nothing of files, tables or vectors. Always true: a
title alone never joins two records; different DOIs, PMIDs or arXiv ids, clearly different abstracts, and titles
that differ in a number or in a word such as "erratum" keep two records apart, whatever else agrees; every join has a
reason that can be shown.
"""

from explorer.identity.abstracts import abstract_overlap
from explorer.identity.doubts import doubtful, unsure
from explorer.identity.match import ID_NAMES, Match, identities, ids, is_preprint, match, same_text, veto
from explorer.identity.merge import merge
from explorer.identity.names import authors_agree, families, family
from explorer.identity.titles import is_serial, titles_agree

__all__ = [
    "ID_NAMES", "Match", "abstract_overlap", "authors_agree", "doubtful", "families", "family", "identities", "ids",
    "is_preprint", "is_serial", "match", "merge", "same_text", "titles_agree", "unsure", "veto",
]  # fmt: skip
