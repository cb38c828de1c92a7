"""Which papers of a library a draft cites: by id, by identity, by title, or by the reference as it is printed.

Knows the store and when two records are one work, not files or vectors. Always true: in doubt a paper counts as cited,
as one wrongly suggested again is worse than one left out; versions and near-copies of a cited paper are cited, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorer.drafts.manuscript.citation import Citation
from explorer.drafts.suggestions import Reference
from explorer.identity import abstract_overlap, authors_agree, families, titles_agree
from explorer.paper import Paper
from explorer.store import Store
from explorer.text import fold

# A title of fewer words ("Deep learning") stands in other titles and in running text: alone it tells nothing.
_DISTINCTIVE = 3
_LONGEST = 40  # words of a title looked for in a printed reference; of 87,000 titles none has more
_SAME = 0.6  # share of the shorter abstract's words; versions of one paper have 0.7 up


Work: TypeAlias = Paper | str | Citation
"""What a draft cites: a paper of its bibliography; an id, DOI, title, part of one, or printed reference; a citation."""


class _Titles:
    """Keys of papers by folded title; read at the first need, as ids have none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def by_title(self) -> Mapping[str, list[int]]:
        titles: dict[str, list[int]] = {}
        for key, title in self._store.papers.titles():
            titles.setdefault(title, []).append(key)
        return titles

    def keys(self, title: str) -> list[int]:
        """Keys of the papers of a folded title."""
        return self.by_title.get(title, [])


def references(store: Store, works: Iterable[Work], near: NDArray[np.int64]) -> list[Reference]:
    """Each of the `works`, with the papers of the library that it is; `near` (q, 2) are keys of near-copies."""
    titles = _Titles(store)
    return [_reference(store, work, titles, near) for work in works]


def _reference(store: Store, work: Work, titles: _Titles, near: NDArray[np.int64]) -> Reference:
    entry: Paper | str
    reason = ""
    if isinstance(work, str):
        entry = work
        keys, reason = _of_name(store, work, titles)
    elif isinstance(work, Paper):
        entry, keys = work, _of_paper(store, work, titles)
    else:
        entry = work.paper if work.paper.title else work.text or work.key
        keys = (_of_paper(store, work.paper, titles) if work.named else []) or _of_text(store, work.text, titles)
        if not work.named and not work.text:
            reason = "only its key is known; give the bibliography (--bib)"
    keys = list(dict.fromkeys(keys + _copies(store, keys, near)))
    return Reference(entry, tuple(store.papers.fetch(keys)), "" if keys else reason)


def _of_paper(store: Store, paper: Paper, titles: _Titles) -> list[int]:
    """As an import would join them; and whatever has this title and these authors, as far as they are known."""
    keys = store.candidates.of(paper)
    title = fold(paper.title)
    same = [key for key in titles.keys(title) if title and key not in keys]
    for other, key in zip(store.papers.fetch(same), same, strict=True):
        if authors_agree(other, paper, unknown=title.count(" ") >= _DISTINCTIVE - 1):
            keys.append(key)
    return keys


def _of_name(store: Store, name: str, titles: _Titles) -> tuple[list[int], str]:
    folded = fold(name)
    if keys := store.papers.by_id(name) or titles.keys(folded) or _of_text(store, name, titles):
        return keys, ""
    matches = [key for title, keys in titles.by_title.items() if folded and folded in title for key in keys]
    if len(matches) > 1:
        return [], f"{len(matches)} papers answer to it; say which by its id"
    return matches, ""


def _of_text(store: Store, text: str, titles: _Titles) -> list[int]:
    """Papers whose title stands in a printed reference, with one of their authors; of several, the longest title."""
    words = fold(text).split()
    for length in range(min(_LONGEST, len(words)), _DISTINCTIVE - 1, -1):
        for start in range(len(words) - length + 1):
            keys = titles.keys(" ".join(words[start : start + length]))
            matches = [
                key
                for key, paper in zip(keys, store.papers.fetch(list(keys)), strict=True)
                if not paper.authors or families(paper.authors) & set(words)
            ]
            if matches:
                return matches
    return []


def _copies(store: Store, keys: Sequence[int], near: NDArray[np.int64]) -> list[int]:
    """Near-copies of the papers `keys`, by the same authors and of the same title or words: versions not merged."""
    touched = near[np.isin(near, keys).any(axis=1)] if keys else near[:0]
    copies = []
    for pair in touched.tolist():
        first, second = store.papers.fetch(pair)
        shared = abstract_overlap(first.abstract, second.abstract) or 0.0
        if authors_agree(first, second) and (titles_agree(first.title, second.title) or shared >= _SAME):
            copies += pair
    return copies
