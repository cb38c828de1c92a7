"""Formats in XML of databases: PubMed, EndNote, arXiv and OAI-PMH."""

from __future__ import annotations

import pytest

from conftest import shared
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import read, recognise
from support.files import Write, only, papers, problems
from support.xml_samples import ATOM, OAI, PUBMED

# ---------------------------------------------------------------------------------------------------------- PubMed


def test_pubmed_fields(write_xml: Write) -> None:
    path = write_xml(PUBMED)
    first, second, book = papers(path)
    assert recognise(path) == "pubmed_xml"
    assert problems(path) == []
    assert first.title == "Uptake of CO₂ by E. coli"
    assert first.abstract == "BACKGROUND: Air.\nMore."
    assert first.authors == ("Meier, Ann B Jr", "Test Group")
    assert (first.year, first.venue, first.doi) == (1998, "Journal of Tests", "10.1000/right")
    assert (first.pmid, first.pmcid, first.keywords) == ("101", "PMC77", ("gas",))
    assert (first.sources[0].record, first.sources[0].line, first.sources[0].key) == (1, 4, "101")
    assert (second.title, second.abstract, second.doi) == ("Sobre pruebas.", "A text.", "")
    assert (book.title, book.venue, book.authors) == ("Apert Syndrome", "Gene Tests", ("Wenger, Tara",))
    assert (book.year, book.abstract, book.pmid) == (1993, "CLINICAL: Heads.", "103")


def test_old_medline_and_articles_sent_by_journals(write_xml: Write) -> None:
    old = write_xml(
        "<MedlineCitationSet><MedlineCitation><PMID>5</PMID><Article><ArticleTitle>Old</ArticleTitle></Article>"
        "<MedlineJournalInfo><MedlineTA>J Old</MedlineTA></MedlineJournalInfo></MedlineCitation>"
        "</MedlineCitationSet>")  # fmt: skip
    assert (only(old).title, only(old).venue, only(old).pmid) == ("Old", "J Old", "5")
    sent = write_xml(
        "<ArticleSet><Article><Journal><JournalTitle>J New</JournalTitle><PubDate><Year>2020</Year></PubDate>"
        "</Journal><ArticleTitle>New</ArticleTitle><AuthorList><Author><FirstName>Eva</FirstName>"
        "<MiddleName>M.</MiddleName><LastName>Berg</LastName></Author></AuthorList><ArticleIdList>"
        '<ArticleId IdType="doi">10.1234/5</ArticleId></ArticleIdList><Abstract>Said.</Abstract></Article>'
        "</ArticleSet>")  # fmt: skip
    found = only(sent)
    assert (found.title, found.venue, found.year, found.doi) == ("New", "J New", 2020, "10.1234/5")
    assert (found.authors, found.abstract) == (("Berg, Eva M.",), "Said.")


def test_shared_pubmed() -> None:
    sample = papers(shared("imports", "pubmed_xml", "pubmedsample_2019.xml"))
    assert (len(sample), sum(bool(paper.abstract) for paper in sample)) == (176, 118)
    assert sample[0].title == "Hospital debt management and cost reimbursement."
    assert (sample[0].authors, sample[0].year, sample[0].pmid) == (("Blume, F R",), 1976, "973217")
    italics = only(shared("imports", "pubmed_xml", "jabref_MedlineImporterTestArticleItalics.xml"))
    assert italics.title == "Genome-wide significant risk factors on chromosome 19 and the APOE locus."
    assert italics.abstract.startswith("The apolipoprotein E (APOE) gene on chromosome 19q13.32, was")
    assert "P = 1.60 x 10⁻¹⁹)" in italics.abstract
    labels = only(shared("imports", "pubmed_xml", "pubmed-29768149.xml"))
    assert [line.split(":")[0] for line in labels.abstract.split("\n")] == [
        "BACKGROUND",
        "METHODS",
        "RESULTS",
        "CONCLUSIONS",
    ]
    assert "fast-acting β₂-agonist may be" in labels.abstract
    formulas = only(shared("imports", "pubmed_xml", "jabref_MedlineImporterTestMathML.xml"))
    assert formulas.abstract.startswith("Following are examples of MathML elements:\nη_p²")
    [broken] = read(shared("imports", "pubmed_xml", "jabref_MedlineImporterTestMalformedEntry.xml"))
    assert isinstance(broken, Problem)
    assert (broken.record, broken.line) == (1, 2)


# --------------------------------------------------------------------------------------------------------- EndNote


