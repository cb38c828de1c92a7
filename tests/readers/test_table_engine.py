"""Tables of any delimiter, encoding and damage."""

from __future__ import annotations

import pytest

from conftest import DATA
from explorer.readers import UnreadableFile, read
from support.cost import seconds_at_most
from support.files import Write, papers, reasons, titles


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
    found = reasons(path)
    assert [(record, line) for record, line, _ in found] == [(1, 2), (2, 3), (0, 3)]
    assert found[0][2].startswith("4 cells in the row, but 3 column names")


def test_row_with_a_surplus_cell_is_read_when_title_and_abstract_are_quoted() -> None:
    [paper] = papers(DATA / "surplus_cell.csv")
    assert (paper.title, paper.abstract, paper.id) == ("A, title", "An abstract", "")
    assert [record for record, _, _ in reasons(DATA / "surplus_cell.csv")] == [0]


def test_words_for_no_abstract_are_none(write: Write) -> None:
    path = write(
        "n.csv", 'title,abstract,funding\n"A, title",[No abstract available],One,two\nB,No abstract available.,\n'
    )
    assert [(paper.title, paper.abstract) for paper in papers(path)] == [("A, title", ""), ("B", "")]


def test_unclosed_quote_swallows_nothing() -> None:
    path = DATA / "unclosed_quote.csv"
    assert titles(path) == ["Open", "Two", "Quoted, three", "Four"]
    assert [paper.sources[0].line for paper in papers(path)] == [2, 3, 4, 5]
    [(record, line, reason)] = reasons(path)
    assert (record, line) == (0, 2)
    assert "never closed" in reason


def test_unclosed_quote_in_a_ragged_row_is_a_problem() -> None:
    path = DATA / "unclosed_quote_ragged.csv"
    assert titles(path) == ["Two"]
    assert [(record, line) for record, line, _ in reasons(path)] == [(1, 2)]


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
    [(record, line, reason)] = reasons(path)
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


def test_quotes_that_close_amid_a_far_row_cost_little(write: Write) -> None:
    line = 'They fail.","parsers; fuz"".\n'
    header = '"Authors","Title","Abstract","Keywords"\n"Doe J.","Why parsers fail","We feed ""parsers"".\n'
    path = write("quotes.csv", header + line * 600 + '"x"\n' + line * 600)
    with seconds_at_most(5):  # 17 s when each row was read up to the quote that closes it in vain
        assert len(list(read(path))) == 1203
