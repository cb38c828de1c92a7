"""Tables: the exports of databases, each with its own columns, in text, Excel and Parquet; columns shown and chosen."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow as arrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from conftest import ROOT, shared
from conftest import paper as make_paper
from explorer.export.tables import Row
from explorer.export.tables import write as export
from explorer.paper import Paper, Problem
from explorer.readers import Column, UnreadableFile, columns, read, recognise
from support.cost import bytes_at_most, examples
from support.files import Write, papers, reasons

TABLES = ROOT / "tests" / "data" / "tables"
TITLE = "Eutrophication management in surface waters using lanthanum modified bentonite: A review"
ABSTRACT = "Phosphorus capping agents bind phosphate in lake sediments; we test lanthanum-modified bentonite."
DOI = "10.1016/j.watres.2015.11.056"


# ------------------------------------------------------------------------------------------------- real dialects

# One paper as each service exports it: file, format, authors, venue, key, keywords, and what else it says of the paper.
_COPETTI = ("Copetti, Diego", "Finsterle, Karin")
_INITIALS = ("Copetti, D", "Finsterle, K")
_DIALECTS = [
    ("zotero.csv", "csv", (*_COPETTI, "van Oosterhout, Frank"), "Water Research", "7XQ2M4KD", ("lake", "phosphorus"),
     {"pmid": "26706125", "pmcid": "PMC1234567"}),
    ("wos_tab_utf8.txt", "tsv", _COPETTI, "WATER RESEARCH", "WOS:000377311700015", ("Lake", "Phosphorus"),
     {"pmid": "26706125"}),
    ("wos_tab_utf16.txt", "tsv", _COPETTI, "WATER RESEARCH", "WOS:000377311700015", ("Lake", "Phosphorus"),
     {"pmid": "26706125"}),
    ("dimensions.csv", "csv", _COPETTI, "Water Research", "pub.1011459134", ("Bentonite", "Lakes"),
     {"pmid": "26706125"}),
    ("lens.csv", "csv", ("Diego Copetti", "Karin Finsterle"), "Water research", "000-011-122-233-344",
     ("Eutrophication", "Bentonite"), {"pmid": "26706125", "year": 2015}),
    ("pubmed.csv", "csv", (*_INITIALS, "van Oosterhout, F"), "Water Res", "26706125", (),
     {"pmid": "26706125", "pmcid": "PMC3468560", "abstract": "", "title": f"{TITLE}."}),
    ("europepmc.tsv", "tsv", _INITIALS, "Water Res", "26706125", (), {"pmid": "26706125", "abstract": ""}),
    ("scopus_2023.csv", "csv", _COPETTI, "Water Research", "2-s2.0-84956630466", ("Lake", "Phosphorus"),
     {"pmid": "26706125"}),
    ("scopus_funding_texts.csv", "csv", ("Copetti, D.", "Finsterle, K."), "Water Research", "2-s2.0-84956630466", (),
     {"pmid": "26706125"}),
    ("covidence.csv", "csv", ("Copetti, D.", "Finsterle, K."), "Water Research", "#17", ("include",), {}),
    ("rayyan.csv", "csv", (*_COPETTI, "van Oosterhout, Frank"), "Water Research", "rayyan-356821", (),
     {"pmid": "26706125", "doi": ""}),
    ("publish_or_perish.csv", "csv", ("D Copetti", "K Finsterle", "L Marziali"), "Water research", "", (), {"doi": ""}),
    ("openalex.csv", "csv", ("Diego Copetti", "Karin Finsterle"), "Water Research", "W2208812497",
     ("Eutrophication", "Bentonite"), {"pmid": "26706125", "openalex": "W2208812497", "year": 2015}),
    ("proquest.csv", "csv", _COPETTI, "Water Research", "1757456123", ("Lakes", "Phosphorus"), {}),
    ("ebsco.csv", "csv", _COPETTI, "Water Research", "115123456", ("Lakes",), {}),
    ("wos_savedrecs.xls", "xls", _COPETTI, "WATER RESEARCH", "WOS:000377311700015", ("Lake", "Phosphorus"),
     {"pmid": "26706125", "abstract": "Phosphorus capping agents bind phosphate in lake sediments."}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "name", "authors", "venue", "key", "keywords", "more"), _DIALECTS, ids=[row[0] for row in _DIALECTS]
)
def test_one_paper_as_each_service_exports_it(
    file: str,
    name: str,
    authors: tuple[str, ...],
    venue: str,
    key: str,
    keywords: tuple[str, ...],
    more: dict[str, str],
) -> None:
    path = TABLES / file
    assert recognise(path) == name
    paper = papers(path)[0]
    expected = {"title": TITLE, "abstract": ABSTRACT, "year": 2016, "doi": DOI, "pmid": "", "pmcid": "", "openalex": ""}
    assert {field: getattr(paper, field) for field in expected} == expected | more
    assert (paper.authors, paper.venue, paper.keywords) == (authors, venue, keywords)
    assert paper.sources[0].key == key


def test_quotes_in_tab_delimited_web_of_science_stay() -> None:
    second = papers(TABLES / "wos_tab_utf8.txt")[1]
    assert second.title.startswith('"Flock & Lock" Controlling eutrophication')
    assert (second.authors, second.abstract) == (("Lurling, M",), "")


def test_a_line_about_the_search_before_the_names_is_passed_over_and_told() -> None:
    [paper] = papers(TABLES / "ieee_2014.csv")
    assert (paper.title, paper.authors[0], paper.sources[0].line) == (
        "Deep Residual Learning for Image Recognition", "K. He", 3
    )  # fmt: skip
    assert reasons(TABLES / "ieee_2014.csv") == [(0, 1, "what stands before the names of the columns was passed over")]


def test_unreadable_year_is_told_with_an_example() -> None:
    first, second = papers(TABLES / "zotero.csv")
    assert (first.year, second.year) == (2016, None)
    [(record, line, reason)] = reasons(TABLES / "zotero.csv")
    assert (record, line) == (0, 4)
    assert "“in press”" in reason


def test_glued_authors_of_springer() -> None:
    assert papers(TABLES / "springer_glued.csv")[0].authors == (
        "Yann LeCun", "Richard DeFrancisco", "Bo Yang 杨博", "WonWoo Ro", "José Peña Jr.", "Ann Lee"
    )  # fmt: skip


def test_cord19() -> None:
    [paper] = papers(TABLES / "cord19.csv")
    assert (paper.year, paper.pmcid, paper.id) == (2001, "PMC35282", "ug7v899j")
    assert paper.authors == ("Madani, Tariq A", "Al-Ghamdi, Aisha A")


@pytest.mark.parametrize(
    ("file", "title", "authors", "year", "venue"),
    [
        ("cnki_gb18030.csv", "基于图神经网络的论文推荐", ("张伟", "王芳"), 2020, "计算机学报"),
        ("russian_windows1251.csv", "Исследование графовых нейронных сетей", ("Иванов И.И.", "Петров П.П."), 2019,
         "Информатика и системы управления"),
        ("french_accents.csv", "Étude de la mémoire", ("Lefèvre, Hélène", "Noël, René"), 2003, ""),
    ],
)  # fmt: skip
def test_columns_in_other_languages(file: str, title: str, authors: tuple[str, ...], year: int, venue: str) -> None:
    [paper] = papers(TABLES / file)
    assert (paper.title, paper.authors, paper.year, paper.venue) == (title, authors, year, venue)
    assert paper.abstract


def test_real_scopus_rows_with_surplus_funding_texts_keep_their_ids() -> None:
    path = shared("imports", "csv", "litstudy_scopus.csv")
    assert reasons(path) == []
    third = papers(path)[2]
    assert (third.pmid, third.id, third.year) == ("35064163", "2-s2.0-85123480963", 2022)
    assert third.authors[:2] == ("Gutowska, K.", "Kogut, D.")


def test_real_embase_source_gives_journal_and_year_and_its_link_the_doi() -> None:
    first = papers(shared("imports", "csv", "asreview_embase.csv"))[0]
    assert (first.venue, first.year, first.doi) == ("Endoscopic Ultrasound", 2014, "10.4103/2303-9027.138783")
    assert first.authors == ("Liu, R.", "Adler, D.G.")
    assert "bronchogenic duplication cyst (diagnosis, surgery)" in first.keywords


def test_real_springer_authors() -> None:
    found = papers(shared("imports", "csv", "litstudy_springer.csv"))
    assert found[0].authors == ("Vivek K. Pallipuram", "Mohammad Bhuiyan", "Melissa C. Smith")
    assert found[1].authors == ("V. A. Bakhtin", "V. A. Kryukov", "B. N. Chetverushkin", "E. V. Shil’nikov")


# -------------------------------------------------------------------------------------------- columns, names, none


def test_columns_are_shown_with_field_and_examples() -> None:
    shown = {column.name: column for column in columns(TABLES / "covidence.csv")}
    assert shown["Title"] == Column("Title", "title", (TITLE,))
    assert shown["Published Year"] == Column("Published Year", "year", ("2016",))
    assert shown["Notes"] == Column("Notes", "", ())
    assert columns(TABLES / "unknown_names.csv")[1] == Column("BODY", "", (ABSTRACT,))


def test_chosen_columns_by_name_and_number() -> None:
    path = TABLES / "unknown_names.csv"
    with pytest.raises(UnreadableFile, match=r"1 “TT”, 2 “BODY”.*--column title=NAME"):
        read(path)
    by_name, by_number = papers(path, title="TT", abstract="body"), papers(path, title=1, abstract="2")
    assert by_name == by_number
    assert (by_name[0].title, by_name[0].abstract) == (TITLE, ABSTRACT)
    assert [column.field for column in columns(path, {"title": "TT"})] == ["title", "", ""]


def test_a_chosen_column_wins_over_the_guess() -> None:
    path = TABLES / "covidence.csv"
    [paper] = papers(path, title="Study", venue="DOI")
    assert (paper.title, paper.venue, paper.doi, paper.abstract) == ("Copetti 2016", DOI, "", ABSTRACT)


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"titel": "TT"}, "“titel” is no field of a paper. Fields are title, abstract, authors"),
        ({"title": "T"}, "unknown_names.csv: has no column “T” to take for title. There are 1 “TT”, 2 “BODY”, 3 “N”"),
        ({"title": 4}, "has no column “4” to take for title"),
    ],
)
def test_unknown_choices_are_refused_with_what_exists(chosen: dict[str, str | int], reason: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        read(TABLES / "unknown_names.csv", chosen)
    assert reason in str(error.value)


def test_keys_of_json_are_columns(write: Write) -> None:
    path = write("a.jsonl", '{"head": "A title", "body": "Text", "title": "x"}\n{"head": "Other", "n": 3}')
    assert columns(path) == (
        Column("head", "", ("A title", "Other")),
        Column("body", "", ("Text",)),
        Column("title", "title", ("x",)),
        Column("n", "", ("3",)),
    )
    assert [(p.title, p.abstract) for p in papers(path, title="head", abstract="body")] == [
        ("A title", "Text"), ("Other", "")
    ]  # fmt: skip
    with pytest.raises(UnreadableFile, match="has no column “hed”"):
        read(path, {"title": "hed"})


def test_formats_without_columns_say_so() -> None:
    path = ROOT / "seeds" / "000_e31c5f9634a5315c.txt"
    assert columns(path) == ()
    with pytest.raises(UnreadableFile, match="has no columns to choose"):
        read(path, {"title": 1})


def test_names_that_only_contain_title_and_abstract() -> None:
    [paper] = papers(TABLES / "own_names.csv")
    assert (paper.title, paper.abstract) == (TITLE, ABSTRACT)


def test_table_without_names_is_guessed_and_told() -> None:
    path = TABLES / "nameless.tsv"
    found = papers(path)
    assert [paper.id for paper in found] == ["26706125", "26706126", "26706127"]
    assert (found[0].title, found[0].sources[0].line) == (TITLE, 1)
    assert found[0].abstract.startswith("Phosphorus capping agents")
    assert "abstract = 3, title = 2, key = 1" in reasons(path)[0][2]
    assert [paper.title for paper in papers(path, title=1, abstract=2)] == ["26706125", "26706126", "26706127"]


def test_repeated_names_are_told(write: Write) -> None:
    path = write("twice.csv", "title,title,abstract\nA,B,C\n,D,E\n")
    assert [paper.title for paper in papers(path)] == ["A", "D"]
    assert reasons(path) == [(0, 1, "some columns have the same name; of those, the first that is filled counts")]


# -------------------------------------------------------------------------------------------------- Excel, Parquet


def _book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_excel_takes_the_first_sheet_with_known_columns_and_tells_of_the_others(tmp_path: Path) -> None:
    rows = [
        ["Search of 12 May"], [None], ["Title", "Abstract", "Year", "Authors", "DOI"],
        [TITLE, ABSTRACT, 2016.0, "Copetti, Diego; Finsterle, Karin", DOI],
        [None, None, None, None, None],
        ["Dated", "Text_x000D_\nmore", datetime.date(2019, 5, 1), "OpenAI", None],
        [None, None, 2020, None, None],
    ]  # fmt: skip
    path = _book(tmp_path / "b.xlsx", {"Notes": [["bought"], [17]], "Papers": rows, "Old": [["x"]]})
    assert recognise(path) == "xlsx"
    first, second = papers(path)
    assert (first.title, first.abstract, first.year, first.doi) == (TITLE, ABSTRACT, 2016, DOI)
    assert (first.authors, first.sources[0].line) == (("Copetti, Diego", "Finsterle, Karin"), 4)
    assert (second.year, second.abstract, second.sources[0].record) == (2019, "Text\nmore", 2)
    assert [(record, line) for record, line, _ in reasons(path)] == [(3, 7), (0, 1)]
    assert "only the sheet “Papers” was read, not “Notes”, “Old”" in reasons(path)[1][2]
    assert columns(path)[2] == Column("Year", "year", ("2016", "2019-05-01", "2020"))


def test_excel_without_known_columns_can_be_told_which(tmp_path: Path) -> None:
    path = _book(tmp_path / "b.xlsx", {"One": [["TT", "N"], [TITLE, 1]]})
    with pytest.raises(UnreadableFile, match=r"1 “TT”, 2 “N”"):
        read(path)
    assert [paper.title for paper in papers(path, title="TT")] == [TITLE]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty sheet"])
def test_damaged_excel_never_raises_anything_else(tmp_path: Path, damage: str) -> None:
    path = _book(tmp_path / "b.xlsx", {"One": [] if damage == "empty sheet" else [["Title"], [TITLE]] * 200})
    raw = bytearray(path.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    elif damage == "flip":
        at = raw.index(b"xl/worksheets/sheet1.xml") + 60
        raw[at : at + 40] = bytes(40)
    path.write_bytes(bytes(raw))
    with pytest.raises(UnreadableFile, match=r"b\.xlsx: "):
        list(read(path))


def test_own_parquet_export_reads_back(tmp_path: Path) -> None:
    first = make_paper(
        TITLE, ABSTRACT, key="p1", authors=["Copetti, Diego", "Finsterle, Karin"],
        year=2016, venue="Water Research", doi=DOI, pmid="26706125", keywords=["lake", "phosphorus"],
    )  # fmt: skip
    place = {"x": 0.5, "y": 1.5, "topic_1": "lakes"}
    path = tmp_path / "p.parquet"
    export(path, [Row(first, place), Row(replace(first, id="p2", title="", abstract=""), place)])
    assert recognise(path) == "parquet"
    [paper] = papers(path)
    assert (paper.id, paper.title, paper.abstract, paper.year, paper.doi) == ("p1", TITLE, ABSTRACT, 2016, DOI)
    assert (paper.authors, paper.keywords) == (("Copetti, Diego", "Finsterle, Karin"), ("lake", "phosphorus"))
    assert [record for record, _, _ in reasons(path)] == [2]
    assert columns(path)[3].field == "authors"


def test_parquet_of_others_with_objects_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "o.parquet"
    table = arrow.table(
        {
            "paperTitle": [TITLE], "summary": [ABSTRACT.encode()], "published": [datetime.date(2016, 6, 15)],
            "authors": [[{"family": "Copetti", "given": "Diego"}]], "embedding": [[0.5] * 10],
        }
    )  # fmt: skip
    parquet.write_table(table, path)
    [paper] = papers(path)
    assert (paper.title, paper.abstract, paper.year, paper.authors) == (TITLE, ABSTRACT, 2016, ("Copetti, Diego",))


@pytest.mark.slow
def test_parquet_is_read_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    parquet.write_table(
        arrow.table({"title": [f"T{n}" for n in range(50_000)], "abstract": ["x" * 500] * 50_000}), path
    )
    with bytes_at_most(8 * 2**20):
        assert sum(1 for _ in read(path)) == 50_000


@pytest.mark.parametrize("cut", [5, 100, 300])
def test_damaged_parquet_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "d.parquet"
    parquet.write_table(arrow.table({"title": [TITLE] * 100}), path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(UnreadableFile, match="looks like a Parquet file, but cannot be read"):
        read(path)


# ------------------------------------------------------------------------------------------------------ any table

_REAL = [path.read_bytes() for path in sorted(TABLES.glob("*.*sv"))]


@settings(max_examples=examples(150), deadline=None)
@given(raw=st.sampled_from(_REAL), at=st.integers(0, 3000), put=st.sampled_from([b'"', b"\n", b",", b"\t", b"\0", b""]))
def test_mutated_exports_never_raise_nor_lose_count(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, at: int, put: bytes
) -> None:
    path = tmp_path_factory.mktemp("mutated") / "f.csv"
    path.write_bytes(raw[:at] + put + raw[at + 1 :])
    try:
        found = list(read(path))
    except UnreadableFile as error:
        assert str(error).startswith("f.csv: ")
        return
    records = [item.sources[0].record if isinstance(item, Paper) else item.record for item in found]
    numbered = [record for record in records if record]
    assert numbered == list(range(1, len(numbered) + 1))


@settings(max_examples=examples(150), deadline=None)
@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=5))
def test_any_rows_of_excel(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    legal = [[openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row] for row in rows]
    path = _book(tmp_path_factory.mktemp("any") / "b.xlsx", {"S": [["title", "abstract", "year"], *legal]})
    try:
        assert all(isinstance(item, (Paper, Problem)) for item in read(path))
    except UnreadableFile as error:
        assert "no records" in str(error)


def test_a_retracted_paper_goes_by_its_own_ids_not_those_of_the_notice(write: Write) -> None:
    text = (
        "Record ID,Title,Journal,Author,RetractionDate,RetractionDOI,OriginalPaperDate,OriginalPaperDOI,"
        "OriginalPaperPubMedID\n"
        "42,Rivers,Slow Water,Jo Low,7/31/2024 14:00,10.1000/notice,7/31/2021 13:59,10.1000/paper,0\n"
    )
    (paper,) = papers(write("retractions.csv", text))
    assert (paper.title, paper.year, paper.doi, paper.pmid) == ("Rivers", 2021, "10.1000/paper", "")