def test_endnote_fields(write_xml: Write) -> None:
    path = write_xml("""<?xml version="1.0" encoding="UTF-8"?><xml><records><record><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type><contributors><authors><author><style face="normal">Ainley, D.G.</style>
</author><author><style>World Health Organization,</style></author></authors></contributors><titles><title>
    <style face="normal">Light at 10</style><style face="superscript">5</style><style face="italic"> lux</style>
</title><secondary-title><style>J Anim</style></secondary-title></titles>
<periodical><full-title><style>Journal of Animals</style></full-title></periodical>
<keywords><keyword><style>birds&#xD;light</style></keyword></keywords>
<dates><year><style>1990</style></year></dates><accession-num>2345</accession-num>
<electronic-resource-num>https://doi.org/10.1002/ABC</electronic-resource-num>
<abstract><style face="normal">First part.&#xD;Second &lt;i&gt;part&lt;/i&gt;.</style></abstract>
<remote-database-name>PubMed</remote-database-name><custom2>PMC88</custom2>
<urls><related-urls><url>http://example.org/a</url></related-urls></urls></record></records></xml>""")
    found = only(path)
    assert recognise(path) == "endnote_xml"
    assert (found.title, found.venue) == ("Light at 10⁵ lux", "Journal of Animals")
    assert found.authors == ("Ainley, D.G.", "World Health Organization")
    assert found.abstract == "First part.\nSecond part."
    assert (found.year, found.doi, found.pmid, found.pmcid) == (1990, "10.1002/abc", "2345", "PMC88")
    assert (found.keywords, found.url, found.sources[0].key) == (("birds", "light"), "http://example.org/a", "7")


def test_endnote_before_version_8(write_xml: Write) -> None:
    path = write_xml(
        "<XML><RECORDS><RECORD><REFERENCE_TYPE>0</REFERENCE_TYPE><REFNUM>3</REFNUM><AUTHORS><AUTHOR>Low, A."
        "</AUTHOR></AUTHORS><YEAR>1999</YEAR><TITLE>Early</TITLE><SECONDARY_TITLE>Nature</SECONDARY_TITLE>"
        "<ABSTRACT>Said early.</ABSTRACT></RECORD></RECORDS></XML>")  # fmt: skip
    found = only(path)
    assert (found.title, found.venue, found.year, found.abstract) == ("Early", "Nature", 1999, "Said early.")
    assert (found.authors, found.sources[0].key) == (("Low, A.",), "3")


def test_shared_endnote() -> None:
    found = papers(shared("imports", "endnote_xml", "jabref_EndnoteXmlImporterTestLabelAndMultiTitle.xml"))
    assert found[2].title == "A demographic study of the south polar skua Catharacta maccormicki at Cape Crozier"
    assert found[2].authors == ("Ainley, D.G.", "Ribic, C.A.", "Wodd, R.C.")
    found = papers(shared("imports", "endnote_xml", "zotero_Endnote_XML_0.xml"))
    assert (len(found), sum(bool(paper.abstract) for paper in found)) == (9, 3)
    assert found[3].authors == ("Hancké, Bob", "Rhodes, Martin", "Thatcher, Mark")
    assert found[5].venue == "Varieties of capitalism. The institutional foundations of comparative advantage"


# ------------------------------------------------------------------------------------------------- arXiv and OAI-PMH


def test_atom_entry_and_error(write_xml: Write) -> None:
    path = write_xml(ATOM.format(
        "<entry><id>http://arxiv.org/abs/hep-th/9901001v3</id><published>1999-01-01T00:00:00Z</published>"
        "<updated>2001-01-01T00:00:00Z</updated><title>On\n  strings</title><summary>  We say.\n</summary>"
        "<author><name>A. Low</name><arxiv:affiliation>MIT</arxiv:affiliation></author>"
        "<arxiv:doi>10.1103/X</arxiv:doi><arxiv:journal_ref>Phys. Rev. D 1</arxiv:journal_ref>"
        '<category term="hep-th"/></entry>'
        "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_1</id><title>Error</title>"
        "<summary>incorrect id format for 1</summary></entry>"
    ))  # fmt: skip
    found, problem = read(path)
    assert isinstance(found, Paper) and isinstance(problem, Problem)
    assert (found.title, found.abstract, found.authors) == ("On strings", "We say.", ("A. Low",))
    assert (found.arxiv, found.year, found.doi) == ("hep-th/9901001", 1999, "10.1103/x")
    assert (found.venue, found.keywords) == ("Phys. Rev. D 1", ("hep-th",))
    assert problem.record == 2
    assert "incorrect id format for 1" in problem.reason


def test_shared_atom() -> None:
    found = papers(shared("imports", "arxiv_atom", "arxiv_response.xml"))
    assert [paper.arxiv for paper in found] == ["2510.14968", "2510.14827"]
    assert found[0].authors[0] == "Mingxuan Yan"
    with pytest.raises(UnreadableFile, match=r"cat:cs\.RO AND \(nonexistentquery\).* has no entries"):
        read(shared("imports", "arxiv_atom", "arxiv_empty.xml"))


