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
    import numpy as np
    from numpy.typing import NDArray

    from explorer.drafts.suggestions import PassageResult, PassageResults, SentencePair, Suggestion, Suggestions
    from explorer.evaluation.library import LibraryFigures
    from explorer.explain.why import Explanation
    from explorer.libraries.libraries import Holders
    from explorer.library.authors import NameForm
    from explorer.library.report import Doubt, Info, Pair
    from explorer.map.drift import Drift
    from explorer.map.topics import Level, Topics
    from explorer.paper import Paper
    from explorer.search.answer import Answer, Result
    from explorer.search.certainty import Verdict
    from explorer.search.news import News
    from explorer.search.parse import Query
    from explorer.search.question import SavedSearch
    from explorer.store import Record

Shape = dict[str, Any]

_FIELDS = tuple(
    "id title abstract authors year venue doi arxiv pmid pmcid openalex url keywords collections notices".split()
)
_COUNTS = ("papers", "vectors", "on_map", "provisional", "merged", "hidden", "without_abstract", "without_title")


def of_paper(paper: Paper, *, without: Sequence[str] = ()) -> Shape:
    """The fields of a paper that every format carries, less those called `without`."""
    values = {name: getattr(paper, name) for name in _FIELDS if name not in without}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _named(paper: Paper) -> Shape:
    return {"id": paper.id, "title": paper.heading}


def of_name_form(form: NameForm) -> Shape:
    """A spelling of an author's name."""
    years = {"first_year": form.first, "last_year": form.last}
    coauthors = [{"name": name, "papers": papers} for name, papers in form.coauthors]
    return {"name": form.name, "papers": form.papers, **years, "coauthors": coauthors}


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
        "relevance": None if result.relevance is None else round(result.relevance, 2),
        **of_paper(paper, without=("id", "title", "abstract")),
        "has_abstract": bool(paper.abstract),
        **({} if result.embedded else {"by_words_only": True}),
    }


def of_answer(answer: Answer) -> Shape:
    """The verdict on an answer and its results, each with how near it is and the near-copies it stands for.

    While some papers have no vector yet, `meaning` says of how many it is there, and each result whether it was ranked
    `by_words_only`.
    """
    coverage = answer.coverage
    results = [
        of_result(result)
        | _level(result)
        | {"near_copies": [copy.id for copy in result.copies]}
        | ({"by_words_only": not result.embedded} if coverage else {})
        for result in answer.results
    ]
    reading = of_reading(answer.query) if answer.query else None
    meaning: Shape = {"meaning": asdict(coverage) | {"remark": coverage.remark}} if coverage else {}
    meant = {"did_you_mean": answer.suggestion or None}
    meaning |= {"language": answer.language} if answer.language else {}
    return {"verdict": of_verdict(answer.verdict), **meaning, "reading": reading, **meant, "results": results}


def of_shared(answer: Answer, holders: Sequence[Holders]) -> Shape:
    """An answer of several libraries together: each result has the name of its `library`, and all that hold it.

    `libraries` are those with the paper's id in each, that first which the result is shown from.
    """
    shape = of_answer(answer)
    for result, its in zip(shape["results"], holders, strict=True):
        libraries = [{"library": each.library, "id": each.paper} for each in its]
        result |= {"library": its[0].library, "libraries": libraries}
    return shape


def of_reading(query: Query) -> Shape:
    """How a text was read: as plain text or a strategy, by whose rules, its conditions, and a sentence for people."""
    from explorer.search.box.interpretation import sentence, written

    return {
        "mode": query.mode.value, "service": query.service, "text": query.text, "conditions": written(query.within),
        "filter": json.loads(query.within.as_json()), "remarks": list(query.remarks), "sentence": sentence(query),
    }  # fmt: skip


def of_verdict(verdict: Verdict) -> Shape:
    """How sure an answer is: its level, the closeness of its best, the share of the words it holds, and a sentence."""
    closeness, words = round(verdict.closeness, 4), round(verdict.words, 4)
    return {"level": verdict.level.value, "closeness": closeness, "words": words, "remark": verdict.remark}


