"""Inputs as programs and people write them, of kinds that were tried after the first rounds."""

from __future__ import annotations

import pytest

from explorer.arxiv import arxiv_in, canonical_arxiv
from explorer.authors import authors, several
from explorer.dates import year_in
from explorer.doi import canonical_doi
from explorer.paper import Paper, author_name
from explorer.placeholders import is_placeholder
from explorer.readers import read_bytes


def papers(name: str, text: str) -> list[Paper]:
    return [record for record in read_bytes(text.encode(), name) if isinstance(record, Paper)]


RECORD = "TI  - {title}\nAU  - {author}\nPY  - 2012\nTY  - JOUR\n"


@pytest.mark.parametrize("between", ["\n", ""])
def test_ris_whose_ty_ends_a_record_without_er(between: str) -> None:
    text = RECORD.format(title="Peat", author="Weber, H.") + between + RECORD.format(title="Moss", author="Dom, J.")
    assert [(paper.title, paper.authors) for paper in papers("a.ris", text)] == [
        ("Peat", ("Weber, H.",)), ("Moss", ("Dom, J.",)),
    ]  # fmt: skip


def test_ris_whose_ty_stands_amid_a_record_without_er() -> None:
    one = "AU  - {author}\nTI  - {title}\nTY  - JOUR\nPY  - 2012\n"
    text = "\n".join(one.format(title=title, author=author) for title, author in (("Peat", "A, B"), ("Moss", "C, D")))
    assert [(paper.title, paper.authors, paper.year) for paper in papers("a.ris", text)] == [
        ("Peat", ("A, B",), 2012), ("Moss", ("C, D",), 2012),
    ]  # fmt: skip


def test_the_day_of_access_is_no_year_of_a_paper() -> None:
    [paper] = papers("a.bib", "@article{a, title={Fen}, author={Weber, H.}, date={}, urldate={2023-01-01}}")
    assert paper.year is None


@pytest.mark.parametrize(
    "field", ["J. Smith, K. Doe and L. Roe", "J. Smith, K. Doe, L. Roe", "J. Smith and K. Doe, L. Roe"]
)
def test_bibtex_with_commas_between_names_that_begin_with_initials(field: str) -> None:
    [paper] = papers("a.bib", f"@article{{a, title={{Fen}}, author={{{field}}}, year={{2012}}}}")
    assert [author_name(name) for name in paper.authors] == ["J. Smith", "K. Doe", "L. Roe"]


@pytest.mark.parametrize(
    "cell",
    [
        "array(['Hanna Weber', 'Jan Dom'], dtype=object)", "[Hanna Weber, Jan Dom]", "{'Hanna Weber', 'Jan Dom'}",
        "[Author(Hanna Weber), Author(Jan Dom)]",
        "[arxiv.Result.Author('Hanna Weber'), arxiv.Result.Author('Jan Dom')]",
        "np.array(['Hanna Weber' 'Jan Dom'])",
    ],
)  # fmt: skip
def test_lists_as_python_shows_them(cell: str) -> None:
    [paper] = papers("a.csv", f'title,authors,year,abstract\nPeat,"{cell}",2012,x y z\n')
    assert paper.authors == ("Hanna Weber", "Jan Dom")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Başlık;Yazarlar;Yıl;Dergi;Özet", "T;Çiçek, Ö.; 2019;J;A b c"),
        ("العنوان,المؤلفون,السنة,المجلة,الملخص", "T,محمد علي,2019,J,A b c"),
        ("عنوان,نویسندگان,سال,مجله,چکیده", "T,علی رضایی,2019,J,A b c"),
        ("Judul,Penulis,Tahun,Jurnal,Abstrak", "T,Budi Santoso,2019,J,A b c"),
        ("논문명,저자명,발행년,학술지명,초록", "T,김철수,2019,J,A b c"),
        ("Titel;Författare;Publication Year;Tidskrift;Sammanfattning", "T;Weber, H.;2019;J;A b c"),
    ],
)
def test_columns_in_more_languages(header: str, row: str) -> None:
    [paper] = papers("a.csv", f"{header}\n{row}\n")
    assert (paper.title, paper.year, paper.venue, paper.abstract) == ("T", 2019, "J", "A b c") and len(
        paper.authors
    ) == 1


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Smith, John A.1,2*; Doe, Karin3", ["Smith, John A.", "Doe, Karin"]),
        ("Food and Agriculture Organization of the United Nations", None),
        ("Bill and Melinda Gates Foundation", None),
        ("National Academies of Sciences, Engineering, and Medicine", None),
        (
            "John Doe, Centers for Disease Control and Prevention",
            ["John Doe", "Centers for Disease Control and Prevention"],
        ),
        ("Smith J, Doe K, on behalf of the XYZ Study Group", ["Smith J", "Doe K", "XYZ Study Group"]),
        ("Gomez-Perez, Asuncion; Corcho, Oscar; (eds)", ["Gomez-Perez, Asuncion", "Corcho, Oscar"]),
        ("欧阳修 司马光", ["欧阳修", "司马光"]),
        ("Qwen2; GPT-4", ["Qwen2", "GPT-4"]),
    ],
)
def test_authors_of_late_inputs(field: str, names: list[str] | None) -> None:
    assert authors(field) == ([field] if names is None else names)


def test_two_names_in_a_field_of_one() -> None:
    assert several("Hanna Weber and Jan Dom") == ["Hanna Weber", "Jan Dom"]
    for whole in ("Johnson and Johnson", "Research and Development Team", "Marks and Spencer Group"):
        assert several(whole) == [whole]


@pytest.mark.parametrize(
    "text",
    [
        "No abstract available. © 2020 Elsevier Ltd. All rights reserved.", "No abstract available at this time",
        "No abstract prepared.", "Abstract not submitted", "Абстракт отсутствует", "ERROR: #N/A",
    ],
)  # fmt: skip
def test_more_wordings_of_no_abstract(text: str) -> None:
    assert is_placeholder("abstract", text)
    assert not is_placeholder("abstract", f"{text} Peat grew.".replace("©", ""))


def test_ids_and_years_of_late_inputs() -> None:
    assert canonical_doi("10.1016/j.cell.2020.01.001&rft.genre=article") == "10.1016/j.cell.2020.01.001"
    assert canonical_doi("10.1016//j.cell.2020.01.001") == "10.1016/j.cell.2020.01.001"
    assert canonical_arxiv("https://www.arxiv-vanity.com/papers/1412.6980/") == "1412.6980"
    assert arxiv_in("arXiv, 2020. 2005.14165") == "2005.14165"
    assert year_in("二〇二〇年五月") == 2020
    assert is_placeholder("authors", "無名氏") and is_placeholder("authors", "null null")
