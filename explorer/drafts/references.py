"""Which papers of a library a draft cites: by id, by identity, by title, or by the reference as it is printed.

Knows the store and when two records are one work, not files or vectors. Always true: what is cited is found generously,
as a paper wrongly suggested again is worse than one left out: versions and near-copies of a cited paper are cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.suggestions import Reference
from explorer.identity import abstract_overlap, authors_agree, families, ids, titles_agree
from explorer.paper import Paper
from explorer.store import Store
from explorer.text import fold

# A title of fewer words ("Deep learning") stands in other titles and in running text: alone it tells nothing.
_TELLING = 3
_LONGEST = 40  # words of a title looked for in a printed reference; of 87,000 titles none has more
_SAME = 0.6  # share of the shorter abstract's words; versions of one paper have 0.7 up


class Printed(Protocol):
    """A reference of a draft: what is known of the work, and the entry as printed."""

    @property
    def key(self) -> str:
        """Its citation key or number."""

    @property
    def paper(self) -> Paper:
        """What is known of the work."""

    @property
    def text(self) -> str:
        """The entry as printed."""


Given: TypeAlias = Paper | str | Printed


def references(store: Store, given: Iterable[Given], near: NDArray[np.int64]) -> list[Reference]:
    """Each of the works `given`, with the papers of the library that it is.

    A string is an id, a DOI, a title, a part of one, or a printed reference. `near` (q, 2) are keys of near-copies.
    """
    given = list(given)
    titles: dict[str, list[int]] = {}
    for key, title in store.titles() if given else ():
        titles.setdefault(title, []).append(key)
    return [_reference(store, one, titles, near) for one in given]


def _reference(store: Store, one: Given, titles: Mapping[str, list[int]], near: NDArray[np.int64]) -> Reference:
    reason = ""
    if isinstance(one, str):
        shown: Paper | str = one
        keys, reason = _of_name(store, one, titles)
    elif isinstance(one, Paper):
        shown, keys = one, _of_paper(store, one, titles)
    else:
        known = bool(one.paper.title or any(ids(one.paper).values()))
        shown = one.paper if one.paper.title else one.text or one.key
        keys = (_of_paper(store, one.paper, titles) if known else []) or _of_text(store, one.text, titles)
        if not known and not one.text:
            reason = "only its key is known; give the bibliography (--bib)"
    keys = list(dict.fromkeys(keys + _copies(store, keys, near)))
    return Reference(shown, tuple(store.papers(keys)), "" if keys else reason)


def _of_paper(store: Store, paper: Paper, titles: Mapping[str, list[int]]) -> list[int]:
    """As an import would join them; and whatever has this title and these authors, as far as they are known."""
    keys = store.records.known(paper)
    title = fold(paper.title)
    same = [key for key in titles.get(title, ()) if title and key not in keys]
    for other, key in zip(store.papers(same), same, strict=True):
        unknown = title.count(" ") >= _TELLING - 1
        if authors_agree(other, paper, unknown=unknown):
            keys.append(key)
    return keys


def _of_name(store: Store, name: str, titles: Mapping[str, list[int]]) -> tuple[list[int], str]:
    folded = fold(name)
    if keys := store.by_id(name) or list(titles.get(folded, ())) or _of_text(store, name, titles):
        return keys, ""
    found = [key for title, keys in titles.items() if folded and folded in title for key in keys]
    if len(found) > 1:
        return [], f"{len(found)} papers answer to it; say which by its id"
    return found, ""


def _of_text(store: Store, text: str, titles: Mapping[str, list[int]]) -> list[int]:
    """Papers whose title stands in a printed reference, with one of their authors; of several, the longest title."""
    words = fold(text).split()
    for length in range(min(_LONGEST, len(words)), _TELLING - 1, -1):
        for start in range(len(words) - length + 1):
            keys = titles.get(" ".join(words[start : start + length]), ())
            named = [
                key
                for key, paper in zip(keys, store.papers(list(keys)), strict=True)
                if not paper.authors or families(paper.authors) & set(words)
            ]
            if named:
                return named
    return []


def _copies(store: Store, keys: Sequence[int], near: NDArray[np.int64]) -> list[int]:
    """Near-copies of the papers `keys`, by the same authors and of the same title or words: versions not merged."""
    touched = near[np.isin(near, keys).any(axis=1)] if keys else near[:0]
    found = []
    for one, other in touched.tolist():
        first, second = store.papers([one, other])
        shared = abstract_overlap(first.abstract, second.abstract) or 0.0
        if authors_agree(first, second) and (titles_agree(first.title, second.title) or shared >= _SAME):
            found += [one, other]
    return found
