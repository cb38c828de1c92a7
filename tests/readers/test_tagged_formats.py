"""RIS and the other tagged formats, field by field, and dialects met in other files."""

from __future__ import annotations

import pytest

from conftest import DATA
from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, read, recognise
from explorer.readers.formats import tagged
from support.files import Write, sound_papers

# ------------------------------------------------------------------------------------------------------ own files: RIS


def test_narrow_tags() -> None:
    first, second = sound_papers(DATA / "narrow_tags.ris")
    assert (first.title, first.authors, first.year) == ("Narrow tags", ("Smith, J.", "Jones, K."), 2018)
    assert first.abstract == "An abstract\nwith T2-weighted and AB-line"
    assert second.title == "Two"


def test_records_without_beginning_or_end() -> None:
    found = sound_papers(DATA / "without_ty_or_er.ris")
    assert [(paper.title, paper.sources[0].line) for paper in found] == [
        ("No type", 1), ("No end", 6), ("A whole book", 10),
    ]  # fmt: skip
    assert found[0].id == "first"


def test_lost_line_end_between_records() -> None:
    assert [paper.title for paper in sound_papers(DATA / "lost_line_end.ris")] == ["One", "Two"]


def test_mixed_line_ends() -> None:
    assert [paper.title for paper in sound_papers(DATA / "mixed_line_ends.ris")] == ["cr one", "two"]


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
    assert [paper.title for paper in sound_papers(write("a.txt", text))] == ["Any title"]


def test_a_line_that_looks_like_a_narrow_tag_goes_on_the_abstract(write: Write) -> None:
    text = "TY  - JOUR\nAB  - Fused were\nC4 - C5 and\nT1 - T2.\nER  - \n"
    assert sound_papers(write("a.ris", text))[0].abstract == "Fused were\nC4 - C5 and\nT1 - T2."


def test_an_id_before_the_type_belongs_to_the_record(write: Write) -> None:
    text = "ID  - a\nTY  - JOUR\nTI  - One\nER  - \n\nID  - b\nTY  - JOUR\nTI  - Two\nER  - \n"
    assert [(paper.id, paper.title) for paper in sound_papers(write("a.ris", text))] == [("a", "One"), ("b", "Two")]


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
    paper = sound_papers(write("a.ris", f"TY  - JOUR\nTI  - A title\n{lines}\nER  - \n"))[0]
    assert getattr(paper, field) == value


def test_order_of_titles(write: Write) -> None:
    text = "TY  - JOUR\nTI  -\nT1  - Real\nST  - Short\nER  -\nTY  - JFULL\nJF  - A whole journal\nER  -\n"
    assert [paper.title for paper in sound_papers(write("a.ris", text))] == ["Real", "A whole journal"]


# ----------------------------------------------------------------------------------------------- own files: the others


def test_old_isi_where_a_record_has_several_pt() -> None:
    first, second = sound_papers(DATA / "medline_types.isi")
    assert (first.title, first.authors) == ("Optical properties of glass", ("Gilles, H", "Girard, S"))
    assert (first.pmid, first.year) == ("10123456", 2000)
    assert (second.abstract, second.keywords) == ("Wrapped at a width.", ("glass", "light"))


def test_medline_without_blank_lines(write: Write) -> None:
    text = (
        "PMID- 1\nTI  - One.\nAU  - van Raaij MJ\nPMID- 2\nTI  - Two\n      lines.\nFAU - Roe, Jane\nAU  - Roe J\n"
        "CN  - A Group\nAID - S00 [pii]\nAID - 10.1000/Abc [doi]\nMH  - *Mice/genetics\nOAB - Andere Sprache\n"
    )
    first, second = sound_papers(write("a.txt", text))
    assert (first.authors, first.pmid) == (("van Raaij, MJ",), "1")
    assert (second.title, second.authors) == ("Two lines.", ("Roe, Jane", "A Group"))
    assert (second.doi, second.keywords, second.abstract) == ("10.1000/abc", ("Mice",), "Andere Sprache")


def test_pubmed_central_begins_with_its_own_id(write: Write) -> None:
    text = "PMC - PMC11\nPMID- 1\nTI  - One.\n\nPMC - PMC22\nPMID- 2\nTI  - Two.\n"
    found = [(paper.pmcid, paper.pmid, paper.title) for paper in sound_papers(write("a.nbib", text))]
    assert found == [("PMC11", "1", "One."), ("PMC22", "2", "Two.")]


