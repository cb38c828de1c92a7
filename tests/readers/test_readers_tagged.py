"""Tagged text: RIS, MEDLINE, Web of Science, EndNote, Ovid, RefWorks and their dialects, by values of real records."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, shared
from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, read, recognise
from explorer.readers.engine import tagged_values
from explorer.readers.formats import enw, labelled, nbib, ovid, refworks, ris, wos
from explorer.readers.io.stream import Stream

DATA = ROOT / "tests" / "data"
ALL = (ris.READER, nbib.READER, wos.READER, enw.READER, ovid.READER, refworks.READER, *labelled.READERS)

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def papers(path: Path) -> list[Paper]:
    found = list(read(path))
    assert [item for item in found if isinstance(item, Problem)] == []
    return [item for item in found if isinstance(item, Paper)]


def counts(path: Path) -> tuple[str, int, int]:
    found = list(read(path))
    records = [item for item in found if isinstance(item, Paper) or item.record]
    return recognise(path), len(records), sum(isinstance(item, Paper) and bool(item.abstract) for item in found)


# -------------------------------------------------------------------------------------------------------- shared files

# What the manifest's plain patterns could not see: an abstract tag with nothing in it, a record that does not begin
# with the usual tag, and records of which only some have the tag that was counted.
_NOT_AS_COUNTED = {
    "ris/asreview_baseline_empty_values.ris": ("ris", 4, 2),
    "nbib/jabref_medline_plain_multiabs.txt": ("nbib", 1, 1),
    "enw/colrev_ais_enl.txt": ("enw", 6, 4),
}


def test_shared_files_give_the_records_that_were_counted() -> None:
    with shared("imports", "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["format"] in ("ris", "nbib", "wos", "enw", "ovid", "refworks")
        ]
    assert len(rows) > 25
    for row in rows:
        expected = (row["format"], int(row["records"]), int(row["records_with_abstract"]))
        assert counts(shared("imports", *row["file"].split("/"))) == _NOT_AS_COUNTED.get(row["file"], expected), row[
            "file"
        ]


def test_a_web_page_named_ris_is_called_a_web_page() -> None:
    with pytest.raises(UnreadableFile, match="web page"):
        read(shared("imports", "hostile", "html_error_page.ris"))


def test_scopus() -> None:
    paper = papers(shared("imports", "ris", "restoration_scopus.ris"))[0]
    assert paper.title == "LONG-TERM FOLLOW-UP OF RETINAL PIGMENT EPITHELIUM RESTORATION AFTER A TRIPLE TEAR"
    assert paper.authors == ("Zahid, S.", "Dolz Marco, R.", "Freund, K.B.")
    assert (paper.year, paper.venue) == (2019, "Retinal cases & brief reports")
    assert (paper.doi, paper.id) == ("10.1097/icb.0000000000000530", "2-s2.0-85041488703")
    assert paper.abstract.startswith("PURPOSE: To demonstrate longitudinal multimodal imaging")


def test_scopus_keeps_the_pubmed_id_in_c2() -> None:
    assert papers(shared("imports", "ris", "asreview_scopus.ris"))[1].pmid == "31421429"


def test_ovid_ris_with_numbers_between_and_fields_after_records() -> None:
    found = papers(shared("imports", "ris", "asreview_ovid_psycinfo.ris"))
    assert [paper.id for paper in found[:2]] == ["2019-65183-001", "2019-29490-001"]
    assert found[1].authors == ("Trindade, Ines A", "Ferreira, Claudia", "Duarte, Cristiana", "Pinto-Gouveia, Jose")
    assert (found[1].year, found[1].venue) == (2019, "Journal of Health Psychology")
    assert found[1].keywords[:2] == ("Body Image", "Colon Disorders")
    assert found[1].abstract.startswith("The aim of this study was to examine the role of body image")


def test_zotero_ris_keeps_the_paragraphs_of_an_abstract() -> None:
    paper = papers(shared("imports", "ris", "wilson_doku_all_numbered.txt"))[0]
    assert paper.title == "Early Onset of Wilson Disease: Diagnostic Challenges"
    assert [line.split(":")[0] for line in paper.abstract.split("\n")] == [
        "OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS",
    ]  # fmt: skip
    assert (paper.doi, paper.pmid, paper.year) == ("10.1097/mpg.0000000000001700", "28753182", 2017)


def test_endnote_ris_has_keywords_on_lines_and_pubmed_ids_as_accession_numbers() -> None:
    paper = papers(shared("imports", "ris", "asreview_pubmed_endnote.txt"))[0]
    assert (paper.pmid, paper.venue, paper.year) == ("21553931", "Clin Pharmacokinet", 2011)
    assert paper.keywords[3:5] == ("Clinical Trials as Topic", "Disease Models, Animal")


def test_jstor_puts_a_blank_line_after_every_line() -> None:
    found = papers(shared("imports", "ris", "colrev_jstor_ris.ris"))
    assert [paper.title for paper in found] == [
        "This is the title - charset UTF-8 used",
        "Primary Title",
        "This title is of type CHAP",
        "This title is of type RPRT",
    ]
    assert found[2].authors == ("Chapwriter-One, Phoebe",)  # not the two editors in A2


def test_lens_ids_in_addresses() -> None:
    paper = papers(shared("imports", "ris", "asreview__baseline.ris"))[0]
    assert (paper.pmid, paper.pmcid, paper.id) == ("22752652", "PMC3553406", "000-463-679-101-319")


def test_pubmed() -> None:
    paper = papers(shared("imports", "nbib", "restoration_pubmed.nbib"))[1]
    assert paper.title == (
        "Seasonal Changes and Vertical Distribution of Fine Root Biomass During Vegetation Restoration in a Karst "
        "Area, Southwest China."
    )
    assert paper.authors[:2] == ("Du, Hu", "Liu, Lu")
    assert (paper.year, paper.venue) == (2018, "Frontiers in plant science")
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.3389/fpls.2018.02001", "30687380", "PMC6337902")
    assert paper.keywords[0] == "ecological restoration"
    assert "\n" not in paper.abstract


def test_pubmed_organisation_is_an_author() -> None:
    found = papers(shared("imports", "nbib", "restoration_pubmed.nbib"))
    assert "EndoReCo" in {author for paper in found for author in paper.authors}


def test_eric() -> None:
    paper = papers(shared("imports", "nbib", "zotero_MEDLINEnbib_6.nbib"))[1]
    assert (paper.id, paper.doi, paper.pmid) == ("EJ1208101", "10.1007/s11423-019-09653-8", "")
    assert paper.authors[0] == "Hulse, Taylyn"


def test_web_of_science() -> None:
    found = papers(shared("imports", "wos", "restoration_WoS.ciw"))
    assert (
        found[0].title == "Do magnetic phosphorus adsorbents used for lake restoration impact on zooplankton community?"
    )
    assert found[0].authors[:2] == ("Alvarez-Manzaneda, I.", "Guerreroc, F.")
    assert found[1].authors[1] == "Piegay, Herve"  # AF, not AU
    assert (found[0].doi, found[0].pmid) == ("10.1016/j.scitotenv.2018.11.375", "30529964")
    assert (found[0].id, found[0].year) == ("WOS:000455039600059", 2019)
    assert found[0].keywords[3:6] == (
        "Lake restoration", "ROTIFER BRACHIONUS-CALYCIFLORUS", "ECOLOGICAL RISK-ASSESSMENT",
    )  # fmt: skip


def test_web_of_science_named_ris() -> None:
    path = shared("imports", "wos", "rispy_example_wos.ris")
    assert recognise(path) == "wos"
    assert papers(path)[0].authors[0] == "Parkes-Loach, PS"


def test_three_databases_give_one_paper_one_doi() -> None:
    files = ("ris/restoration_scopus.ris", "wos/restoration_WoS.ciw", "nbib/restoration_pubmed.nbib")
    dois = [{paper.doi for paper in papers(shared("imports", *file.split("/")))} - {""} for file in files]
    assert [len(each) for each in dois] == [282, 176, 104]
    assert len(dois[0] & dois[1] & dois[2]) == 22


def test_endnote_of_a_repository_where_few_records_have_a_type() -> None:
    found = papers(shared("imports", "enw", "colrev_ais_enl.txt"))
    assert found[3].authors[-1] == "Catalao, Joao"
    assert found[3].venue == "Hawaii International Conference on System Sciences 2019 (HICSS-52)"
    assert [paper.year for paper in found] == [2021, 2021, 2021, 2019, 2017, 2017]


def test_ovid_tags() -> None:
    found = papers(shared("imports", "ovid", "zotero_OVID_Tagged_0.txt"))
    assert [paper.id for paper in found][:2] == ["PREV200400474164", "PREV200400473722"]
    assert found[1].authors == ("Werner, S. M.", "Nordheim, E. V.", "Raffa, K. F.")
    assert found[1].venue == "Forest Ecology & Management"
    assert found[3].venue == "Methods in proteome and protein analysis"


def test_ovid_labels() -> None:
    paper = papers(shared("imports", "ovid", "jabref_OvidImporterTest4.txt"))[0]
    assert paper.title.endswith("along an elevation transect in Harz Mountains, Germany.")
    assert paper.authors == ("Kohler, Lars", "Leuschner, Christoph", "Hauck, Markus", "Hertel, Dietrich")
    assert (paper.year, paper.venue, paper.id) == (2015, "Ecohydrology", "01445406-201509000-00006")


def test_refworks() -> None:
    paper = papers(shared("imports", "refworks", "zotero_RefWorks_Tagged_1.txt"))[0]
    assert paper.title.startswith("Effect of a case management intervention on symptoms of asthma")
    assert (paper.authors, paper.year, paper.id) == (("Catrambone, C.D.",), 2000, "2001107680")


# ------------------------------------------------------------------------------------------------------ own files: RIS


def test_narrow_tags() -> None:
    first, second = papers(DATA / "narrow_tags.ris")
    assert (first.title, first.authors, first.year) == ("Narrow tags", ("Smith, J.", "Jones, K."), 2018)
    assert first.abstract == "An abstract\nwith T2-weighted and AB-line"
    assert second.title == "Two"


def test_records_without_beginning_or_end() -> None:
    found = papers(DATA / "without_ty_or_er.ris")
    assert [(paper.title, paper.sources[0].line) for paper in found] == [
        ("No type", 1), ("No end", 6), ("A whole book", 10),
    ]  # fmt: skip
    assert found[0].id == "first"


def test_lost_line_end_between_records() -> None:
    assert [paper.title for paper in papers(DATA / "lost_line_end.ris")] == ["One", "Two"]


def test_mixed_line_ends() -> None:
    assert [paper.title for paper in papers(DATA / "mixed_line_ends.ris")] == ["cr one", "two"]


@pytest.mark.parametrize(
    "beginning",
    [
        "TY  - JOUR",
        "    TY  - JOUR",
        "TY\t- JOUR",
        "TY\u00a0\u00a0- JOUR",
        "TY  -  JOUR  ",
        "Search: x\n\n1.\nTY  - JOUR",
    ],
)
def test_ways_to_write_a_tag(write: Write, beginning: str) -> None:
    tag = beginning.split("\n")[-1]
    text = f"{beginning}\n{tag.replace('TY', 'TI').replace('JOUR', 'Any title')}\nER  - \n"
    assert [paper.title for paper in papers(write("a.txt", text))] == ["Any title"]


def test_a_line_that_looks_like_a_narrow_tag_goes_on_the_abstract(write: Write) -> None:
    text = "TY  - JOUR\nAB  - Fused were\nC4 - C5 and\nT1 - T2.\nER  - \n"
    assert papers(write("a.ris", text))[0].abstract == "Fused were\nC4 - C5 and\nT1 - T2."


def test_an_id_before_the_type_belongs_to_the_record(write: Write) -> None:
    text = "ID  - a\nTY  - JOUR\nTI  - One\nER  - \n\nID  - b\nTY  - JOUR\nTI  - Two\nER  - \n"
    assert [(paper.id, paper.title) for paper in papers(write("a.ris", text))] == [("a", "One"), ("b", "Two")]


def test_a_record_without_title_and_abstract_costs_no_other(write: Write) -> None:
    text = "TY  - JOUR\nAU  - X, Y\nER  - \n\nTY  - JOUR\nTI  - Fine\nER  - \n"
    found = list(read(write("a.ris", text)))
    assert isinstance(found[0], Problem) and (found[0].record, found[0].line) == (1, 1)
    assert "TY, AU, ER" in found[0].reason
    assert isinstance(found[1], Paper) and found[1].title == "Fine"


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ("AU  - Smith, J., Jones, K., Doe, L.", "authors", ("Smith, J.", "Jones, K.", "Doe, L.")),
        ("AU  - Smith, J.; Jones, K.", "authors", ("Smith, J.", "Jones, K.")),
        ("A1  - Smith, J.\nAU  - Jones, K.\nAU  - Doe, L.", "authors", ("Smith, J.", "Jones, K.", "Doe, L.")),
        ("AU  - Smith, J.\nA1  - Smith, John", "authors", ("Smith, J.",)),
        ("AU  - [No author name available]", "authors", ()),
        ("A2  - Editor, E.", "authors", ()),
        ("PY  - in press\nDA  - 2018/03//", "year", 2018),
        ("Y1  - 20190102", "year", 2019),
        ("JO  - J. Foo\nJF  - Journal of Foo", "venue", "Journal of Foo"),
        ("T2  - Proceedings of Foo\nT3  - LNCS", "venue", "Proceedings of Foo"),
        ("L3  - 10.1000/182", "doi", "10.1000/182"),
        ("M3  - doi: 10.1000/182", "doi", "10.1000/182"),
        ("N1  - 10.1000/182 [doi]", "doi", "10.1000/182"),
        ("N1  - References: Smith, doi:10.1000/182", "doi", ""),
        ("UR  - https://example.org/doi/abs/10.1000/182?journalCode=x", "doi", "10.1000/182"),
        ("UR  - https://x.org/inward?eid=2-s2.0-1&doi=10.1000%2f182&p=4", "doi", "10.1000/182"),
        ("UR  - https://arxiv.org/abs/2101.00001v2", "arxiv", "2101.00001"),
        ("AN  - arXiv:2101.00001", "arxiv", "2101.00001"),
        ("L2  - https://pubmed.ncbi.nlm.nih.gov/22752652/", "pmid", "22752652"),
        ("N1  - PMID: 22752652", "pmid", "22752652"),
        ("LK  - https://www.embase.com/a?id=L1\nC5  - 22752652", "pmid", "22752652"),
        ("C3  - PUBMED 22752652,EMBASE 123", "pmid", "22752652"),
        ("N1  - eprint: arXiv:2101.00001", "arxiv", "2101.00001"),
        ("C2  - PMC3553406", "pmcid", "PMC3553406"),
        ("ID  - https://openalex.org/W2741809807", "openalex", "W2741809807"),
        ("L1  - internal-pdf://a.pdf\nUR  - see http://a.org/x and more", "url", "http://a.org/x"),
        ("KW  - a, b, c", "keywords", ("a", "b", "c")),
        ("KW  - Models, Animal\nHumans", "keywords", ("Models, Animal", "Humans")),
        ("AB  -\nN2  - In N2", "abstract", "In N2"),
        ("N1  - Abstract: In a note", "abstract", "In a note"),
        ("AB  - [No abstract available]", "abstract", ""),
        ("AB  - <p>It is H<sub>2</sub>O &amp; more</p>", "abstract", "It is H2O & more"),
        ("AB  - p < 0.05 and q > 1", "abstract", "p < 0.05 and q > 1"),
    ],
)
def test_where_ris_keeps_things(write: Write, lines: str, field: str, value: object) -> None:
    paper = papers(write("a.ris", f"TY  - JOUR\nTI  - A title\n{lines}\nER  - \n"))[0]
    assert getattr(paper, field) == value


def test_order_of_titles(write: Write) -> None:
    text = "TY  - JOUR\nTI  -\nT1  - Real\nST  - Short\nER  -\nTY  - JFULL\nJF  - A whole journal\nER  -\n"
    assert [paper.title for paper in papers(write("a.ris", text))] == ["Real", "A whole journal"]


# ----------------------------------------------------------------------------------------------- own files: the others


def test_old_isi_where_a_record_has_several_pt() -> None:
    first, second = papers(DATA / "medline_types.isi")
    assert (first.title, first.authors) == ("Optical properties of glass", ("Gilles, H", "Girard, S"))
    assert (first.pmid, first.year) == ("10123456", 2000)
    assert (second.abstract, second.keywords) == ("Wrapped at a width.", ("glass", "light"))


def test_medline_without_blank_lines(write: Write) -> None:
    text = (
        "PMID- 1\nTI  - One.\nAU  - van Raaij MJ\nPMID- 2\nTI  - Two\n      lines.\nFAU - Roe, Jane\nAU  - Roe J\n"
        "CN  - A Group\nAID - S00 [pii]\nAID - 10.1000/Abc [doi]\nMH  - *Mice/genetics\nOAB - Andere Sprache\n"
    )
    first, second = papers(write("a.txt", text))
    assert (first.authors, first.pmid) == (("van Raaij, MJ",), "1")
    assert (second.title, second.authors) == ("Two lines.", ("Roe, Jane", "A Group"))
    assert (second.doi, second.keywords, second.abstract) == ("10.1000/abc", ("Mice",), "Andere Sprache")


def test_pubmed_central_begins_with_its_own_id(write: Write) -> None:
    text = "PMC - PMC11\nPMID- 1\nTI  - One.\n\nPMC - PMC22\nPMID- 2\nTI  - Two.\n"
    found = [(paper.pmcid, paper.pmid, paper.title) for paper in papers(write("a.nbib", text))]
    assert found == [("PMC11", "1", "One."), ("PMC22", "2", "Two.")]


def test_refer_of_blank_lines_between_records_and_in_abstracts() -> None:
    found = papers(DATA / "refer_without_types.txt")
    assert [paper.title for paper in found] == ["The first of three", "The second", "The third"]
    assert found[1].abstract == "One paragraph\nand another."
    assert found[1].keywords == ("thirst", "hunger")


def test_endnote_without_blank_lines(write: Write) -> None:
    text = "%0 Journal Article\n%T One\n%J Nature\n%0 Book\n%T Two\n%R https://doi.org/10.1000/182\n%M 123456\n%W NLM\n"
    first, second = papers(write("a.txt", text))
    assert (first.title, first.venue) == ("One", "Nature")
    assert (second.doi, second.pmid) == ("10.1000/182", "123456")


def test_ovid_labels_of_medline_and_embase() -> None:
    first, second = papers(DATA / "ovid_labels.txt")
    assert first.title == "Bone density and risk."
    assert first.authors == ("Abrahamsen, B", "Eiken, P", "Eastell, R")
    assert (first.year, first.venue, first.pmid) == (2009, "Journal of Bone Research", "16301234")
    assert first.abstract == "BACKGROUND: The first paragraph.\nRESULTS: The second."
    assert (second.authors, second.year) == (("Smith, John", "Doe, Jane"), 2010)
    assert (second.venue, second.doi) == ("Archives of Foo", "10.1000/182")


def test_refworks_of_cnki() -> None:
    first, second = papers(DATA / "refworks_of_cnki.txt")
    assert (first.authors, first.keywords, first.doi) == (("Li", "Wang"), ("a", "b"), "10.1000/1")
    assert first.abstract == "abs line one\nUK based"
    assert (second.title, second.id) == ("Two", "3")


def test_noteexpress_and_cnki() -> None:
    first = papers(DATA / "noteexpress.net")[0]
    assert (first.title, first.authors, first.abstract, first.year) == ("标题", ("张三", "李四"), "摘要", 2015)
    first, second = papers(DATA / "cnki.txt")
    assert (first.title, first.authors, first.venue, second.title) == ("T1", ("A", "B"), "S", "T2")


def test_cochrane() -> None:
    first, second = papers(DATA / "cochrane.txt")
    assert first.authors == ("Smith, JA", "van der Berg, K")
    assert (first.pmid, first.doi, first.year) == ("21234567", "10.1000/182", 2011)
    assert (first.venue, first.keywords) == ("Journal of trials", ("Exercise", "Adult", "Humans"))
    assert (second.id, second.title) == ("CN-07654321", "Nothing but a title")


@pytest.mark.parametrize(
    ("name", "text", "format_name"),
    [
        ("a.ris", "FN Clarivate\nVR 1.0\nPT J\nTI A\nER\n", "wos"),
        ("a.txt", "\ufeff\nPT J\nAU B, C\nTI A\nER\n", "wos"),
        ("a.ris", "PMID- 12\nTI  - A\n", "nbib"),
        ("a.txt", "OWN - ERIC\nTI  - A\nAB  - B\n", "nbib"),
        ("a.nbib", "TY  - JOUR\nTI  - A\nPMID- 3\nER  - \n", "ris"),
        ("a.ris", "%0 Journal Article\n%T A\n", "enw"),
        ("a.txt", "<1. >\nVN  - Ovid Technologies\nTI  - A\n", "ovid"),
        ("a.txt", "RT Journal Article\nSR 1\nT1 A\n", "refworks"),
        ("a.ris", "TI  - A\nAU  - B\nAB  - C\nPY  - 2000\n", "ris"),
    ],
)
def test_content_decides_not_the_name(write: Write, name: str, text: str, format_name: str) -> None:
    path = write(name, text)
    assert recognise(path) == format_name
    assert [paper.title for paper in papers(path)] == ["A"]


def test_latex_comments_are_no_endnote() -> None:
    assert not enw.READER.recognises("a.bib", "%T Made by hand\n%A Me\n@article{a, title={B}}\n")


# --------------------------------------------------------------------------------------------------- any text, hostile


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Smith JA", "Smith, JA"),
        ("Smith J Jr", "Smith, J Jr"),
        ("Smith, John", "Smith, John"),
        ("EndoReCo", "EndoReCo"),
    ],
)
def test_initials_last(name: str, values: str) -> None:
    assert tagged_values.initials_last(name) == values


def test_a_record_too_long_is_a_problem_and_costs_no_other(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "5000")
    long = "KW  - of many lines\n" * 300
    text = f"TY  - JOUR\nTI  - One\nER  - \nTY  - JOUR\nTI  - Two\n{long}ER  - \nTY  - JOUR\nTI  - Three\nER  - \n"
    found = list(read(write("a.ris", text)))
    assert [getattr(item, "title", "") for item in found] == ["One", "", "Three"]
    assert isinstance(found[1], Problem) and found[1].record == 2 and "longer than" in found[1].reason


@pytest.mark.parametrize(
    "line",
    [
        "TI  - " + "a b. " * 400_000,
        "AU  - " + " " * 2_000_000 + "x",
        "UR  - " + "http://" * 300_000,
        "N1  - " + "[" * 2_000_000,
        "SO  - " + ". " * 500_000,
        "ER  - " + "ER  - " * 200_000,
        "AU  - " + "A B " * 300_000,
        "AB  - " + "<p a=" * 300_000,
        "T1  - " + "1 a " * 500_000,
    ],
)
@pytest.mark.parametrize("beginning", ["TY  - JOUR", "PMID- 1", "<1. >\nTI  - x\nDB  - y"])
def test_long_lines_take_linear_time(write: Write, beginning: str, line: str) -> None:
    path = write("a.txt", f"{beginning}\nTI  - A title\n{line}\nER  - \n")
    start = time.perf_counter()
    assert all(isinstance(item, (Paper, Problem)) for item in read(path))
    assert time.perf_counter() - start < 10  # a second or so; quadratic time would be minutes


_LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        "TY  - JOUR|TI  - One|ER  - |ER|EF|PT J|TI Two|PMID- 7|OWN - ERIC|%0 Book|%T Three|<1. >|VN  - Ovid|"
        "RT Book|T1 Four|Title|  Five|Record #1 of 2|TI: Six|{Reference Type}: Book|{Title}: Seven||   more|FN x|VR 1|"
        "AB  - Eight|AB Nine|%X Ten|AU  - A, B;C|DO  - 10.1/x|\ufeffTY  - JOUR|AF A|DI 10.1000/%2f%|UR  - http://["
        "|AU  - Smith J. Doe K.|SO  - X]. Y. 12(3)|PY  - 9999|LID - 10.1/x [doi]|MH  - */".split("|")
    ),
)


@settings(max_examples=400, deadline=None)
@given(lines=st.lists(_LINES, max_size=30), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_lines_give_papers_or_problems(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any_tagged.txt"
    path.write_bytes(end.join(lines).encode("utf-8", "replace"))
    for reader in ALL:
        assert reader.recognises("any_tagged.txt", Stream(path).head()) in (True, False)
        found = list(reader.read(Stream(path)))
        numbers = [item.sources[0].record if isinstance(item, Paper) else item.record for item in found]
        assert numbers == list(range(1, len(found) + 1))


_WHOLE = {
    "ris": ("TY  - JOUR\n", "ER  - \n\n", ("TY", "ER"), "TI  - {}\n"),
    "wos": ("PT J\n", "ER\n\n", ("PT", "ER", "EF", "FN"), "TI {}\n"),
    "refworks": ("RT Book\nSR 1\n", "\n", ("RT",), "T1 {}\n"),
    "ovid": ("<1. >\nVN  - Ovid Technologies\n", "\n", ("<",), "TI  - {}\n"),
}


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(sorted(_WHOLE)), damage=st.lists(_LINES, max_size=8))
def test_damage_in_one_record_costs_no_other(
    tmp_path_factory: pytest.TempPathFactory, kind: str, damage: list[str]
) -> None:
    begin, end, marks, title = _WHOLE[kind]
    lines = [line for part in damage for line in part.replace("\0", "").splitlines()]
    lines = [line for line in lines if not line.strip("\ufeff \t\u00a0").startswith(marks) and line.strip()[:2] != "PT"]
    records = [f"{begin}{title.format(name)}{end}" for name in ("Alpha", "Omega")]
    middle = begin + title.format("Middle") + "".join(line + "\n" for line in lines) + end
    path = tmp_path_factory.getbasetemp() / "damaged.txt"
    path.write_bytes((records[0] + middle + records[1]).encode("utf-8", "replace"))
    reader = next(reader for reader in ALL if reader.name == kind)
    found = list(reader.read(Stream(path)))
    assert len(found) == 3
    first, last = found[0], found[2]
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert (first.title, last.title) == ("Alpha", "Omega")


# ------------------------------------------------------------------------------------- dialects met in other files

LABELLED = """<8>
Score
  *****
