"""What fields hold in real life: values that mean nothing, damaged by sheets, in any order, language and notation."""

from __future__ import annotations

import csv
import io

import pytest

from conftest import DATA
from explorer.dates import year_in
from explorer.paper import Paper
from support.files import Write, only, papers, problems, sound_papers

CASES = DATA / "cases"


def row_file(write: Write, **cells: str) -> Paper:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([cells.keys(), cells.values()])
    return only(write("a.csv", text.getvalue()))


def test_the_type_stands_anywhere_in_a_record_of_ris() -> None:
    first, second = sound_papers(CASES / "ris_ty_in_the_middle.ris")
    assert (first.title, first.authors, first.year, first.abstract) == (
        "Habitat choice of marsh monkeys", ("Meyer, A. J.", "Bruhn, L. R."), 2006, "",
    )  # fmt: skip
    assert (second.title, second.authors, second.year) == ("Sleeping sites of cliff monkeys", ("Hansen, S. P.",), 2007)
    assert second.abstract.startswith("Troops slept on cliffs")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("ER  - \nTY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\n", ["One", "Two"]),
        ("TI  - One\nAB  - X\nER  - \nTY  - JOUR\n", ["One"]),
        ("TY  - JOUR\nTY  - JOUR\nTI  - One\nER  - \n", ["One"]),
        ("TY  - JOUR\nTI  - One\nTY  - JOUR\nAU  - B, C\nER  - \nTI  - Two\nTY  - BOOK\nER  - \n", ["One", "Two"]),
        ("TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\n", ["One", "Two"]),
        ("TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\n", ["One", "Two"]),
    ],
)
def test_where_records_of_ris_begin(write: Write, text: str, titles: list[str]) -> None:
    assert [paper.title for paper in sound_papers(write("a.ris", text))] == titles


def test_na_is_nothing_in_every_field() -> None:
    read = papers(CASES / "csv_r_na.csv")
    assert len(read) == 5 and sum(bool(paper.abstract) for paper in read) == 2
    assert problems(CASES / "csv_r_na.csv") == []
    for paper in read:
        assert "NA" not in (paper.title, paper.venue, paper.url, paper.id, *paper.authors, *paper.keywords)


def test_what_a_sheet_damaged_is_nothing() -> None:
    first, second, third, fourth = papers(CASES / "csv_excel_damage.csv")
    assert (first.pmid, first.id) == ("", "")
    assert (second.title, second.pmid) == ("", "27552985")
    assert (third.abstract, third.pmid, third.id) == ("", "", "")
    assert (fourth.abstract, fourth.pmid, fourth.year) == ("", "28000001", 2019)


@pytest.mark.parametrize(
    ("written", "pmid"), [("2.75E+07", ""), ("3e7", ""), ("2.7552985e+07", "27552985"), ("27552985.0", "27552985")]
)
def test_a_pmid_in_scientific_notation(write: Write, written: str, pmid: str) -> None:
    assert row_file(write, title="A", pmid=written).pmid == pmid