def test_oai_of_several_kinds(write_xml: Write) -> None:
    path = write_xml(OAI.format(
        "<record><header><identifier>oai:arXiv.org:0704.0001</identifier></header><metadata><arXiv>"
        "<id>0704.0001</id><created>2007-04-02</created><authors><author><keyname>Bal\\'azs</keyname><forenames>C."
        "</forenames></author><author><keyname>Yuan</keyname><forenames>C. -P.</forenames><suffix>Jr</suffix></author>"
        "</authors><title>Diphotons</title><categories>hep-ph</categories><doi>10.1103/PhysRevD.76 10.1/second</doi>"
        "<abstract>A calculation.</abstract></arXiv></metadata></record>\n"
        '<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>\n'
        '<record><header><identifier>oai:x:3</identifier></header><metadata><oai_dc:dc xmlns:oai_dc="o" xmlns:dc="d">'
        "<dc:title>Core</dc:title><dc:creator>Low, A.</dc:creator><dc:creator>High, B.</dc:creator>"
        "<dc:description>Comment: 7 pages, 2 figures</dc:description><dc:description>What we did.</dc:description>"
        "<dc:date>2011-05-06</dc:date><dc:identifier>http://x.org/3</dc:identifier><dc:identifier>doi:10.5/core"
        "</dc:identifier><dc:identifier>10.5555/core</dc:identifier></oai_dc:dc></metadata></record>\n"
        '<record><header><identifier>oai:x:4</identifier></header><metadata><record xmlns="marc">'
        '<datafield tag="245"><subfield code="a">Inner marc /</subfield></datafield></record></metadata></record>\n'
        '<resumptionToken completeListSize="9">abc</resumptionToken>'
    ))  # fmt: skip
    found = list(read(path))
    first, deleted, core, marc, page = found
    assert recognise(path) == "oai_xml"
    assert isinstance(first, Paper) and isinstance(core, Paper) and isinstance(marc, Paper)
    assert (first.authors, first.year, first.arxiv) == (("Balázs, C.", "Yuan, C. -P. Jr"), 2007, "0704.0001")
    assert (first.doi, first.sources[0].key) == ("10.1103/physrevd.76", "0704.0001")
    assert isinstance(deleted, Problem) and deleted.record == 2 and "has deleted" in deleted.reason
    assert (core.title, core.abstract, core.year) == ("Core", "What we did.", 2011)
    assert (core.authors, core.doi, core.url) == (("Low, A.", "High, B."), "10.5555/core", "http://x.org/3")
    assert (marc.title, marc.sources[0].record) == ("Inner marc", 4)
    assert isinstance(page, Problem) and page.record == 0 and "one page of a longer answer" in page.reason


def test_oai_without_records_says_why(write_xml: Write) -> None:
    path = write_xml('<OAI-PMH><error code="noRecordsMatch">Nothing since then</error></OAI-PMH>')
    with pytest.raises(UnreadableFile, match="Nothing since then"):
        read(path)


def test_shared_oai() -> None:
    found = only(shared("imports", "oai_xml", "arxivraw_1810.09584.xml"))
    assert found.title == "Martingale theory for housekeeping heat"
    assert found.authors == ("Raphael Chetrite", "Shamik Gupta", "Izaak Neri", "Édgar Roldán")
    assert (found.year, found.doi, found.arxiv) == (2018, "10.1209/0295-5075/124/60006", "1810.09584")


# ------------------------------------------------------------------------------------------------- arbitrary changes


def test_doaj_by_oai(write_xml: Write) -> None:
    text = """<record><header xmlns:oai_doaj="http://doaj.org/features/oai_doaj/1.0/"><identifier>oai:doaj.org/article:1</identifier>
    </header><metadata xmlns:oai_doaj="http://doaj.org/features/oai_doaj/1.0/">
    <oai_doaj:doajArticle xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ x.xsd">
    <oai_doaj:journalTitle>Slow Water</oai_doaj:journalTitle>
    <oai_doaj:publicationDate>1998-01-01</oai_doaj:publicationDate>
    <oai_doaj:doi>10.1000/8</oai_doaj:doi><oai_doaj:title>Rivers</oai_doaj:title>
    <authors><author><name>Jo Low</name><orcid_id>x</orcid_id></author><author><name>Ada Berg</name></author></authors>
    <oai_doaj:abstract>Rivers keep their beds.</oai_doaj:abstract>
    <oai_doaj:fullTextUrl format="pdf">http://example.org/8.pdf</oai_doaj:fullTextUrl>
    <oai_doaj:keywords><oai_doaj:keyword>water</oai_doaj:keyword></oai_doaj:keywords>
    </oai_doaj:doajArticle></metadata></record>"""
    path = write_xml(text)
    assert recognise(path) == "oai_xml"
    (paper,) = papers(path)
    assert (paper.title, paper.authors, paper.year) == ("Rivers", ("Jo Low", "Ada Berg"), 1998)
    assert (paper.venue, paper.doi, paper.abstract) == ("Slow Water", "10.1000/8", "Rivers keep their beds.")
    assert (paper.url, paper.keywords) == ("http://example.org/8.pdf", ("water",))