Accession Number
  00000001-201504000-00002.
Author
  van Berg, Ada MD, PhD *;  Low, Jo RN; PhD; FAAN 1
Title
  Rivers that remember.[Article]
Source
  Journal of Slow Water.
Status
  Publish Ahead of Print, 30 November 2015
Abstract
  Rivers keep their beds.
DOI Number
  10.1000/rivers.1
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_labels_of_ovid_with_any_ends_of_lines(write: Write, ends: str) -> None:
    path = write("ovid.txt", LABELLED.replace("\n", ends))
    assert recognise(path) == "ovid"
    (paper,) = papers(path)
    assert paper.title == "Rivers that remember."
    assert paper.authors == ("van Berg, Ada", "Low, Jo")
    assert (paper.year, paper.venue, paper.doi) == (2015, "Journal of Slow Water", "10.1000/rivers.1")


def test_labels_of_ovid_without_numbers(write: Write) -> None:
    record = LABELLED.partition("\n")[2]
    path = write("ovid.txt", f"\n{record} \n\n{record.replace('Rivers that', 'Lakes that')}")
    assert recognise(path) == "ovid"
    assert [paper.title for paper in papers(path)] == ["Rivers that remember.", "Lakes that remember."]


@pytest.mark.parametrize(
    ("source", "venue"),
    [
        ("Journal of Slow Water 12, Winter 2007: 7-14.", "Journal of Slow Water"),
        ("ACTA'S Water & Stone January/February 2010;14(1):56", "ACTA'S Water & Stone"),
        ("Current Water Affairs, 2013(1): 3-28.", "Current Water Affairs"),
        ("Ecowater.   8(6):1048-1064, September 2015.", "Ecowater"),
        ("Official Gazette of Dams & Locks. 1288(3), Nov. 16, 2004.", "Official Gazette of Dams & Locks"),
    ],
)
def test_a_journal_in_a_source_of_ovid(write: Write, source: str, venue: str) -> None:
    path = write(
        "ovid.txt",
        f"<1. >\r\nVN  - Ovid Technologies\r\nTI  - A title\r\nSO  - {source}\r\nDE  - One , Two , Three\r\n",
    )
    (paper,) = papers(path)
    assert paper.venue == venue
    assert paper.keywords == ("One", "Two", "Three")


