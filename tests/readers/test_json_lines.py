"""JSON lines and lists, field by field."""

from __future__ import annotations

import json

import pytest

from conftest import DATA
from support.files import Write, papers, reasons, titles


def test_json_lines_field_by_field(write: Write) -> None:
    record = {
        "_id": 17,
        "Title": "Attention",
        "SUMMARY": "We attend.",
        "creators": [{"given": "Ada", "family": "Lovelace"}, {"name": "Bo Li"}, {"first": "A", "last": "B"}, "C D"],
        "published": "2017-06-12",
        "container-title": ["NeurIPS"],
        "DOI": "https://doi.org/10.1000/ABC",
        "arxiv_id": "arXiv:1706.03762v5",
        "PMID": 123,
        "link": "https://example.org/x",
        "keywords": ["a", "b c"],
    }
    [paper] = papers(write("one.jsonl", json.dumps(record)))
    assert (paper.title, paper.abstract, paper.year, paper.venue) == ("Attention", "We attend.", 2017, "NeurIPS")
    assert paper.authors == ("Lovelace, Ada", "Bo Li", "B, A", "C D")
    assert (paper.doi, paper.arxiv, paper.pmid) == ("10.1000/abc", "1706.03762", "123")
    assert (paper.url, paper.keywords) == ("https://example.org/x", ("a", "b c"))
    assert (paper.id, paper.sources[0].file, paper.sources[0].line) == ("17", "one.jsonl", 1)


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("A. Smith, B. Jones and C. White", ("A. Smith", "B. Jones", "C. White")),
        ("Marx, Karl; Lindgren, Astrid", ("Marx, Karl", "Lindgren, Astrid")),
        ([["Theiler", "James", ""]], ("Theiler, James",)),
        ([{"author": {"display_name": "Ada L."}, "position": "first"}], ("Ada L.",)),
        ([{"first": "Ada", "middle": ["K."], "last": "Byron"}], ("Byron, Ada K.",)),
        ({"name": "Alone"}, ("Alone",)),
        ([None, 3, {}, "Ok"], ("3", "Ok")),
    ],
)
def test_forms_of_authors(write: Write, value: object, authors: tuple[str, ...]) -> None:
    assert papers(write("a.jsonl", json.dumps({"title": "T", "authors": value})))[0].authors == authors


@pytest.mark.parametrize(
    ("value", "year"),
    [(2018, 2018), (2018.0, 2018), ("Mon, 2 Apr 2007", 2007), ({"date-parts": [[2011, 3]]}, 2011), ("in press", None)],
)
def test_forms_of_year(write: Write, value: object, year: int | None) -> None:
    assert papers(write("a.jsonl", json.dumps({"title": "T", "year": value})))[0].year == year


def test_text_serves_as_abstract_only_when_there_is_none(write: Write) -> None:
    path = write(
        "t.jsonl", '{"text": "Body"}\n{"text": "Body", "abstract": "Abstract"}\n{"text": "B", "abstract": null}'
    )
    assert [paper.abstract for paper in papers(path)] == ["Body", "Abstract", "B"]


def test_broken_json_lines_cost_themselves_only() -> None:
    path = DATA / "not_json.jsonl"
    assert titles(path) == ["First", "Last"]
    found = reasons(path)
    assert [(record, line, reason.split(",")[0].split(":")[0]) for record, line, reason in found] == [
        (2, 2, "not valid JSON"),
        (3, 6, "title is a list; a paper needs one of them"),
        (4, 7, "no title and no abstract found; a paper needs one of them"),
        (0, 3, "a list found where a paper was expected"),
        (0, 4, "text found where a paper was expected"),
        (0, 5, "7 found where a paper was expected"),
        (0, 8, "NaN found where a paper was expected"),
    ]


def test_wrong_type_beside_a_good_field_is_left_out_and_noted(write: Write) -> None:
    path = write("w.jsonl", '{"title": {"en": "T"}, "abstract": "Good"}')
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [("", "Good")]
    assert reasons(path) == [(0, 1, "title is an object and was left out; it should be text")]


def test_byte_order_mark_crlf_and_blank_lines() -> None:
    path = DATA / "crlf_bom.jsonl"
    assert [(paper.title, paper.sources[0].record, paper.sources[0].line) for paper in papers(path)] == [
        ("First", 1, 1),
        ("Second", 2, 3),
    ]


def test_list_over_many_lines() -> None:
    path = DATA / "pretty_list.json"
    assert [(paper.title, paper.sources[0].line) for paper in papers(path)] == [("First", 2), ("Second", 6)]
    assert [(record, line) for record, line, _ in reasons(path)] == [(0, 9)]


def test_objects_over_many_lines_without_a_list(write: Write) -> None:
    path = write("p.json", '{\n "title": "First"\n}\n{\n "title": "Second"\n}\n')
    assert [(paper.title, paper.sources[0].line) for paper in papers(path)] == [("First", 1), ("Second", 4)]


@pytest.mark.parametrize("size", [10, pytest.param(100_000, marks=pytest.mark.slow)])
def test_list_on_one_line_longer_than_a_block(write: Write, size: int) -> None:
    records = [{"title": f"T{number}", "abstract": 'é "quoted" \\ [' * size} for number in range(4)]
    path = write("list.json", json.dumps(records, ensure_ascii=False))
    assert titles(path) == ["T0", "T1", "T2", "T3"]
    assert [paper.abstract for paper in papers(path)] == [str(records[0]["abstract"]).strip()] * 4


def test_answer_of_a_service_is_unwrapped() -> None:
    first, second = papers(DATA / "wrapped.json")
    assert (first.id, first.doi, first.arxiv) == ("p1", "10.1000/a", "2206.11795")
    assert second.title == "Second"


def test_deep_nesting_is_a_problem(write: Write) -> None:
    path = write("deep.jsonl", '{"title": "A"}\n{"title": ' + "[" * 100_000 + "\n[" * 2)
    ((_, line, reason),) = [found for found in reasons(path) if found[0] == 2]
    assert line == 2
    assert "nested too deep" in reason


def test_lone_surrogates_and_nuls_are_dropped(write: Write) -> None:
    path = write("s.jsonl", '{"title": "A\\ud800 b\\u0000c", "id": "k\\udfff"}\n{"title": "N\0ul"}')
    for paper in papers(path):
        assert json.loads(json.dumps(paper.title).encode().decode()) == paper.title
        paper.title.encode()
        paper.id.encode()
    assert titles(path)[1] == "Nul"


def test_line_of_five_million_characters_is_read(write: Write) -> None:
    path = write("long.jsonl", json.dumps({"title": "Long", "abstract": "x " * 2_500_000}) + '\n{"title": "Next"}')
    assert [(paper.title, len(paper.abstract)) for paper in papers(path)] == [("Long", 4_999_999), ("Next", 0)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_overlong_record_is_a_problem_and_the_rest_is_read(
    write: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "1_000_000")
    long = "x" * 1_500_000
    content = {
        "a.jsonl": f'{{"title": "A"}}\n{{"title": "{long}"}}\n{{"title": "B"}}',
        "a.json": f'[{{"title": "A"}}, {{"title": "{long}"}},\n {{"title": "B"}}]',
        "a.csv": f"title,abstract\nA,a\n{long},b\nB,c",
    }[name]
    path = write(name, content)
    assert titles(path) == ["A", "B"]
    [(record, _, reason)] = reasons(path)
    assert record == 2
    assert "longer than" in reason
