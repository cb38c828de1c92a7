"""Readers: real files give the papers a person would count; broken ones lose nothing in silence."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from explorer.paper import Paper, Problem
from explorer.readers import READERS, UnreadableFile, read, recognise
from explorer.readers.formats.seeds import author_pairs

DATA = ROOT / "tests" / "data"
IMPORTS = ROOT.parent / "shared" / "data" / "imports"
ABSTRACTS = ROOT / "seeds" / "000_e31c5f9634a5315c.txt"
AUTHOR_LIST = ROOT / "seeds" / "003_4fb6813f9c0b5c43.txt"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def papers(path: Path) -> list[Paper]:
    return [item for item in read(path) if isinstance(item, Paper)]


def problems(path: Path) -> list[tuple[int, int, str]]:
    return [(item.record, item.line, item.reason) for item in read(path) if isinstance(item, Problem)]


def titles(path: Path) -> list[str]:
    return [paper.title for paper in papers(path)]


# ----------------------------------------------------------------------------------------------------------- seeds


def test_abstracts_seed_has_three_untitled_papers() -> None:
    found = list(read(ABSTRACTS))
    assert recognise(ABSTRACTS) == "abstracts"
    assert [(item.title, item.authors, item.year) for item in found if isinstance(item, Paper)] == [("", (), None)] * 3
    assert [item.sources[0].line for item in found if isinstance(item, Paper)] == [1, 2, 3]
    assert [item.abstract[:24] for item in found if isinstance(item, Paper)] == [
        "The o1 model series is t",
        "Pretraining on noisy, in",
        "An important challenge i",
    ]
    assert papers(ABSTRACTS)[1].abstract.endswith("(24,000 environment actions) of gameplay to accomplish.")


def test_author_list_seed_titles_in_order() -> None:
    assert recognise(AUTHOR_LIST) == "author list"
    assert problems(AUTHOR_LIST) == []
    assert titles(AUTHOR_LIST) == [
        "OpenAI o1 System Card",
        "Abstracting Imperfect Information Away from Two-Player Zero-Sum Games",
        "The Update Equivalence Framework for Decision-Time Planning",
        "A Unified Approach to Reinforcement Learning, Quantal Response Equilibria, and Two-Player Zero-Sum Games",
        "Modeling Strong and Human-Like Gameplay with KL-Regularized Search",
        "No-Press Diplomacy from Scratch",
        "Scalable Online Planning via Reinforcement Learning Fine-Tuning",
        "Learned Belief Search: Efficiently Improving Policies in Partially Observable Settings",
        "Off-Belief Learning",
        "Safe Search for Stackelberg Equilibria in Extensive-Form Games",
    ]


def test_author_list_seed_authors() -> None:
    # Counted with paste, sort and uniq: 263 pairs, of which ":" is nobody and "Chowdhury, Neil" stands twice.
    found = papers(AUTHOR_LIST)
    assert len(found[0].authors) == 261
    assert found[0].authors[:3] == ("OpenAI", "Jaech, Aaron", "Kalai, Adam")
    assert found[0].authors[-1] == "Li, Zhuohan"
    assert {"Candela, Joaquin Quiñonero", "O'Connell, Ian", "Li, Chak Ming", "Guan, Melody Y."} <= set(found[0].authors)
    assert [len(paper.authors) for paper in found[1:]] == [6, 7, 8, 7, 4, 5, 4, 7, 2]
    assert found[4].authors == (
        "Jacob, Athul Paul", "Wu, David J.", "Farina, Gabriele", "Lerer, Adam", "Bakhtin, Anton", "Andreas, Jacob",
        "Brown, Noam",
    )  # fmt: skip


def test_author_list_seed_keeps_latex_and_the_shared_abstract() -> None:
    found = papers(AUTHOR_LIST)
    assert r"\emph{Learned Belief Search} (LBS)" in found[7].abstract
    assert r"55% ~ 91% of the benefit" in found[7].abstract
    assert r"$35.8 \times$ ~ $4.6 \times$" in found[7].abstract
    assert r"off-belief learning} (OBL)" in found[8].abstract
    assert r"($\pi_0$)" in found[8].abstract
    assert found[0].abstract == papers(ABSTRACTS)[0].abstract


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("OpenAI, null, :, null, Jaech, Aaron", ["OpenAI", "Jaech, Aaron"]),
        ("Ling, Chun Kai, Brown, Noam", ["Ling, Chun Kai", "Brown, Noam"]),
        ("Brown, Noam, Lerer", ["Brown, Noam", "Lerer"]),
        (":, null", []),
    ],
)
def test_author_pairs(text: str, pairs: list[str]) -> None:
    assert author_pairs(text) == pairs


def test_incomplete_triple_at_the_end_is_a_problem_with_its_line() -> None:
    path = DATA / "incomplete_triple.txt"
    assert titles(path) == ["First title"]
    [(record, line, reason)] = problems(path)
    assert (record, line) == (2, 5)
    assert reason.startswith("the abstract is missing after “Second title”")


def test_missing_abstract_does_not_shift_the_papers_after_it() -> None:
    path = DATA / "missing_abstract.txt"
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [("Second title", "Second abstract.")]
    assert [(record, line) for record, line, _ in problems(path)] == [(1, 2)]


def test_odd_author_parts_are_read_and_noted() -> None:
    path = DATA / "flattened_odd.txt"
    assert papers(path)[0].authors == ("Brown, Noam", "Lerer")
    assert [(record, line) for record, line, _ in problems(path)] == [(0, 3)]


def test_abstract_over_several_lines_and_an_empty_one(write: Write) -> None:
    path = write("a.txt", "Abstract: One\ntwo.\n\nAbstract:\nAbstract:three")
    assert [paper.abstract for paper in papers(path)] == ["One\ntwo.", "three"]
    assert [(record, line) for record, line, _ in problems(path)] == [(2, 4)]


# ------------------------------------------------------------------------------------------------------------ JSON


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
    found = problems(path)
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
    assert problems(path) == [(0, 1, "title is an object and was left out; it should be text")]


def test_byte_order_mark_crlf_and_blank_lines() -> None:
    path = DATA / "crlf_bom.jsonl"
    assert [(paper.title, paper.sources[0].record, paper.sources[0].line) for paper in papers(path)] == [
        ("First", 1, 1),
        ("Second", 2, 3),
    ]


def test_list_over_many_lines() -> None:
    path = DATA / "pretty_list.json"
    assert [(paper.title, paper.sources[0].line) for paper in papers(path)] == [("First", 2), ("Second", 6)]
    assert [(record, line) for record, line, _ in problems(path)] == [(0, 9)]


def test_objects_over_many_lines_without_a_list(write: Write) -> None:
    path = write("p.json", '{\n "title": "First"\n}\n{\n "title": "Second"\n}\n')
    assert [(paper.title, paper.sources[0].line) for paper in papers(path)] == [("First", 1), ("Second", 4)]


@pytest.mark.parametrize("size", [10, 100_000])
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
    ((_, line, reason),) = [found for found in problems(path) if found[0] == 2]
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
    [(record, _, reason)] = problems(path)
    assert record == 2
    assert "longer than" in reason


# ---------------------------------------------------------------------------------------------------------- tables


def test_excel_separator_line_and_german_names() -> None:
    [paper] = papers(DATA / "german_semicolon.csv")
    assert (paper.title, paper.abstract, paper.year) == ("Ein Titel; mit Semikolon", "Kurz gesagt, gut.", 2020)
    assert paper.sources[0].line == 3


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_found_and_quoted_cells_may_hold_anything(write: Write, delimiter: str) -> None:
    cells = ["k1", f'He said "x{delimiter} y"', "Line one\nline two", "2001"]
    lines = [delimiter.join(["id", "Title", "Abstract", "Year"])]
    lines.append(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells))
    lines.append(delimiter.join(["k2", "Second", "Text", "2002"]))
    path = write("t.csv", "\r\n".join(lines) + "\r\n")
    first, second = papers(path)
    assert (first.id, first.title, first.year) == ("k1", " ".join(cells[1].split()), 2001)
    assert first.abstract == "Line one\nline two"
    assert (second.title, second.sources[0].record, second.sources[0].line) == ("Second", 2, 4)


def test_of_repeated_names_the_first_filled_counts() -> None:
    found = papers(DATA / "duplicate_headers.csv")
    assert [(paper.title, paper.abstract) for paper in found] == [("Right", "Left"), ("Top", "Low")]


def test_yes_in_a_column_named_abs_is_no_abstract() -> None:
    assert [paper.abstract for paper in papers(DATA / "flag_named_abs.csv")] == ["", "A real abstract"]


def test_lists_as_pandas_writes_them() -> None:
    [paper] = papers(DATA / "pandas_lists.csv")
    assert (paper.authors, paper.keywords) == (("Marx, Karl", "Lindgren, Astrid"), ("x", "y z"))


def test_ragged_rows() -> None:
    path = DATA / "ragged.csv"
    assert [(paper.title, paper.abstract, paper.id) for paper in papers(path)] == [
        ("Short", "", "3"),
        ("Good", "Text", "4"),
    ]
    found = problems(path)
    assert [(record, line) for record, line, _ in found] == [(1, 2), (2, 3), (0, 3)]
    assert found[0][2].startswith("4 cells in the row, but 3 column names")


def test_row_with_a_surplus_cell_is_read_when_title_and_abstract_are_quoted() -> None:
    [paper] = papers(DATA / "surplus_cell.csv")
    assert (paper.title, paper.abstract, paper.id) == ("A, title", "An abstract", "")
    assert [record for record, _, _ in problems(DATA / "surplus_cell.csv")] == [0]


def test_words_for_no_abstract_are_none(write: Write) -> None:
    path = write(
        "n.csv", 'title,abstract,funding\n"A, title",[No abstract available],One,two\nB,No abstract available.,\n'
    )
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [("A, title", ""), ("B", "")]


def test_unclosed_quote_swallows_nothing() -> None:
    path = DATA / "unclosed_quote.csv"
    assert titles(path) == ["Open", "Two", "Quoted, three", "Four"]
    assert [paper.sources[0].line for paper in papers(path)] == [2, 3, 4, 5]
    [(record, line, reason)] = problems(path)
    assert (record, line) == (0, 2)
    assert "never closed" in reason


def test_unclosed_quote_in_a_ragged_row_is_a_problem() -> None:
    path = DATA / "unclosed_quote_ragged.csv"
    assert titles(path) == ["Two"]
    assert [(record, line) for record, line, _ in problems(path)] == [(1, 2)]


def test_quotes_of_prose_in_tsv_stay() -> None:
    path = DATA / "tsv_with_quotes.tsv"
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [
        ('"Big data" is big', 'Said "so"'),
        ("Never closed", "Text"),
        ("Plain", "Text"),
    ]


def test_carriage_returns_alone_end_lines() -> None:
    found = papers(DATA / "cr_only.csv")
    assert [(paper.title, paper.abstract) for paper in found] == [("First", "One text"), ("Second", "Two\nlines")]


def test_lines_of_several_encodings_are_read_and_said() -> None:
    path = DATA / "mixed_encodings.csv"
    assert titles(path) == ["Schrödinger", "naïve “quotes”", "Jürgen"]
    [(record, line, reason)] = problems(path)
    assert (record, line) == (0, 3)
    assert "Windows-1252" in reason
    assert reason.endswith("(2 times from here on)")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(write: Write, encoding: str) -> None:
    path = write("e.tsv", "title\tabstract\nSchrödinger’s cat\tText\n".encode(encoding))
    assert titles(path) == ["Schrödinger’s cat"]


def test_utf16_without_mark_as_it_came() -> None:
    assert titles(DATA / "utf16le_without_bom.tsv") == ["Schrödinger"]


def test_unknown_columns_are_named(write: Write) -> None:
    with pytest.raises(UnreadableFile, match=r"1 “a”, 2 “b”\. Name a column “title”.*--column title=NAME"):
        read(write("x.csv", "a,b\n1,2\n"))


@pytest.mark.parametrize("content", ["", "\ufeff", "\n \n", "title,abstract\n", "title,abstract", "[]", "\0" * 1000])
def test_files_without_records_say_so(write: Write, content: str) -> None:
    with pytest.raises(UnreadableFile, match=r"empty\.csv: .*no records"):
        read(write("empty.csv", content))


# --------------------------------------------------------------------------------------- choosing, packing, limits


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<!DOCTYPE html><html><body>Please log in</body></html>", "a web page"),
        ("%PDF-1.7 ...", "a PDF"),
        ("{\\rtf1 Title", "a rich text document"),
        ("<?xml version='1.0'?><a/>", "XML"),
        ("\x01\x02\x03\x04" * 100, "no text"),
        ("Dear all, thanks!\nBest wishes", "text that begins “Dear all, thanks!"),
    ],
)
def test_other_files_are_called_by_their_name(write: Write, content: str, what: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        recognise(write("refs.csv.txt", content))
    assert f"refs.csv.txt: looks like {what}" in str(error.value)
    assert "Readable are" in str(error.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.csv", "cannot be opened"), (tmp_path, "holds no files")):
        with pytest.raises(UnreadableFile, match=reason):
            read(path)


def test_content_decides_not_the_name(write: Write) -> None:
    assert recognise(write("refs.bib", "id,title,abstract\n1,A,B\n")) == "csv"
    assert recognise(write("refs.csv", '{"title": "A"}\n')) == "jsonl"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_known_by_content(write: Write, pack: Callable[[bytes], bytes]) -> None:
    text = b"".join(b'{"title": "T%d", "abstract": "%d"}\n' % (number, number**9) for number in range(20_000))
    path = write("plain_name.jsonl", pack(text[: len(text) // 2]) + pack(text[len(text) // 2 :]))
    assert titles(path) == [f"T{number}" for number in range(20_000)]


def test_packed_file_cut_short_gives_what_was_whole() -> None:
    path = DATA / "cut_short.csv.gz"
    assert titles(path) == ["First"]
    found = problems(path)
    assert [(record, line) for record, line, _ in found] == [(1 + 1, 3), (0, 0)]
    assert "cut off" in found[0][2]
    assert "damaged or was not copied whole" in found[1][2]


def test_packed_file_damaged_in_the_middle(write: Write) -> None:
    packed = bytearray(gzip.compress(b"".join(b'{"title": "%d"}\n' % number**9 for number in range(50_000))))
    packed[len(packed) // 2] ^= 0xFF
    path = write("damaged.jsonl.gz", bytes(packed))
    found = titles(path)
    assert found[:20_000] == [str(number**9) for number in range(20_000)]
    assert problems(path)[-1][0] == 0


def test_wrong_checksum_loses_no_record(write: Write) -> None:
    packed = gzip.compress(b'{"title": "Whole"}')
    path = write("sum.jsonl.gz", packed[:-8] + b"\0" * 8)
    assert titles(path) == ["Whole"]
    assert [record for record, _, _ in problems(path)] == [0]


def test_bomb_is_cut_off_in_bounded_memory(write: Write) -> None:
    path = write("bomb.csv.gz", gzip.compress(b"title,abstract\nA,b\n" + b"x" * (300 * 2**20), 9))
    tracemalloc.start()
    found = list(read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.title for item in found if isinstance(item, Paper)] == ["A"]
    assert "unpacks to more than" in str(found[-1])
    assert peak < 80 * 2**20


def test_reading_is_streaming(write: Write) -> None:
    path = write("many.csv", "title,abstract\n" + "Some title,Some abstract\n" * 300_000)
    tracemalloc.start()
    assert sum(1 for _ in read(path)) == 300_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


# --------------------------------------------------------------------------------------------------- any file at all


_WORDS = [*'",;\t\n\r|ab{}[]: \\\0é\ufeff', "title", "abstract", "null"]
_TEXT = st.lists(st.sampled_from(_WORDS), max_size=60).map("".join)
_BEGINNINGS = st.sampled_from(
    [b"", b"title,abstract\n", b"Abstract:", b"Brown, Noam\n", b"[", b'{"title": ', b"\xff\xfe"]
)
_CONTENT = st.tuples(_BEGINNINGS, st.one_of(st.binary(max_size=200), _TEXT.map(lambda text: text.encode()))).map(
    b"".join
)


@settings(max_examples=400, deadline=None)
@given(content=_CONTENT, name=st.sampled_from(["f.csv", "f.tsv", "f.jsonl", "f.txt", "f"]), packed=st.booleans())
def test_any_bytes_give_papers_problems_or_unreadable(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str, packed: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(gzip.compress(content) if packed else content)
    try:
        found = list(read(path))
    except UnreadableFile as error:
        assert str(error)
        return
    assert found
    records = [item.sources[0].record if isinstance(item, Paper) else item.record for item in found]
    numbered = [record for record in records if record]
    assert numbered == list(range(1, len(numbered) + 1))
    for item in found:
        assert isinstance(item, (Paper, Problem))
        str(item).encode()


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, 400), flip=st.integers(0, 400))
def test_any_damage_to_a_packed_file(tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int) -> None:
    packed = bytearray(gzip.compress(b"".join(b'{"title": "%d"}\n' % number**7 for number in range(60))))
    packed[min(flip, len(packed) - 1)] ^= 0x55
    path = tmp_path_factory.mktemp("damage") / "f.jsonl.gz"
    path.write_bytes(packed[: cut or None])
    try:
        assert all(isinstance(item, (Paper, Problem)) for item in read(path))
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read_row_for_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    rows = [(f"x{title}", abstract) for title, abstract in rows]
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("title", "abstract"), *rows])
    found = list(read(path))
    assert len([item for item in found if isinstance(item, Paper)]) == len(rows)


# ---------------------------------------------------------------------------------------------------- shared files


def _manifest() -> Iterator[dict[str, str]]:
    if (IMPORTS / "manifest.csv").exists():
        with (IMPORTS / "manifest.csv").open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.DictReader(file) if row["format"] in ("csv", "tsv", "jsonl"))


# Where our count differs from the manifest's plain patterns, and why: papers, records that are problems.
_OTHERWISE = {
    "hostile/bomb_1GiB_jsonl.zip": None,  # refused: it unpacks to more than 400 times its size
    "hostile/wrong_types.jsonl": (3, 2),  # a list as title, and broken JSON; the rest is told
    "hostile/truncated.csv.gz": (0, 1),  # the row that is cut off is told
}


@pytest.mark.skipif(not IMPORTS.exists(), reason="needs the shared data: imports")
@pytest.mark.parametrize("row", list(_manifest()), ids=lambda row: row["file"])
def test_counts_of_real_and_hostile_files(row: dict[str, str]) -> None:
    wanted = _OTHERWISE.get(row["file"], int(row["records"]) or None)
    try:
        found = list(read(IMPORTS / row["file"]))
    except UnreadableFile:
        assert wanted is None
        return
    papers_found = sum(isinstance(item, Paper) for item in found)
    lost = sum(isinstance(item, Problem) and item.record > 0 for item in found)
    assert wanted == ((papers_found, lost) if isinstance(wanted, tuple) else papers_found + lost)


def test_every_reader_has_its_own_name() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)