def test_refworks_with_its_legend_and_ids(write: Write) -> None:
    legend = "Refworks Export Tagged Format\n\nTag legend\n*****\nRT=Reference Type\nPMID=PMID\n\nBEGIN EXPORTED\n\n"
    record = "RT Journal Article\nID 12\nA1 Low,Jo\nT1 Rivers\nYR 2003\nU11 mine\nPMID 12345678\nPMCID PMC123456\n"
    path = write("export.txt", legend + record)
    assert recognise(path) == "refworks"
    (paper,) = papers(path)
    assert (paper.title, paper.authors, paper.pmid, paper.pmcid) == ("Rivers", ("Low, Jo",), "12345678", "PMC123456")


def test_inspec_with_tildes_is_not_taken_for_refworks(write: Write) -> None:
    with pytest.raises(UnreadableFile, match="begins “Record - INSPEC"):
        recognise(
            write(
                "inspec.txt",
                "Record - INSPEC - 1\n\nTI ~ Rivers\nAU ~ Low, J.\nAB ~ Beds\nID ~ k\nRT ~ Journal-Paper\n",
            )
        )


def test_ids_of_ris_in_links_and_notes(write: Write) -> None:
    text = (
        "TY  - GEN\nAU  - Low,Jo\nT1  - Rivers\nUR  - https://example.org/1\nL2  - http://export.arxiv.org/abs/2111.09920\n"
        "N1  - NLM UID: 101208192. PMID: NLM23803397.\nER  - \n"
    )
    (paper,) = papers(write("links.ris", text))
    assert (paper.arxiv, paper.pmid, paper.authors) == ("2111.09920", "23803397", ("Low, Jo",))


def test_keywords_of_koreamed_and_a_record_that_begins_with_pmcr(write: Write) -> None:
    path = write("korea.nbib", "PMCR- 2020/01/01\nTI  - Rivers\nAU  - Low J\nKW  - Water\nKW  - Stone\n")
    assert recognise(path) == "nbib"
    (paper,) = papers(path)
    assert (paper.title, paper.keywords) == ("Rivers", ("Water", "Stone"))