def test_one_author_a_name_between_any_separators() -> None:
    counts = [len(paper.authors) for paper in papers(CASES / "csv_seps.csv")]
    assert counts == [2, 2, 3, 2, 2, 2, 2, 2, 2, 2, 2, 1, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    names = [name for paper in papers(CASES / "csv_seps.csv") for name in paper.authors]
    assert not [name for name in names if any(mark in name for mark in ";；，、・،؛&/*[{0123456789") or " und " in name]
    assert [paper.keywords for paper in papers(CASES / "csv_seps.csv")[:3]] == [("绳系", "周期解")] * 3


def test_initials_after_commas_belong_to_the_family_before() -> None:
    assert [len(paper.authors) for paper in papers(CASES / "csv_scopus_commas.csv")] == [2, 3, 3, 1, 3, 0]
    assert papers(CASES / "csv_scopus_commas.csv")[2].authors[1] == "van der Berg, J.P. Jr."


def test_columns_of_cnki_in_two_languages() -> None:
    paper = only(CASES / "csv_cnki_excel_header.csv")
    assert (paper.title, paper.authors, paper.year, paper.venue) == ("论河流的变化", ("王伟", "李明"), 2020, "河流学报")
    assert (paper.keywords, paper.abstract) == (("河流", "变化"), "研究了河流的变化。")
    assert (paper.doi, paper.url) == ("10.1000/cnki.1", "https://kns.cnki.net/a")


def test_lists_and_objects_written_as_text() -> None:
    first, second = papers(CASES / "csv_pandas_dicts.csv")
    assert first.authors == second.authors == ("John Smith", "Karin Doe")
    assert (first.doi, first.arxiv, second.doi) == ("10.1000/fr.1", "2101.00001", "10.1000/fr.2")


@pytest.mark.parametrize(
    "written",
    [
        "['Smith, John', 'Doe, Karin']", "['Smith, John' 'Doe, Karin']", '["Smith, John", "Doe, Karin"]',
        'c("Smith, John", "Doe, Karin")', "('Smith, John', 'Doe, Karin')",
        "[{'family': 'Smith', 'given': 'John'}, {'family': 'Doe', 'given': 'Karin'}]",
    ],
)  # fmt: skip
def test_lists_in_the_ways_of_languages(write: Write, written: str) -> None:
    assert row_file(write, title="A", authors=written).authors == ("Smith, John", "Doe, Karin")


def test_refworks_of_cnki_with_blanks_and_double_semicolons() -> None:
    first, second = papers(CASES / "refworks_cnki.txt")
    assert first.abstract == "研究了绳系的周期解。结果表明稳定。"
    assert (first.authors, first.keywords) == (("杨育伟", "蔡洪"), ("绳系", "周期解"))
    assert second.authors == ("余本嵩", "文浩")


def test_a_title_in_its_own_language_where_there_is_no_other() -> None:
    first, second, third = papers(CASES / "nbib_vernacular.nbib")
    assert (first.title, first.abstract) == ("Graeber aus der Steinzeit am Fluss.", "")
    assert (second.venue, third.title) == ("StatPearls", "Handbook of Joints")
    assert only(CASES / "pubmed_oab.xml").abstract == ""


def test_a_value_that_means_nothing_gives_way_to_the_next(write: Write) -> None:
    paper = only(
        write("a.ris", "TY  - JOUR\nTI  - NA\nT1  - One\nAB  - N/A\nN2  - Words.\nJF  - NA\nT2  - B\nER  - \n")
    )
    assert (paper.title, paper.abstract, paper.venue) == ("One", "Words.", "B")
    paper = row_file(write, title="[Not available]", originaltitle="Eins", abstract="无摘要", summary="Words.")
    assert (paper.title, paper.abstract) == ("Eins", "Words.")


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("1402/05/01 (2023/07/23)", 2023), ("1443 H / 2021 M", 2021), ("2566 (2023)", 2023), ("২০২১", 2021),
        ("۲۰۲۱", 2021), ("平成30年", 2018), ("令和元年", 2019), ("พ.ศ. 2566", 2023), ("2564 BE", 2021),
        ("民國110年", 2021),
        ("20190512", 2019), ("pp. 1801–1812 (2019)", 2019), ("12(3), 2019, 1801-1812", 2019), ("2018-2019", 2018),
        ("2,017", 2017), ("2.017", 2017), ("2\u202f017", 2017), ("2017.0", 2017), ("2,017.00", 2017),
        ("1402", None), ("১৪২৮", None), ("2566", None), ("3,017", None), ("12,017", None),
    ],
)  # fmt: skip
def test_years_of_other_calendars(written: str, year: int | None) -> None:
    assert year_in(written) == year


def test_a_date_beside_a_year_of_another_calendar(write: Write) -> None:
    for other in ("1428", "১৪২৮", "2566", "۱۴۰۰", "1443 AH"):
        assert row_file(write, title="A", year=other, date="2021-04-14").year == 2021
        assert only(write("a.ris", f"TY  - JOUR\nTI  - A\nPY  - {other}\nDA  - 2021/04/14\nER  - \n")).year == 2021


def test_titles_in_latex_read_as_they_are_printed() -> None:
    assert [paper.heading for paper in papers(CASES / "bib_latex_titles.bib")] == [
        "Galaxies at z ∼ 6", "Galaxies at z ∼ 6", "The Hα line", "The Hα line", "γ-ray bursts", "mass < 10 M⊙",
        "CO₂ and ¹³C", "H₂O in Herschel data", "ΛCDM at z∼3", "Bèzier & Co: 5° off", "The Kepler field", "10¹² M⊙",
        "r-process— a view", "O III lines", "Møller–Plesset", "‘Quoted’", "¹²C burning", "São Paulo”",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "venue", "arxiv"),
    [
        ("journal={ArXiv}, volume={abs/2101.00001}", "ArXiv", "2101.00001"),
        ("journal={CoRR}, volume={abs/1412.6980}", "CoRR", "1412.6980"),
        ("journal={arXiv preprint}, number={arXiv:2102.00002v3}", "arXiv preprint", "2102.00002"),
        ("journal={arXiv:2101.00001 [cs]}", "arXiv:2101.00001 [cs]", "2101.00001"),
        ("journal={Nature}, volume={2101}, number={00001}", "Nature", ""),
        (r"journal={\procspie}", "Proceedings of SPIE", ""),
        (r"journal=\baas", "Bulletin of the American Astronomical Society", ""),
        (r"journal={\newmacro}", "newmacro", ""),
    ],
)
def test_journals_that_are_macros_or_hold_an_arxiv_id(write: Write, fields: str, venue: str, arxiv: str) -> None:
    paper = only(write("a.bib", f"@article{{a, title={{A}}, year=2001, {fields}}}"))
    assert (paper.venue, paper.arxiv) == (venue, arxiv)


