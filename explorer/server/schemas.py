"""What the routes answer, as JSON Schema: the shapes of `explorer.export` and of the map, by name.

Knows names, types and what they mean, not how an answer is made. Always true: a key that is there always is required;
further keys may come, none goes.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def _shape(about: str, may: Schema | None = None, /, **must: Schema) -> Schema:
    """An object with the keys of `must` and perhaps those of `may`."""
    return {
        "type": "object", "description": about, "properties": {**must, **(may or {})}, "required": list(must),
    }  # fmt: skip


def _counted(about: str) -> Schema:
    return _list(_shape(about, name=TEXT, papers=WHOLE))


_PAPER: Schema = {
    **dict.fromkeys(("venue", "doi", "arxiv", "pmid", "pmcid", "openalex", "url"), TEXT),
    **dict.fromkeys(("authors", "keywords", "collections", "notices"), _list(TEXT)),
}
_TERMS, _NAMED = _list(_of("RegionTerm")), _list(_of("Named"))

SCHEMAS: dict[str, Schema] = {
    "Error": _shape(
        "What is wrong, in a sentence with the value and the next step; nearest: labels of topics like a wrong name.",
        {"nearest": _list(TEXT)},
        error=TEXT,
    ),
    "Verdict": _shape(
        "How sure the answer is: the level of its best, how close that is, the share of the words it holds.",
        level={"enum": ["close", "weak", "nothing"]}, closeness=NUMBER, words=SHARE, remark=TEXT,
    ),
    "Reading": _shape(
        "How the text was read: the conditions as they would be typed, the same as a tree, and in a sentence.",
        mode={"enum": ["auto", "text", "strategy"]}, service=TEXT, text=TEXT, conditions=TEXT,
        filter={"type": "object"}, remarks=_list(TEXT), sentence=TEXT,
    ),
    "Result": _shape(
        "A paper: its cosine to the question (-1 to 1), percentile among pairs of papers, share of the words, and "
        "relevance (0 to 100), which lists are sorted by. certainty is level under an older name. library and "
        "libraries: of an answer of several, from which it is shown, and its id in each that holds it.",
        {"by_words_only": TRUTH, "library": TEXT, "libraries": _list(_shape("A holder.", library=TEXT, id=TEXT))},
        id=TEXT, title=TEXT, has_title=TRUTH, has_abstract=TRUTH, year=_or_null(WHOLE), **_PAPER,
        similarity={"type": "number", "minimum": -1.001, "maximum": 1.001},
        percentile={"type": "number", "minimum": 0, "maximum": 100}, words=NUMBER, relevance=_or_null(NUMBER),
        level={"enum": ["close", "weak", "nothing", ""]}, certainty={"enum": ["close", "weak", "nothing", ""]},
        near_copies=_list(TEXT),
    ),
    "Answer": _shape(
        "The papers nearest to a question, best first: a page of them. next_offset is where the next begins, null on "
        "the last. meaning: of how many papers it is there, while some have no vector; language: what cannot be read.",
        {"meaning": _shape("Papers with a vector.", embedded=WHOLE, papers=WHOLE, remark=TEXT), "language": TEXT},
        verdict=_of("Verdict"), reading=_or_null(_of("Reading")), did_you_mean=_or_null(TEXT),
        results=_list(_of("Result")), offset=WHOLE, next_offset=_or_null(WHOLE),
    ),
    "Sentence": _shape(
        "A sentence, and from which character to before which it stands in the abstract; both -1 for a title.",
        text=TEXT, start=WHOLE, end=WHOLE,
    ),
    "Term": _shape("A word or phrase, and how many papers of the library hold it.", text=TEXT, papers=WHOLE),
    "Explanation": _shape(
        "Why two texts are close: sentences alike with their cosine, rare terms of both, and of either alone.",
        pairs=_list(_shape("Two sentences.", one=_of("Sentence"), other=_of("Sentence"), similarity=NUMBER)),
        shared=_list(_of("Term")), only_one=_list(_of("Term")), only_other=_list(_of("Term")),
    ),
    "Named": _shape("A paper by its name.", id=TEXT, title=TEXT, year=_or_null(WHOLE)),
    "RegionTerm": _shape(
        "A term that tells a region: how many of its papers hold it, and of the others.",
        text=TEXT, papers=WHOLE, share=SHARE, papers_elsewhere=WHOLE, share_elsewhere=SHARE,
    ),
    "Portrait": _shape(
        "What some papers are about against the rest; growth is of their share of the library, a year, with interval.",
        papers=WHOLE, library=WHOLE, terms=_TERMS,
        growth=_shape(
            "Its rate, with the interval of 95 %.",
            words=TEXT, rate=_or_null(NUMBER), low=_or_null(NUMBER), high=_or_null(NUMBER), clear=TRUTH,
            years=_list(_shape("A year.", year=WHOLE, papers=WHOLE, library=WHOLE)),
        ),
        topics=_list(_shape("A part.", label=TEXT, papers=WHOLE)), typical=_NAMED, newest=_NAMED,
        authors=_counted("An author."), authors_of=WHOLE, venues=_counted("A venue."), files=_counted("A file."),
        neighbours=_list(_shape("A topic beside it.", label=TEXT, share=SHARE, between=_NAMED)),
    ),
    "Comparison": _shape(
        "Two sets of papers side by side; shares are of the papers that only that set has. For the map: sides is the "
        "path of a byte a paper, level that of the topics, topic_numbers theirs. failed: why there is none.",
        {"sides": TEXT, "level": WHOLE, "topic_numbers": _list(WHOLE)},
        first=WHOLE, second=WHOLE, common=WHOLE, terms_of_first=_TERMS, terms_of_second=_TERMS, terms_of_both=_TERMS,
        tests=WHOLE, between=_NAMED,
        topics=_list(_shape(
            "A topic, the odds of the first against the second with their interval, and how likely chance makes it.",
            label=TEXT, papers_of_first=WHOLE, papers_of_second=WHOLE, share=SHARE, share_of_second=SHARE,
            ratio=NUMBER, low=NUMBER, high=NUMBER, chance=NUMBER, clear=TRUTH, words=TEXT,
        )),
    ),
    "Failed": _shape("Why the two cannot be compared.", failed=TEXT),
    "Trust": _shape(
        "How far to believe the map: percent of the nearest papers that are near on it, of triplets in order.",
        share=_or_null(NUMBER), of=WHOLE, near=WHOLE, order=_or_null(NUMBER),
    ),
    "Topics": _shape(
        "The topics of the map, finest level first, where it comes from, and keys of the rows as runs.",
        levels=_list(_shape("A level.", topics=_list(_shape(
            "A topic, its place and size.", {"hue": _or_null(NUMBER)},
            id=WHOLE, label=TEXT, second=_or_null(TEXT), size=WHOLE, parent=_or_null(WHOLE), x=NUMBER, y=NUMBER,
            drawn=WHOLE,
        )))),
        about=TEXT, trust=_of("Trust"), keys=_or_null(_list(_list(WHOLE))),
    ),
    "Titles": _list(_shape(
        "A paper under the pointer, and the rows nearest to it.",
        id=TEXT, title=TEXT, year=_or_null(WHOLE), by=TEXT, near=_list(WHOLE),
    )),
}  # fmt: skip
"""The answers, by name."""