def _level(result: Result) -> Shape:
    level = result.level.value if result.level else ""
    return {"level": level, "certainty": level}  # `certainty` is what it was called at first


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


def of_passage_results(results: PassageResults) -> Shape:
    """Verdict and results as a search gives them, each with the `passages` it matches, the best first."""
    shown = [
        of_result(match.result) | _level(match.result) | {"passages": _passages(match)} for match in results.results
    ]
    return {"verdict": of_verdict(results.verdict), "results": shown}


def _passages(match: PassageResult) -> list[Shape]:
    pairs = zip(match.passages, match.similarities, strict=True)
    return [asdict(passage) | {"similarity": round(similarity, 6)} for passage, similarity in pairs]


def of_suggestions(suggestions: Suggestions) -> Shape:
    """A draft's passages, the suggestions for it, and what it cites, in this library and elsewhere."""
    here = [
        {"given": reference.label, "ids": [paper.id for paper in reference.papers], "status": reference.status}
        for reference in suggestions.here
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


def of_doubt(doubt: Doubt) -> Shape:
    """A record that seems not to be of the paper it was merged into, and why; within it why it was merged."""
    return {**_named(doubt.paper), "reason": doubt.reason, "record": _record(doubt.record)}


def of_pair(pair: Pair) -> Shape:
    """Two papers that may be one."""
    return {"one": of_paper(pair.one), "other": of_paper(pair.other), "reason": pair.reason}


def of_topics(topics: Topics, doubts: NDArray[np.uint8]) -> list[list[Shape]]:
    """Topics, a list a level, the finest first; `parent` is a place in the next list.

    `second` is what else they are about, `doubtful` how many of their papers may as well be of another, by `doubts`
    (n,), see `Snapshot.doubts`.
    """
    return [
        [_topic(level, number, doubts >> depth & 1) for number in range(len(level.labels))]
        for depth, level in enumerate(topics.levels)
    ]


def _topic(level: Level, number: int, doubtful: NDArray[np.integer[Any]]) -> Shape:
    inside = level.assignment == number
    return {
        "label": level.labels[number],
        "second": level.second(number),
        "papers": int(inside.sum()),
        "doubtful": int(doubtful[inside].sum()),
        "parent": level.parents[number] if level.parents else None,
    }


def counts_of(info: Info) -> Shape:
    """The numbers of a library and its encoder, as people read them, too."""
    return {name: getattr(info, name) for name in (*_COUNTS, "encoder", "revision")}


def precisions_of(info: Info) -> dict[str, int]:
    """How many papers have a vector of each precision; empty where all are of single precision, as they used to be."""
    return dict(info.precisions) if any(name != "fp32" for name, _ in info.precisions) else {}


def of_info(info: Info) -> Shape:
    """What is in a library: its numbers, files and imports."""
    precisions = {"precisions": of_each} if (of_each := precisions_of(info)) else {}
    files, imports = dict(info.files), [asdict(done) for done in info.imports]
    recall = {"neighbours": asdict(info.recall)} if info.recall else {}
    drift = of_drift(info.drift)
    return {**counts_of(info), **precisions, **recall, "drift": drift, "files": files, "imports": imports}


def of_drift(drift: Drift | None) -> Shape | None:
    """How far the map has drifted since it was drawn; None where no paper came since."""
    if drift is None:
        return None
    shares = {name: round(getattr(drift, name), 1) for name in ("drawn_share", "placed_share", "lost")}
    return {"placed": drift.placed, **shares, "pays": drift.pays}


# ---------------------------------------------------------------------------------------------------- evaluation


def of_measurement(name: str, method: str, metrics: Mapping[str, float]) -> Shape:
    """The metrics of a labelled set."""
    return {"set": name, "method": method, "metrics": metrics}


def of_library_figures(figures: LibraryFigures) -> Shape:
    """What was measured on a library without labels, and what each figure means."""
    from explorer.evaluation.library import MEANS

    return {**asdict(figures), "means": dict(MEANS)}
