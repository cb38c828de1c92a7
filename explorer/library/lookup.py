"""What a typed text is before it is a question: the title of a paper of the library, its identifier or a link to it.

Joins the box's language and the store, and puts first what a named author wrote; knows no screens. Always true: a text
that is to be read as a strategy names no paper; a text whose title or identifier is here does not need to parse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.errors import ExplorerError
from explorer.filter import Field
from explorer.index.snapshot import Snapshot
from explorer.language.names import in_full, may_be_name, name_of, names_within
from explorer.library.mask import mask_of
from explorer.search.box.identifiers import mentions
from explorer.search.parse import Mode, Query, parse
from explorer.search.question import Question
from explorer.search.ranking import Ranking
from explorer.store import Store

_NAMESAKES = 3_000
_MOST = 20  # papers that may lead a list: of "Editorial" there can be hundreds


@dataclass(frozen=True, slots=True)
class Lookup:
    """The query of a question, and keys of the papers that it names, which lead the list; `alone`: it names no more."""

    query: Query
    keys: tuple[int, ...] = ()
    alone: bool = False


def look_up(question: Question, store: Store) -> Lookup:
    """What the text of `question` names and asks for. Raises BadQuery as `parse`."""
    text, mode = question.text, question.mode
    if mode is Mode.STRATEGY or not text.strip() or (question.query and question.query.within):
        return Lookup(question.parsed())
    if keys := store.papers.titled(text):
        many = f"; the first {_MOST} lead the list" if len(keys) > _MOST else ""
        remark = "the title of a paper" if len(keys) == 1 else f"the title of {len(keys)} papers{many}"
        query = Query(" ".join(text.split()), remarks=(f"Read as {remark}",), both=_parses(text))
        return Lookup(query, tuple(keys[:_MOST]))
    named, rest = mentions(text)
    keys, absent = list[int](), list[str]()
    for mention in named:
        of_mention = next(filter(None, map(store.papers.by_id, mention.names)), [])
        keys += of_mention
        absent += [] if of_mention else [mention.typed]
    if not keys:
        query = question.parsed()
        sure = [name for name in absent if not rest and ("/" in name or ":" in name)]
        remark = f"No paper here has the identifier or link {', '.join(sure)}"
        return Lookup(replace(query, remarks=(*query.remarks, remark)) if sure else query)
    words = " ".join(text.split())
    gone = (f"No paper here has {', '.join(absent)}",) if absent else ()
    what = "an identifier or link of a paper" if len(keys) == 1 else f"identifiers or links of {len(keys)} papers"
    if not rest:
        return Lookup(Query(words, remarks=(f"Read as {what}", *gone)), tuple(dict.fromkeys(keys))[:_MOST], alone=True)
    query = parse(text, mode)
    if query.mode is Mode.STRATEGY:
        return Lookup(query)
    query = replace(query, remarks=(f"Holds {what}, which leads the list", *gone, *query.remarks))
    return Lookup(query, tuple(dict.fromkeys(keys))[:_MOST])


@dataclass(frozen=True)
class Writer:
    """An author whom a query may mean: the `name` in it, whether it is the `whole` of it, and the author's `rows`."""

    name: str
    whole: bool
    rows: NDArray[np.int64]


def writers_of(query: Query, leading: list[int], arrays: Snapshot, store: Store) -> list[Writer]:
    """The authors whom a query may mean, the likeliest first; none where rows are `leading` already.

    A name amid more words must be an author's in full. None where more than 3,000 papers have an author of the family
    name, as all of them would have to be looked at.
    """
    writers = list[Writer]()
    if leading or query.within:
        return writers
    whole = may_be_name(query.text)
    for name in [query.text] if whole else names_within(query.text):
        if not 0 < np.count_nonzero(arrays.keywords.naming(name_of(name).families, arrays.keys)) <= _NAMESAKES:
            continue
        rows = np.flatnonzero(mask_of(Field("author", name), arrays, store))
        if not whole:
            rows = _in_full(name, rows, arrays, store)
        writers.append(Writer(name, whole, rows))
    return writers


def writers_first(query: Query, leading: list[int], ranking: Ranking, writers: list[Writer]) -> tuple[Query, list[int]]:
    """Of the first of `writers` who has rows in the ranking the best: they lead, and the query says so."""
    for writer in writers:
        its = np.flatnonzero(np.isin(ranking.rows, writer.rows))
        if len(its):
            best = its[np.argsort(-ranking.scores[its], kind="stable")][:_MOST]
            remark = "Read as a name, too" if writer.whole else f"“{writer.name}” is read as a name, too"
            remark += f": what such an author wrote leads the list; author:“{writer.name}” leaves all else out"
            return replace(query, remarks=(*query.remarks, remark)), [int(row) for row in ranking.rows[best]]
    return query, leading


def _in_full(name: str, rows: NDArray[np.int64], arrays: Snapshot, store: Store) -> NDArray[np.int64]:
    """Those of `rows` with an author whose name is written out as `name` is."""
    papers = store.papers.by_key(arrays.keys[rows].tolist())
    meant = {key for key, paper in papers.items() if any(in_full(name, author) for author in paper.authors)}
    return rows[[key in meant for key in arrays.keys[rows].tolist()]]


def _parses(text: str) -> bool:
    """Whether a title has the signs of a strategy, so that it can be read as such."""
    try:
        return parse(text, Mode.AUTO).mode is Mode.STRATEGY
    except ExplorerError:
        return False