def test_files_that_were_put_together_are_read_part_by_part(write: Write) -> None:
    bib = "@article{a, title={One}, author={Alm, B.}, year=2001}\n"
    ris = "TY  - JOUR\nTI  - Two\nAU  - Roe, L.\nPY  - 2002\nER  - \n"
    for name, text in (("a.bib", bib + "\n" + ris), ("a.ris", ris + "\n" + bib)):
        read = papers(write(name, text))
        order = [("One", 2001), ("Two", 2002)] if name == "a.bib" else [("Two", 2002), ("One", 2001)]
        assert [(paper.title, paper.year) for paper in read] == order
        assert [paper.sources[0].record for paper in read] == [1, 2]
        assert "begins here" in problems(write(name, text))[0].reason and len(problems(write(name, text))) == 1
    table = "Title,Year,Authors\nOne,2001,Alm\nAuthors,Title,Abstract,Year\nRoe,Two,Words of two.,2002\n"
    first, second = papers(write("a.csv", table))
    assert (second.title, second.abstract, second.year, second.authors) == ("Two", "Words of two.", 2002, ("Roe",))
    assert first.year == 2001
    again = "Title,Year\nOne,2001\nTitle,Year\n\ufeffTwo,2002\n"
    assert [paper.title for paper in papers(write("b.csv", again))] == ["One", "Two"]
    xml = (CASES / "pubmed_oab.xml").read_text("utf-8")
    assert len(papers(write("a.xml", xml + "\ufeff" + xml.replace("32000001", "32000002")))) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris", "TY  - JOUR\nTI  - A\nJO  - CoRR\nVL  - abs/2101.00001\nER  - \n"),
        ("a.ris", "TY  - JOUR\nTI  - A\nPB  - arXiv\nM1  - 2101.00001\nER  - \n"),
        ("a.ris", "TY  - JOUR\nTI  - A\nN1  - arXiv:2101.00001 [cs]\nER  - \n"),
        ("a.csv", "Title,Journal,Volume\nA study of one,ArXiv,abs/2101.00001\n"),
        ("a.csv", "Title,Notes\nA study of one,arXiv:2101.00001 [cs]\n"),
        ("a.bib", "@article{a, title={A}, eprint={2101.00001}, archivePrefix={arXiv}}"),
        ("a.bib", "@misc{a, title={A}, eprint={2101.00001}, primaryClass={cs.LG}}"),
        ("a.bib", "@article{a, title={A}, journal={CoRR}, volume={abs/2101.00001}}"),
        ("a.bib", "@misc{a, title={A}, howpublished={\\url{https://arxiv.org/abs/2101.00001}}}"),
        ("a.json", '[{"type": "article", "title": "A", "number": "arXiv:2101.00001", "publisher": "arXiv"}]'),
    ],
)  # fmt: skip
def test_an_id_of_arxiv_is_read_from_where_it_stands(write: Write, name: str, text: str) -> None:
    assert only(write(name, text)).arxiv == "2101.00001"


@pytest.mark.parametrize(
    ("name", "text", "fields"),
    [
        ("a.csv", "論文タイトル,著者名,発行年,抄録\n泥炭の研究,山田太郎・鈴木花子,平成31年,抄録なし\n",
         {"title": "泥炭の研究", "authors": ("山田太郎", "鈴木花子"), "year": 2019, "abstract": ""}),
        ("a.csv", "논문제목,저자명,발행년도,초록\n이탄 연구,김철수·이영희,2019,초록 없음\n",
         {"title": "이탄 연구", "authors": ("김철수", "이영희"), "year": 2019, "abstract": ""}),
        ("a.csv", "標題,作者,出版年\n泥炭的研究,王偉；李明,民國108年\n",
         {"title": "泥炭的研究", "authors": ("王偉", "李明"), "year": 2019}),
        ("a.csv", "Название,Авторы,Год,Аннотация\nТорф,\"Иванов И.И., Петров П.П.\",2019 г.,Аннотация отсутствует\n",
         {"title": "Торф", "authors": ("Иванов И.И.", "Петров П.П."), "year": 2019, "abstract": ""}),
        ("a.csv", "Título,Autores,Año,Resumen\nTurba,\"García, J.; López, M.\",2019,Sin resumen\n",
         {"title": "Turba", "year": 2019, "abstract": ""}),
        ("a.ris", "TY  - JOUR\nTI  - One study\nU1  - 31452104[pmid]\nC2  - PMC1234567\nER  - \n",
         {"pmid": "31452104", "pmcid": "PMC1234567"}),
        ("a.ris", "TY  - JOUR\nTI  - One study\nAB  - [No abstract available]\n"
         "AU  - [No author name available]\nJO  - NA\n"
         "DO  - NA\nPY  - n.d.\nER  - \n", {"abstract": "", "authors": (), "venue": "", "doi": "", "year": None}),
        ("a.bib", "@article{a, title={Peat}, author={Wei Wang 0001 and Hao Li 0002}}",
         {"authors": ("Wang, Wei", "Li, Hao")}),
        ("a.jsonl", '{"title":"One study","authors":["Smith, John","et al."],"year":"2019-05","journal":"None"}',
         {"authors": ("Smith, John",), "year": 2019, "venue": ""}),
    ],
)  # fmt: skip
def test_values_of_records_in_many_languages(write: Write, name: str, text: str, fields: dict[str, object]) -> None:
    paper = only(write(name, text))
    assert {field: getattr(paper, field) for field in fields} == fields
