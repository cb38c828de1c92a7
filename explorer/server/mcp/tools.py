"""What an agent may ask of a library, as functions from plain values to JSON.

Knows the library and nothing of the protocol. Always true: papers are named by what any tool gave as an id, or by
DOI, arXiv id, PMID or a part of the title; a wrong value ends in a LibraryError that names it and the next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.errors import LibraryError
from explorer.export.region_shapes import of_portrait
from explorer.export.shapes import (
    of_answer,
    of_comparison,
    of_name_form,
    of_paper,
    of_shared,
    of_suggestions,
    of_topics,
)
from explorer.filter import Filter
from explorer.libraries.libraries import Libraries
from explorer.libraries.names import ALL
from explorer.library.snapshot import arrays_or_none, span_of_years
from explorer.search.examples import NOTHING_WANTED
from explorer.search.question import Order, Question
from explorer.server import choice, session
from explorer.server.mcp.answers import LEAST, MOST, USUAL, Shape, paged, shortened, written
from explorer.server.session import may_mark
from explorer.store import Kind

if TYPE_CHECKING:
    from explorer.library import Library

_AT_MOST = 1_000  # results of a question, over all pages
_AUTHORS = 5  # of a paper in a list


def scope(opened: Library | Libraries) -> Shape:
    """Of which library an answer is, or of which libraries together."""
    if isinstance(opened, Libraries):
        return {"scope": {"library": ALL, "libraries": list(opened.names)}}
    count = len(opened.snapshot.arrays.keys)
    name = choice.name_of(opened.folder) or opened.folder.resolve().name
    named = {"library": name, "papers": count, "model": opened.encoder.stored[0]}
    return {"scope": named}


def search(
    opened: Library | Libraries,
    query: str,
    *,
    within: Filter,
    order: str,
    abstracts: bool,
    offset: int,
    limit: int,
    budget: int,
) -> str:
    """The papers nearest to a question, by meaning and words."""
    if not query.strip():
        raise LibraryError("query is empty; say what to look for, in a sentence or in the language of the search box")
    question = Question(query, within=within, order=_order(order))
    return _results(opened, question, abstracts, offset, limit, budget)


def similar(
    opened: Library | Libraries,
    papers: Sequence[str],
    *,
    unlike: Sequence[str],
    text: str,
    within: Filter,
    abstracts: bool,
    offset: int,
    limit: int,
    budget: int,
) -> str:
    """The papers nearest to some, away from others, and to a text."""
    ids = opened.ids if isinstance(opened, Libraries) else opened.snapshot.ids
    question = Question(text, ids(papers), ids(unlike), within)
    if not (question or question.unlike):
        raise LibraryError(NOTHING_WANTED)
    return _results(opened, question, abstracts, offset, limit, budget)


def explain(opened: Library, paper: str, *, second: str, text: str, budget: int) -> str:
    """Why a paper is close to another, or to a text."""
    if bool(second.strip()) == bool(text.strip()):
        raise LibraryError("give either second, a paper, or text, a question; not both and not none")
    right = opened.snapshot.paper(paper)
    left = opened.snapshot.paper(second) if second.strip() else None
    explanation = opened.explain(left.id, right.id) if left else opened.explain(right.id, text=text)
    shape = {**scope(opened), **of_comparison(left or text, right, explanation)}
    return written(shortened(shape, _budget(budget)))


def missing(opened: Library, draft: str, *, cited: Sequence[str], offset: int, limit: int, budget: int) -> str:
    """Papers of the library that a draft might cite and does not."""
    if not draft.strip():
        raise LibraryError("draft is empty; send the text of a manuscript, or a part of it")
    _page(offset, limit)
    suggestions = of_suggestions(opened.drafts.missing(draft, cited, offset + limit, sentences=False))
    items = [
        {name: each[name] for name in ("id", "title", "year", "venue", "doi", "similarity", "passage")}
        | {"authors": _some(each["authors"]), "near_cited": (each["near_cited"] or {}).get("id")}
        for each in suggestions["suggestions"]
    ]
    here = sum(len(each["ids"]) for each in suggestions["cited"]["here"])
    total = _ended(len(items), offset + limit, len(opened.snapshot.arrays.keys) - here)
    passages = [{name: each[name] for name in ("number", "text")} for each in suggestions["passages"]]
    head = {**scope(opened), "cited": suggestions["cited"], "passages": [shortened(each, 60) for each in passages]}
    return _paged(head, "suggestions", items[offset:], offset, total, budget)


def paper(opened: Library, names: Sequence[str], *, budget: int) -> str:
    """All that the library holds of papers, abstracts included."""
    if not names:
        raise LibraryError("papers is empty; give ids that another tool gave, DOIs or titles")
    ids, hides = opened.snapshot.ids(names), not may_mark()  # what its owner wrote is not for readers
    items = [
        of_paper(found := opened.snapshot.paper(paper_id))
        | {
            "title": found.heading,
            "in": list(marks.collections),
            "tags": list(marks.tags),
            "note": "" if hides else marks.note,
        }
        for paper_id, marks in zip(ids, opened.marks.of(ids), strict=True)
    ]
    return _paged(scope(opened), "results", items, 0, len(items), budget)


def topics(opened: Library, *, level: int, offset: int, limit: int, budget: int) -> str:
    """The topics of the map at a level, the coarsest is 0, the largest topic first."""
    _page(offset, limit)
    levels = of_topics(opened.topics, opened.snapshot.arrays.doubts)[::-1]
    if not 0 <= level < len(levels):
        there = f"there are 0 to {len(levels) - 1}, the coarsest first" if levels else "the library has no topics yet"
        raise LibraryError(f"level={level} is no level of topics; {there}")
    above = [topic["label"] for topic in levels[level - 1]] if level else []
    items = [
        {
            "label": topic["label"], "papers": topic["papers"], "second": topic.get("second"),
            "part_of": above[topic["parent"]] if above and topic.get("parent") is not None else None,
        }
        for topic in sorted(levels[level], key=lambda topic: -topic["papers"])
    ]  # fmt: skip
    head = {**scope(opened), "level": level, "levels": len(levels)}
    return _paged(head, "topics", items[offset : offset + limit], offset, len(items), budget)


def region(opened: Library, name: str, *, budget: int) -> str:
    """What a part of the map is about: a topic by its label, or the papers that conditions of the search box leave."""
    if not name.strip():
        raise LibraryError("name is empty; give the label of a topic, or conditions such as year:2020.. venue:Nature")
    shape = of_portrait(opened.regions.portrait(opened.regions.named(name)))
    years = shape["growth"].pop("years")
    shape["growth"]["years"] = years[-15:]
    return written(shortened({**scope(opened), "name": name, **shape}, _budget(budget)))


def authors(opened: Library, name: str, *, offset: int, limit: int, budget: int) -> str:
    """How the authors that a name may mean are written here."""
    if not name.strip():
        raise LibraryError("name is empty; give a family name, with or without first names or initials")
    _page(offset, limit)
    forms = [of_name_form(form) for form in opened.snapshot.authors(name)]
    return _paged(scope(opened), "names", forms[offset : offset + limit], offset, len(forms), budget)


def libraries(opened: Library) -> str:
    """The libraries that are served, with what they hold."""
    every = [session.library_of(name) for name in choice.folders()] if choice.several() else [opened]
    with_papers = [each for each in every if each is not None and arrays_or_none(each.snapshot) is not None]
    return written({"libraries": [_facts(each) for each in with_papers]})


def _facts(opened: Library) -> Shape:
    info = opened.records.info()
    collections = [
        {"kind": each.kind.value, "name": each.name, "papers": each.papers} for each in opened.marks.collections()
    ]
    return {
        **scope(opened), "years": span_of_years(opened.snapshot),
        "without_abstract": info.without_abstract,
        "topics": [len(level.labels) for level in opened.topics.levels[::-1]],
        "collections": collections[:50], "files": [file for file, _ in info.files][:50],
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------ writing


def mark(opened: Library, papers: Sequence[str], *, collection: str, tag: str, remove: bool) -> str:
    """Put papers into a collection or under a tag, or take them out."""
    if bool(collection.strip()) == bool(tag.strip()):
        raise LibraryError("give either collection or tag, a name; not both and not none")
    kind, name = (Kind.COLLECTION, collection) if collection.strip() else (Kind.TAG, tag)
    ids = _named(opened, papers)
    (opened.marks.drop if remove else opened.marks.put)(kind, name, *ids)
    return written({**scope(opened), "done": "removed" if remove else "added", kind.value: name, "ids": list(ids)})


def note(opened: Library, name: str, *, text: str) -> str:
    """Write the note of a paper anew; an empty text takes it away."""
    (paper_id,) = _named(opened, [name])
    (before,) = opened.marks.of([paper_id])
    opened.marks.note(paper_id, text)
    return written({**scope(opened), "id": paper_id, "note": text, "note_before": before.note})


def save_search(opened: Library, name: str, *, query: str) -> str:
    """Keep a question under a name; what comes later and answers it is its news."""
    saved = opened.saved.put(name, Question(query))
    return written({**scope(opened), "saved": saved.name, "query": query})


# ------------------------------------------------------------------------------------------------------- shared


def _named(opened: Library, papers: Sequence[str]) -> tuple[str, ...]:
    if not papers:
        raise LibraryError("papers is empty; give ids that another tool gave, DOIs or titles")
    return tuple(opened.snapshot.ids(papers))


def _order(name: str) -> Order:
    if name not in list(Order):
        raise LibraryError(f"order={name} is no order; there are {', '.join(Order)}")
    return Order(name)


def _page(offset: int, limit: int) -> None:
    if offset < 0 or not 1 <= limit <= 100:
        raise LibraryError(f"offset={offset}, limit={limit}: a page has 1 to 100 entries and begins at 0 or later")


def _budget(budget: int) -> int:
    if not LEAST <= budget <= MOST:
        raise LibraryError(f"budget={budget} is no number of tokens from {LEAST} to {MOST}; {USUAL} is the default")
    return budget


def _paged(head: Shape, name: str, items: Sequence[Shape], offset: int, total: int, budget: int) -> str:
    return written(paged(head, name, items, offset=offset, total=total, budget=_budget(budget)))


def _results(
    opened: Library | Libraries, question: Question, abstracts: bool, offset: int, limit: int, budget: int
) -> str:
    _page(offset, limit)
    if offset + limit > _AT_MOST:
        reason = f"a question gives its best {_AT_MOST:,} papers; narrow it by years or words"
        raise LibraryError(f"offset={offset}, limit={limit}: {reason}")
    if isinstance(opened, Libraries):
        shared = opened.ask(question, offset + limit)
        answer, shape, papers = shared.answer, of_shared(shared.answer, shared.holders), shared.papers
    else:
        answer = opened.ask(question, offset + limit)
        shape, papers = of_answer(answer), len(opened.snapshot.arrays.keys)
    head = {**scope(opened), "verdict": shape["verdict"]}
    head |= {name: shape[name] for name in ("meaning", "language", "did_you_mean") if shape.get(name)}
    if shape["reading"] and shape["reading"]["sentence"]:
        head["read_as"] = shape["reading"]["sentence"]
    items = [
        _entry(entry) | ({"abstract": result.paper.abstract} if abstracts else {})
        for entry, result in zip(shape["results"], answer.results, strict=True)
    ]
    passing = papers if answer.passing is None else int(answer.passing.sum())
    total = _ended(len(items), offset + limit, min(_AT_MOST, passing))
    return _paged(head, "results", items[offset:], offset, total, budget)


def _ended(count: int, wanted: int, total: int) -> int:
    """How many there are to page through: near-copies count once, so that a list may end before `total`."""
    return count if count < wanted else total


def _entry(result: Shape) -> Shape:
    """A result in a list: what tells whether to read on."""
    entry = {name: result[name] for name in _SHOWN} | {"authors": _some(result["authors"])}
    entry |= {name: result[name] for name in ("library", "libraries") if name in result}
    return entry | ({"notices": result["notices"]} if result["notices"] else {})


_SHOWN = ("id", "title", "authors", "year", "venue", "doi", "similarity", "relevance", "level")


def _some(names: Sequence[str]) -> list[str]:
    return [*names[:_AUTHORS], *([f"and {len(names) - _AUTHORS} more"] if len(names) > _AUTHORS else [])]
