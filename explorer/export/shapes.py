"""What a library tells, in JSON's terms: the shapes that the command line prints with --json and HTTP answers with.

Knows the values of the rooms below by their types only, not how they are printed or sent. Always true: a value has one
shape, wherever it is asked for; programs rely on names, order and rounding, so a key is added but never renamed or
taken away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.drafts.suggestions import PassageResult, PassageResults, SentencePair, Suggestion, Suggestions
    from explorer.evaluation.library import LibraryFigures
    from explorer.explain.why import Explanation
    from explorer.library.report import Info, Pair
    from explorer.map.topics import Level, Topics
    from explorer.paper import Paper
    from explorer.search.answer import Answer, Result
    from explorer.search.news import News
    from explorer.search.question import SavedSearch
    from explorer.store import Record

Shape = dict[str, Any]

_FIELDS = tuple("id title abstract authors year venue doi arxiv pmid pmcid openalex url keywords collections".split())
_COUNTS = ("papers", "vectors", "on_map", "provisional", "merged", "hidden", "without_abstract", "without_title")


def of_paper(paper: Paper, *, without: Sequence[str] = ()) -> Shape:
    """The fields of a paper that every format carries, less those called `without`."""
    values = {name: getattr(paper, name) for name in _FIELDS if name not in without}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _named(paper: Paper) -> Shape:
    return {"id": paper.id, "title": paper.heading}


# ---------------------------------------------------------------------------------------------------- searching


def of_result(result: Result) -> Shape:
    """A result without its certainty and near-copies, which only an answer has."""
    paper = result.paper
    return {
        **_named(paper),
        "has_title": paper.has_title,
        "similarity": round(result.similarity, 6),
        "percentile": round(result.percentile, 4),
        "words": round(result.words, 4),
        **of_paper(paper, without=("id", "title", "abstract")),
        "has_abstract": bool(paper.abstract),
    }


def of_answer(answer: Answer) -> list[Shape]:
    """The results of an answer, each with how near it is and the near-copies it stands for."""
    return [
        of_result(result)
        | {"certainty": result.level.value if result.level else "", "near_copies": [copy.id for copy in result.copies]}
        for result in answer.results
    ]


def of_explanation(explanation: Explanation) -> Shape:
    """Pairs of sentences, and terms with their number of papers."""
    pairs = [
        {"similarity": round(pair.similarity, 4), "one": asdict(pair.one), "other": asdict(pair.other)}
        for pair in explanation.pairs
    ]
    return {**asdict(explanation), "pairs": pairs}


def of_comparison(one: Paper | str, other: Paper, explanation: Explanation) -> Shape:
    """An explanation with what it is about: a paper or a question, and a paper."""
    first = {"question": one} if isinstance(one, str) else _named(one)
    return {"one": first, "other": _named(other), **of_explanation(explanation)}


def floor_percent(percentile: float) -> str:
    """ "99.7%": rounded down, so that it never claims more than was measured."""
    return f"{int(percentile * 10) / 10:.1f}%" if percentile < 99.9 else f"{int(percentile * 1000) / 1000:.3f}%"


# ------------------------------------------------------------------------------------------------------- drafts


def of_passage_results(results: PassageResults) -> list[Shape]:
    """Results as a search gives them, each with the `passages` it matches, the best first."""
    return [of_result(match.result) | {"passages": _passages(match)} for match in results.results]


def _passages(match: PassageResult) -> list[Shape]:
    pairs = zip(match.passages, match.similarities, strict=True)
    return [asdict(passage) | {"similarity": round(similarity, 6)} for passage, similarity in pairs]


def of_suggestions(suggestions: Suggestions) -> Shape:
    """A draft's passages, the suggestions for it, and what it cites, in this library and elsewhere."""
    here = [
        {"given": reference.label, "ids": [paper.id for paper in reference.papers]} for reference in suggestions.here
    ]
    elsewhere = [{"given": reference.label, "reason": reference.reason} for reference in suggestions.elsewhere]
    return {
        "passages": [asdict(passage) for passage in suggestions.passages],
        "suggestions": [_suggestion(suggestion) for suggestion in suggestions.suggestions],
        "cited": {"here": here, "elsewhere": elsewhere},
    }


def _suggestion(suggestion: Suggestion) -> Shape:
    pair, cited = suggestion.pair, suggestion.cited
    return {
        **of_result(suggestion.result),
        "passage": suggestion.passage.number,
        "sentences": _sentences(pair) if pair else None,
        "near_cited": {**_named(cited), "similarity": round(suggestion.cited_similarity, 6)} if cited else None,
    }


def _sentences(pair: SentencePair) -> Shape:
    return {"draft": pair.ours, "paper": pair.theirs, "similarity": round(pair.similarity, 6)}


# ------------------------------------------------------------------------------------------------- saved searches


def of_saved(news: News) -> Shape:
    """A saved search with its number of new papers."""
    return {**_search(news.search), "new": len(news.papers), "problem": news.problem}


def of_news(news: News) -> Shape:
    """A saved search with its new papers."""
    return {**_search(news.search), "new": [of_result(result) for result in news.papers]}


def _search(saved: SavedSearch) -> Shape:
    question = saved.question
    return {
        "name": saved.name, "question": question.text, "like": question.like, "unlike": question.unlike,
        "filter": json.loads(question.within.as_json()), "since": saved.looked,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ what is there


def of_merged(paper: Paper, records: Sequence[Record]) -> Shape:
    """A paper made of several records, and what each of them said."""
    return {**_named(paper), "records": [_record(record) for record in records]}


def _record(record: Record) -> Shape:
    return {
        "record": record.number, "file": record.source.file, "line": record.source.line,
        "reason": record.reason, "version": record.version, **of_paper(record.paper, without=("id", "abstract")),
    }  # fmt: skip


def of_pair(pair: Pair) -> Shape:
    """Two papers that may be one."""
    return {"one": of_paper(pair.one), "other": of_paper(pair.other), "reason": pair.reason}


def of_topics(topics: Topics) -> list[list[Shape]]:
    """Topics with their number of papers, a list a level, the finest first; `parent` is a place in the next list."""
    return [[_topic(level, number) for number in range(len(level.labels))] for level in topics.levels]


def _topic(level: Level, number: int) -> Shape:
    return {
        "label": level.labels[number],
        "papers": int((level.assignment == number).sum()),
        "parent": level.parents[number] if level.parents else None,
    }


def counts_of(info: Info) -> Shape:
    """The numbers of a library and its encoder, as people read them, too."""
    return {name: getattr(info, name) for name in (*_COUNTS, "encoder", "revision")}


def of_info(info: Info) -> Shape:
    """What is in a library: its numbers, files and imports."""
    return {**counts_of(info), "files": dict(info.files), "imports": [asdict(done) for done in info.imports]}


# ---------------------------------------------------------------------------------------------------- evaluation


def of_measurement(name: str, method: str, metrics: Mapping[str, float]) -> Shape:
    """The metrics of a labelled set."""
    return {"set": name, "method": method, "metrics": metrics}


def of_library_figures(figures: LibraryFigures) -> Shape:
    """What was measured on a library without labels, and what each figure means."""
    from explorer.evaluation.library import MEANS

    return {**asdict(figures), "means": dict(MEANS)}