def test_refer_of_blank_lines_between_records_and_in_abstracts() -> None:
    found = sound_papers(DATA / "refer_without_types.txt")
    assert [paper.title for paper in found] == ["The first of three", "The second", "The third"]
    assert found[1].abstract == "One paragraph\nand another."
    assert found[1].keywords == ("thirst", "hunger")


def test_endnote_without_blank_lines(write: Write) -> None:
    text = "%0 Journal Article\n%T One\n%J Nature\n%0 Book\n%T Two\n%R https://doi.org/10.1000/182\n%M 123456\n%W NLM\n"
    first, second = sound_papers(write("a.txt", text))
    assert (first.title, first.venue) == ("One", "Nature")
    assert (second.doi, second.pmid) == ("10.1000/182", "123456")


def test_ovid_labels_of_medline_and_embase() -> None:
    first, second = sound_papers(DATA / "ovid_labels.txt")
    assert first.title == "Bone density and risk."
    assert first.authors == ("Abrahamsen, B", "Eiken, P", "Eastell, R")
    assert (first.year, first.venue, first.pmid) == (2009, "Journal of Bone Research", "16301234")
    assert first.abstract == "BACKGROUND: The first paragraph.\nRESULTS: The second."
    assert (second.authors, second.year) == (("Smith, John", "Doe, Jane"), 2010)
    assert (second.venue, second.doi) == ("Archives of Foo", "10.1000/182")


def test_refworks_of_cnki() -> None:
    first, second = sound_papers(DATA / "refworks_of_cnki.txt")
    assert (first.authors, first.keywords, first.doi) == (("Li", "Wang"), ("a", "b"), "10.1000/1")
    assert first.abstract == "abs line one\nUK based"
    assert (second.title, second.id) == ("Two", "3")


def test_noteexpress_and_cnki() -> None:
    first = sound_papers(DATA / "noteexpress.net")[0]
    assert (first.title, first.authors, first.abstract, first.year) == ("标题", ("张三", "李四"), "摘要", 2015)
    first, second = sound_papers(DATA / "cnki.txt")
    assert (first.title, first.authors, first.venue, second.title) == ("T1", ("A", "B"), "S", "T2")


def test_cochrane() -> None:
    first, second = sound_papers(DATA / "cochrane.txt")
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
    assert [paper.title for paper in sound_papers(path)] == ["A"]


def test_latex_comments_are_no_endnote() -> None:
    assert not tagged.ENW.recognises("a.bib", "%T Made by hand\n%A Me\n@article{a, title={B}}\n")


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
    (paper,) = sound_papers(path)
    assert paper.title == "Rivers that remember."
    assert paper.authors == ("van Berg, Ada", "Low, Jo")
    assert (paper.year, paper.venue, paper.doi) == (2015, "Journal of Slow Water", "10.1000/rivers.1")


def test_labels_of_ovid_without_numbers(write: Write) -> None:
    record = LABELLED.partition("\n")[2]
    path = write("ovid.txt", f"\n{record} \n\n{record.replace('Rivers that', 'Lakes that')}")
    assert recognise(path) == "ovid"
    assert [paper.title for paper in sound_papers(path)] == ["Rivers that remember.", "Lakes that remember."]


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
    (paper,) = sound_papers(path)
    assert paper.venue == venue
    assert paper.keywords == ("One", "Two", "Three")


def test_refworks_with_its_legend_and_ids(write: Write) -> None:
    legend = "Refworks Export Tagged Format\n\nTag legend\n*****\nRT=Reference Type\nPMID=PMID\n\nBEGIN EXPORTED\n\n"
    record = "RT Journal Article\nID 12\nA1 Low,Jo\nT1 Rivers\nYR 2003\nU11 mine\nPMID 12345678\nPMCID PMC123456\n"
    path = write("export.txt", legend + record)
    assert recognise(path) == "refworks"
    (paper,) = sound_papers(path)
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
    (paper,) = sound_papers(write("links.ris", text))
    assert (paper.arxiv, paper.pmid, paper.authors) == ("2111.09920", "23803397", ("Low, Jo",))


def test_keywords_of_koreamed_and_a_record_that_begins_with_pmcr(write: Write) -> None:
    path = write("korea.nbib", "PMCR- 2020/01/01\nTI  - Rivers\nAU  - Low J\nKW  - Water\nKW  - Stone\n")
    assert recognise(path) == "nbib"
    (paper,) = sound_papers(path)
    assert (paper.title, paper.keywords) == ("Rivers", ("Water", "Stone"))
