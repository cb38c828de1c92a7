"""XML: every dialect gives the papers a person would count; broken and hostile files cost no more than they must."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, shared
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import read, recognise
from explorer.readers.engine import markup, xml, xml_cut
from explorer.readers.formats.xml_formats import READERS
from explorer.readers.io.stream import Stream

Write = Callable[..., Path]

PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://example.invalid/p.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">101</PMID><Article><Journal><JournalIssue><PubDate>
<MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue><Title>Journal of Tests</Title></Journal>
<ArticleTitle>Uptake of CO<sub>2</sub> by <i>E. coli</i></ArticleTitle>
<ELocationID EIdType="doi" ValidYN="N">10.1/wrong</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/right</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">Air.</AbstractText><AbstractText Label="UNLABELLED">More.</AbstractText>
<CopyrightInformation>(c) 1999</CopyrightInformation></Abstract>
<AuthorList><Author ValidYN="Y"><LastName>Meier</LastName><ForeName>Ann B</ForeName><Suffix>Jr</Suffix></Author>
<Author ValidYN="N"><LastName>Maier</LastName><ForeName>Ann</ForeName></Author>
<Author><CollectiveName>Test Group</CollectiveName></Author></AuthorList></Article>
<CommentsCorrectionsList><CommentsCorrections><PMID>999</PMID></CommentsCorrections></CommentsCorrectionsList>
<KeywordList><Keyword>gas</Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC77</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1/reference</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>102</PMID><Article><Journal><Title>Anales</Title></Journal>
<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Sobre pruebas.</VernacularTitle></Article>
<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Un texto.</AbstractText></OtherAbstract>
<OtherAbstract Type="Publisher" Language="eng"><AbstractText>A text.</AbstractText></OtherAbstract>
</MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>103</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId>
</ArticleIdList><Book><BookTitle>Gene Tests</BookTitle><PubDate><Year>1993</Year></PubDate>
<AuthorList Type="editors"><Author><LastName>Adam</LastName><ForeName>M</ForeName></Author></AuthorList></Book>
<ArticleTitle>Apert Syndrome</ArticleTitle><AuthorList Type="authors"><Author><LastName>Wenger</LastName>
<ForeName>Tara</ForeName></Author></AuthorList><Abstract><AbstractText Label="CLINICAL">Heads.</AbstractText></Abstract>
</BookDocument></PubmedBookArticle>
<DeleteCitation><PMID>104</PMID></DeleteCitation>
</PubmedArticleSet>
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "given.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def papers(path: Path) -> list[Paper]:
    return [item for item in read(path) if isinstance(item, Paper)]


def problems(path: Path) -> list[Problem]:
    return [item for item in read(path) if isinstance(item, Problem)]


def only(path: Path) -> Paper:
    found = list(read(path))
    assert len(found) == 1, found
    assert isinstance(found[0], Paper), found
    return found[0]


# ---------------------------------------------------------------------------------------------------------- PubMed


def test_pubmed_fields(write: Write) -> None:
    path = write(PUBMED)
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


def test_old_medline_and_articles_sent_by_journals(write: Write) -> None:
    old = write("<MedlineCitationSet><MedlineCitation><PMID>5</PMID><Article><ArticleTitle>Old</ArticleTitle></Article>"
                "<MedlineJournalInfo><MedlineTA>J Old</MedlineTA></MedlineJournalInfo></MedlineCitation>"
                "</MedlineCitationSet>")  # fmt: skip
    assert (only(old).title, only(old).venue, only(old).pmid) == ("Old", "J Old", "5")
    sent = write("<ArticleSet><Article><Journal><JournalTitle>J New</JournalTitle><PubDate><Year>2020</Year></PubDate>"
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


def test_endnote_fields(write: Write) -> None:
    path = write("""<?xml version="1.0" encoding="UTF-8"?><xml><records><record><rec-number>7</rec-number>
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


def test_endnote_before_version_8(write: Write) -> None:
    path = write("<XML><RECORDS><RECORD><REFERENCE_TYPE>0</REFERENCE_TYPE><REFNUM>3</REFNUM><AUTHORS><AUTHOR>Low, A."
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

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">{}</feed>'


def test_atom_entry_and_error(write: Write) -> None:
    path = write(ATOM.format(
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


OAI = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request verb="ListRecords">x</request><ListRecords>{}'
    "</ListRecords></OAI-PMH>"
)


def test_oai_of_several_kinds(write: Write) -> None:
    path = write(OAI.format(
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


def test_oai_without_records_says_why(write: Write) -> None:
    path = write('<OAI-PMH><error code="noRecordsMatch">Nothing since then</error></OAI-PMH>')
    with pytest.raises(UnreadableFile, match="Nothing since then"):
        read(path)


def test_shared_oai() -> None:
    found = only(shared("imports", "oai_xml", "arxivraw_1810.09584.xml"))
    assert found.title == "Martingale theory for housekeeping heat"
    assert found.authors == ("Raphael Chetrite", "Shamik Gupta", "Izaak Neri", "Édgar Roldán")
    assert (found.year, found.doi, found.arxiv) == (2018, "10.1209/0295-5075/124/60006", "1810.09584")


# ------------------------------------------------------------------------------------------------------------ JATS


def test_jats_fields(write: Write) -> None:
    path = write("""<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS.dtd"><article><front><journal-meta>
<journal-title-group><journal-title>PLOS&nbsp;Tests</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmc">55</article-id><article-id pub-id-type="doi">10.1371/x</article-id><title-group>
<article-title>Main<xref ref-type="fn" rid="f">*</xref></article-title><subtitle>and more</subtitle></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Adam</surname><given-names>A.</given-names></name>
</contrib>
<contrib contrib-type="author"><collab>The Group</collab></contrib><contrib contrib-type="editor"><name>
<surname>Ed</surname></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2011</year></pub-date><pub-date pub-type="ppub"><year>2012</year></pub-date>
<abstract abstract-type="graphical"><p>Picture.</p></abstract>
<abstract><title>Abstract</title><sec><title>Aim:</title><p>Of <italic>E. coli</italic>.</p><p>Again.</p></sec>
<sec><title>Result</title><p>We find <inline-formula><alternatives><tex-math>\\documentclass{a}\\begin{document}$x$
\\end{document}</tex-math><mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></alternatives>
</inline-formula> at 10<sup>-3</sup> M.</p></sec></abstract><abstract abstract-type="summary"><p>Sum.</p></abstract>
<kwd-group><kwd>one</kwd><kwd>two</kwd></kwd-group></article-meta></front><body><p>Body &eacute;.</p></body>
<back><ref-list><ref><article-title>Cited</article-title><pub-id pub-id-type="doi">10.9/cited</pub-id></ref></ref-list>
</back></article>""")
    found = only(path)
    assert recognise(path) == "jats"
    assert (found.title, found.venue) == ("Main: and more", "PLOS Tests")
    assert found.abstract == "Aim: Of E. coli.\nAgain.\nResult: We find x² at 10⁻³ M."
    assert found.authors == ("Adam, A.", "The Group")
    assert (found.year, found.doi, found.pmcid, found.keywords) == (2012, "10.1371/x", "PMC55", ("one", "two"))


def test_jats_sets_and_second_best_abstract(write: Write) -> None:
    article = (
        "<article><front><article-meta><title-group><article-title>T</article-title></title-group><abstract "
        'abstract-type="graphical"><p>P.</p></abstract><abstract abstract-type="short"><p>S{}.</p></abstract>'
        "</article-meta></front></article>"
    )
    path = write(f"<pmc-articleset>{article.format(1)}{article.format(2)}</pmc-articleset>")
    assert [paper.abstract for paper in papers(path)] == ["S1.", "S2."]


def test_shared_jats() -> None:
    found = only(shared("imports", "jats", "pone.0046493.nxml"))
    assert found.title.startswith("MmPPOX Inhibits Mycobacterium tuberculosis Lipolytic Enzymes")
    assert (found.doi, found.pmid, found.pmcid) == ("10.1371/journal.pone.0046493", "23029536", "PMC3460867")
    assert (found.authors[1], found.year, found.venue) == ("Diomandé, Sadia V.", 2012, "PLoS ONE")
    found = only(shared("imports", "jats", "1472-6831-8-11.nxml"))
    assert [line.split(":")[0] for line in found.abstract.split("\n")] == [
        "Background",
        "Methods",
        "Results",
        "Conclusion",
    ]
    assert found.authors[0] == "van der Meulen, Marylee J"


# ----------------------------------------------------------------------------------------------------- ACL and MODS


def test_acl_volumes_old_and_new(write: Write) -> None:
    path = write(
        '<collection id="2020.x"><volume id="1"><meta><booktitle>One</booktitle><year>2020</year></meta><frontmatter>'
        '<url>2020.x-1.0</url></frontmatter><paper id="1"><title><fixed-case>A</fixed-case> title with <tex-math>x^2'
        "</tex-math></title><author><first>Eva</first><last>Berg</last></author><author><last>Madonna</last></author>"
        '<abstract>Said.</abstract><url>2020.x-1.1</url><doi>10.18653/v1/x</doi></paper></volume><volume id="2"><meta>'
        '<booktitle>Two</booktitle><year>2021</year></meta><paper id="1"><title>B</title></paper></volume></collection>'
    )
    first, second = papers(path)
    assert recognise(path) == "acl_xml"
    assert (first.title, first.authors) == ("A title with x^2", ("Berg, Eva", "Madonna"))
    assert (first.venue, first.year, first.doi, first.abstract) == ("One", 2020, "10.18653/v1/x", "Said.")
    assert (first.url, first.sources[0].key) == ("https://aclanthology.org/2020.x-1.1/", "2020.x-1.1")
    assert (second.venue, second.year, second.sources[0].record) == ("Two", 2021, 2)
    old = write('<volume id="P08"><paper id="1001"><title>C</title><author><first>X</first><last>Y</last></author>'
                "<booktitle>Proc</booktitle><year>2008</year><url>http://www.aclweb.org/anthology/P08-1001</url>"
                "</paper>"
                "</volume>")  # fmt: skip
    assert (only(old).venue, only(old).year, only(old).sources[0].key) == ("Proc", 2008, "P08-1001")


def test_shared_acl() -> None:
    found = papers(shared("imports", "acl_xml", "2020.nlpcovid19.xml"))
    assert (len(found), sum(bool(paper.abstract) for paper in found)) == (55, 54)
    assert found[0].title == "CORD-19: The COVID-19 Open Research Dataset"
    assert found[0].venue == "Proceedings of the 1st Workshop on NLP for COVID-19 at ACL 2020"
    assert found[-1].venue.startswith("Proceedings of the 1st Workshop on NLP for COVID-19 (Part 2)")


def test_mods_fields(write: Write) -> None:
    path = write("""<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="Low2001"><titleInfo>
<nonSort>The</nonSort>
<title>Way</title><subTitle>of tests</subTitle></titleInfo><titleInfo type="abbreviated"><title>Way</title></titleInfo>
<name type="personal"><namePart type="given">Ann</namePart><namePart type="family">Low</namePart><role><roleTerm
type="text">author</roleTerm></role></name><name type="corporate"><namePart>WHO</namePart><role><roleTerm>publisher
</roleTerm></role></name><abstract>Said.</abstract><relatedItem type="host"><titleInfo><title>Journal</title>
</titleInfo>
<part><date>2001</date></part><identifier type="doi">10.9/host</identifier></relatedItem>
<identifier type="doi">10.1/own</identifier><identifier type="citekey">low01</identifier>
<identifier type="doi">10.1234/own</identifier><location><url>http://x.org</url></location></mods>
<mods><titleInfo><title>Second</title></titleInfo></mods></modsCollection>""")
    first, second = papers(path)
    assert recognise(path) == "mods_xml"
    assert (first.title, first.authors, first.abstract) == ("The Way: of tests", ("Low, Ann",), "Said.")
    assert (first.venue, first.year, first.sources[0].key) == ("Journal", 2001, "low01")
    assert (first.url, second.title) == ("http://x.org", "Second")


def test_shared_mods() -> None:
    found = only(shared("imports", "mods_xml", "zotero_MODS_21.xml"))
    assert found.title.startswith("Unclassified Version of the Report of the Commission on the Intelligence")
    assert (found.year, found.url) == (2005, "https://www.govinfo.gov/app/details/GPO-WMD")
    assert found.abstract.endswith("related threats of the 21st Century.")


# ----------------------------------------------------------------------------------------------------- other formats

ZOTERO = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bib="b" xmlns:foaf="f">
<bib:Article rdf:about="http://x.org/1"><z:itemType>journalArticle</z:itemType>
<dcterms:isPartOf rdf:resource="urn:issn:1234-5678"/><bib:authors><rdf:Seq><rdf:li><foaf:Person>
<foaf:surname>Low</foaf:surname><foaf:givenName>Ann</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
<dc:subject>one</dc:subject><dc:subject><z:AutomaticTag><rdf:value>two</rdf:value></z:AutomaticTag></dc:subject>
<dc:title>An article</dc:title><dcterms:abstract>Said.</dcterms:abstract><dc:date>2009-03</dc:date></bib:Article>
<bib:Journal rdf:about="urn:issn:1234-5678"><dc:title>The Journal</dc:title><dc:identifier>DOI 10.1038/x</dc:identifier>
<dc:identifier>ISSN 1234-5678</dc:identifier></bib:Journal>
<z:Attachment rdf:about="#item_9"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
<rdf:Description rdf:about="#item_2"><z:itemType>conferencePaper</z:itemType><dc:title>A talk</dc:title>
<dcterms:isPartOf><rdf:Description><dc:title>Proceedings</dc:title></rdf:Description></dcterms:isPartOf>
<dc:identifier><dcterms:URI><rdf:value>http://x.org/2</rdf:value></dcterms:URI></dc:identifier></rdf:Description>
<bib:Memo rdf:about="#n"><rdf:value>A note</rdf:value></bib:Memo>
<z:Collection rdf:about="#c1"><dc:title>Thesis</dc:title><dcterms:hasPart rdf:resource="#c2"/></z:Collection>
<z:Collection rdf:about="#c2"><dc:title>Chapter 2</dc:title><dcterms:hasPart rdf:resource="#item_2"/></z:Collection>
</rdf:RDF>"""


def test_zotero_rdf(write: Write) -> None:
    path = write(ZOTERO, "export.rdf")
    first, second = papers(path)
    assert problems(path) == []
    assert (first.title, first.authors, first.abstract) == ("An article", ("Low, Ann",), "Said.")
    assert (first.venue, first.doi, first.year) == ("The Journal", "10.1038/x", 2009)
    assert (first.keywords, first.url) == (("one", "two"), "http://x.org/1")
    assert (second.title, second.venue, second.url) == ("A talk", "Proceedings", "http://x.org/2")
    assert (first.collections, second.collections) == ((), ("Thesis/Chapter 2",))


def test_shared_jalc_rdf() -> None:
    found = papers(shared("imports", "xml_other", "jalc_rdf_sample_100.xml"))
    assert len(found) == 93
    assert found[0].title.startswith("A study for Nobel non-contact sleep respiration disorder measuring system")
    assert found[0].authors[:2] == ("Gotoh, Shinji", "Matsui, Takemi")
    assert (found[0].doi, found[0].year, found[0].venue) == ("10.4286/jjmi.84.317", 2014, "医療機器学")


def test_crossref_unixref(write: Write) -> None:
    path = write("""<doi_records><doi_record><crossref><journal><journal_metadata><full_title>J of X</full_title>
</journal_metadata><journal_issue><publication_date><year>2001</year></publication_date></journal_issue>
<journal_article><titles><title>An <i>A</i></title><subtitle>sub</subtitle></titles><contributors>
<person_name contributor_role="author"><given_name>Ann</given_name><surname>Low</surname></person_name>
<organization contributor_role="author">WHO</organization>
<person_name contributor_role="editor"><given_name>E</given_name>
<surname>D</surname></person_name></contributors><jats:abstract xmlns:jats="j"><jats:title>Abstract</jats:title>
<jats:p>Said.</jats:p></jats:abstract><publication_date media_type="online"><year>2000</year></publication_date>
<publication_date media_type="print"><year>2001</year></publication_date><doi_data><doi>10.1234/A</doi>
<resource>http://x.org/a</resource></doi_data><citation_list><citation><doi>10.9/c</doi></citation></citation_list>
</journal_article></journal></crossref></doi_record>
<doi_record><crossref><book><book_metadata><contributors><person_name><given_name>B</given_name><surname>Ook</surname>
</person_name></contributors><titles><title>The Book</title></titles><publication_date><year>1999</year>
</publication_date></book_metadata><content_item><titles><title>Chapter</title></titles><doi_data><doi>10.1234/B</doi>
</doi_data></content_item></book></crossref></doi_record>
<doi_record><crossref><posted_content><titles><title>Preprint</title></titles><posted_date><year>2021</year>
</posted_date>
<doi_data><doi>10.1101/1</doi></doi_data></posted_content></crossref></doi_record>
<doi_record><crossref><error>doi:10.1/none</error></crossref></doi_record></doi_records>""")
    article, chapter, preprint = papers(path)
    assert (article.title, article.authors, article.abstract) == ("An A: sub", ("Low, Ann", "WHO"), "Said.")
    assert (article.venue, article.year, article.doi) == ("J of X", 2001, "10.1234/a")
    assert (chapter.title, chapter.venue, chapter.year, chapter.authors) == ("Chapter", "The Book", 1999, ("Ook, B",))
    assert (preprint.title, preprint.year) == ("Preprint", 2021)
    assert [(problem.record, "10.1/none" in problem.reason) for problem in problems(path)] == [(4, True)]


def test_datacite(write: Write) -> None:
    path = write('<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">10.5281/Z'
                 '</identifier><creators><creator><creatorName nameType="Personal">Low, Ann</creatorName><givenName>Ann'
                 "</givenName><familyName>Low</familyName></creator><creator><creatorName>CERN</creatorName></creator>"
                 '</creators><titles><title titleType="AlternativeTitle">Alt</title><title>Main</title></titles>'
                 "<publisher>Zenodo</publisher><publicationYear>2015</publicationYear><descriptions><description "
                 'descriptionType="TechnicalInfo">T</description><description descriptionType="Abstract">Said.'
                 "</description></descriptions></resource>")  # fmt: skip
    found = only(path)
    assert (found.title, found.authors, found.abstract) == ("Main", ("Low, Ann", "CERN"), "Said.")
    assert (found.doi, found.year, found.venue) == ("10.5281/z", 2015, "Zenodo")


def test_marc(write: Write) -> None:
    def field(tag: str, *parts: str) -> str:
        inner = "".join(f'<subfield code="{part[0]}">{part[1:]}</subfield>' for part in parts)
        return f'<datafield tag="{tag}" ind1=" " ind2=" ">{inner}</datafield>'

    latin = (
        f"<record><controlfield tag='001'>k1</controlfield>{field('100', 'aLow, Ann,', 'eauthor.')}"
        f"{field('245', 'aMain title :', 'bthe rest /', 'cby A. Low')}{field('260', 'c[2003]')}{field('520', 'aSaid.')}"
        f"{field('700', 'aEd, B.', 'eeditor')}{field('773', 'tJournal')}{field('024', 'a10.1234/m', '2doi')}</record>"
    )
    french = (
        f"<record>{field('200', 'aTitre', 'esuite')}{field('700', 'aDupont', 'bJean', '4070')}{field('210', 'd2004')}"
        f"{field('330', 'aDit.')}</record>"
    )
    first, second = papers(write(f'<collection xmlns="http://www.loc.gov/MARC21/slim">{latin}{french}</collection>'))
    assert (first.title, first.authors, first.abstract) == ("Main title: the rest", ("Low, Ann",), "Said.")
    assert (first.year, first.venue, first.doi, first.sources[0].key) == (2003, "Journal", "10.1234/m", "k1")
    assert (second.title, second.authors, second.year) == ("Titre: suite", ("Dupont, Jean",), 2004)
    assert second.abstract == "Dit."
    wrapped = write(f"<zs:searchRetrieveResponse><zs:records><zs:record><zs:recordData>{latin}</zs:recordData>"
                    f"</zs:record>"
                    "</zs:records></zs:searchRetrieveResponse>")  # fmt: skip
    assert only(wrapped).title == "Main title: the rest"


STRUCT = (
    '<biblStruct xml:id="b1"><analytic><title level="a" type="main">Cited or own</title><author><persName><forename>Ann'
    '</forename><surname>Low</surname></persName></author></analytic><monogr><title level="j">J of X</title><imprint>'
    '<date type="published" when="2010-04">2010</date></imprint></monogr><idno type="DOI">10.1234/T</idno></biblStruct>'
)


def test_tei_of_grobid_zotero_and_hal(write: Write) -> None:
    grobid = write(f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Own</title>'
                   f"</titleStmt><sourceDesc>{STRUCT}</sourceDesc></fileDesc><profileDesc><abstract><div><p>Said."
                   f"</p></div></abstract></profileDesc></teiHeader><text><body/><back><listBibl>"
                   f"{STRUCT.replace('Cited or own', 'Cited')}</listBibl></back></text></TEI>")  # fmt: skip
    found = only(grobid)
    assert (found.title, found.authors, found.abstract) == ("Cited or own", ("Low, Ann",), "Said.")
    assert (found.venue, found.year, found.doi) == ("J of X", 2010, "10.1234/t")
    zotero = write(f'<listBibl xmlns="http://www.tei-c.org/ns/1.0">{STRUCT}{STRUCT}</listBibl>')
    assert [paper.title for paper in papers(zotero)] == ["Cited or own"] * 2
    hal = write('<TEI><text><body><listBibl><biblFull><titleStmt><title xml:lang="en">Of HAL</title><author role="aut">'
                "<persName><forename>Jean</forename><surname>Dupont</surname></persName></author></titleStmt>"
                '<profileDesc><abstract xml:lang="en">Dit.</abstract></profileDesc></biblFull></listBibl></body></text>'
                "</TEI>")  # fmt: skip
    assert (only(hal).title, only(hal).authors, only(hal).abstract) == ("Of HAL", ("Dupont, Jean",), "Dit.")


def test_citavi(write: Write) -> None:
    path = write("""<?xml version="1.0" encoding="utf-8"?><CitaviExchangeData><Persons><Person id="p1"><FirstName>Ann
</FirstName><LastName>Low</LastName></Person></Persons><Periodicals><Periodical id="j1"><Name>J of X</Name></Periodical>
</Periodicals><Categories><Category id="c1"><Name>Thesis</Name></Category></Categories><References><Reference id="r1">
<ReferenceType>JournalArticle</ReferenceType><Abstract>Said.</Abstract><DOI>10.1234/C</DOI>
<PeriodicalID>j1</PeriodicalID>
<Title>Main</Title><Subtitle>sub</Subtitle><Year>2013</Year></Reference></References><ReferenceAuthors><OnetoN>r1;p1
</OnetoN></ReferenceAuthors><ReferenceCategories><OnetoN>r1;c1</OnetoN></ReferenceCategories></CitaviExchangeData>""")
    found = only(path)
    assert (found.title, found.authors, found.abstract) == ("Main: sub", ("Low, Ann",), "Said.")
    assert (found.venue, found.year, found.doi, found.collections) == ("J of X", 2013, "10.1234/c", ("Thesis",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '<bibtex:file xmlns:bibtex="http://bibtexml.sf.net/"><bibtex:entry id="k"><bibtex:article>'
            "<bibtex:author>Low, "
            "Ann and High, Bob</bibtex:author><bibtex:title>T</bibtex:title><bibtex:year>2001</bibtex:year>"
            "<bibtex:journal>J</bibtex:journal></bibtex:article></bibtex:entry></bibtex:file>",
            ("T", ("Low, Ann", "High, Bob"), 2001, "J", ""),
        ),
        (
            '<!DOCTYPE dblp SYSTEM "dblp.dtd"><dblp><article key="journals/x/1"><author>J&uuml;rgen Low 0001</author>'
            "<title>T.</title><journal>J</journal><year>2001</year><ee>https://doi.org/10.1234/d</ee></article></dblp>",
            ("T.", ("Jürgen Low",), 2001, "J", ""),
        ),
        (
            '<b:Sources xmlns:b="http://schemas.openxmlformats.org/officeDocument/2006/bibliography"><b:Source><b:Tag>k'
            "</b:Tag><b:SourceType>JournalArticle</b:SourceType><b:Author><b:Author><b:NameList><b:Person><b:Last>Low"
            "</b:Last><b:First>Ann</b:First></b:Person></b:NameList></b:Author></b:Author><b:Title>T</b:Title>"
            "<b:Year>2001"
            "</b:Year><b:JournalName>J</b:JournalName></b:Source></b:Sources>",
            ("T", ("Low, Ann",), 2001, "J", ""),
        ),
        (
            "<responseWrapper><resultList><result><id>1</id><pmid>1</pmid><title>T.</title><authorList><author>"
            "<fullName>"
            "Low A</fullName><firstName>Ann</firstName><lastName>Low</lastName></author></authorList><journalInfo>"
            "<journal>"
            "<title>J</title></journal></journalInfo><pubYear>2001</pubYear><abstractText>&lt;h4&gt;Aim&lt;/h4&gt;Said."
            "</abstractText></result></resultList></responseWrapper>",
            ("T.", ("Low, Ann",), 2001, "J", "Aim: Said."),
        ),
        (
            '<rss version="2.0"><channel><title>cs</title><item><title>T</title><link>https://arxiv.org/abs/2301.00001'
            "</link><description>arXiv:2301.00001v1 Announce Type: new&#10;Abstract: Said.</description>"
            "<dc:creator>Ann Low"
            "</dc:creator><pubDate>Mon, 02 Jan 2001 00:00:00</pubDate></item></channel></rss>",
            ("T", ("Ann Low",), 2001, "", "Said."),
        ),
        (
            '<ctx:context-objects xmlns:ctx="c"><ctx:context-object><ctx:referent><ctx:metadata><rft:journal>'
            "<rft:authors>"
            "<rft:author><rft:aulast>Low</rft:aulast><rft:aufirst>Ann</rft:aufirst></rft:author></rft:authors>"
            "<rft:atitle>T"
            "</rft:atitle><rft:title>J</rft:title><rft:date>2001</rft:date></rft:journal></ctx:metadata></ctx:referent>"
            "</ctx:context-object></ctx:context-objects>",
            ("T", ("Low, Ann",), 2001, "J", ""),
        ),
        (
            '<dublin_core><dcvalue element="title" qualifier="none">T</dcvalue><dcvalue element="contributor" '
            'qualifier="author">Low, Ann</dcvalue><dcvalue element="date" qualifier="issued">2001</dcvalue><dcvalue '
            'element="description" qualifier="abstract">Said.</dcvalue></dublin_core>',
            ("T", ("Low, Ann",), 2001, "", "Said."),
        ),
        (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/'
            '1.1/"><dc:title>T</dc:title><dc:creator>Low, Ann</dc:creator><dc:date>2001</dc:date><dc:source>J'
            "</dc:source>"
            "<dc:description>Said.</dc:description></oai_dc:dc>",
            ("T", ("Low, Ann",), 2001, "J", "Said."),
        ),
    ],
    ids=["BibTeXML", "dblp", "Word", "Europe PMC", "RSS", "OpenURL", "DSpace", "Dublin Core"],
)
def test_smaller_formats(write: Write, text: str, expected: tuple[object, ...]) -> None:
    found = only(write(text))
    assert (found.title, found.authors, found.year, found.venue, found.abstract) == expected


def test_xml_of_no_known_format(write: Write) -> None:
    path = write(
        "<eprints><info><title>List</title></info><eprint id='e1'><creators><item><name><family>Low</family><given>Ann"
        "</given></name></item><item><name><family>High</family><given>Bob</given></name></item></creators><title>T"
        "</title><abstract>Said.</abstract><date>2001-02</date><publication>J</publication></eprint><eprint><title>U"
        "</title><creators>A. Low; B. High</creators></eprint><eprint/></eprints>"
    )
    first, second, problem, note = read(path)
    assert isinstance(first, Paper) and isinstance(second, Paper)
    assert (first.title, first.authors, first.abstract) == ("T", ("Low, Ann", "High, Bob"), "Said.")
    assert (first.year, first.venue, first.sources[0].key) == (2001, "J", "e1")
    assert (second.title, second.authors) == ("U", ("A. Low", "B. High"))
    assert isinstance(problem, Problem) and problem.record == 3
    assert isinstance(note, Problem) and "each <eprint> was taken for a paper" in note.reason


def test_unknown_xml_is_named(write: Write) -> None:
    with pytest.raises(UnreadableFile, match=r"<svg:svg>.*Readable are .*PubMed"):
        read(write('<?xml version="1.0"?><!-- a --><svg:svg xmlns:svg="s"><g/></svg:svg>'))
    with pytest.raises(UnreadableFile, match="web page"):
        read(write('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML" "x">\n<html><body/></html>'))


# ----------------------------------------------------------------------------------------------------- broken files


def articles(*bodies: str) -> str:
    return "<PubmedArticleSet>\n" + "".join(f"{body}\n" for body in bodies) + "</PubmedArticleSet>\n"


def article(number: int, title: str = "", rest: str = "</Article></MedlineCitation></PubmedArticle>") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID><Article><ArticleTitle>{title or f'Title {number}'}"
        f"</ArticleTitle>{rest}"
    )


def counted(path: Path) -> list[tuple[int, int, str]]:
    """Record, line, and title or reason of everything in a file that belongs to a record."""
    return [
        (item.sources[0].record, item.sources[0].line, item.title)
        if isinstance(item, Paper)
        else (item.record, item.line, item.reason)
        for item in read(path)
        if isinstance(item, Paper) or item.record
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (article(2, rest="</Article></MedlineCitation>"), "</PubmedArticle> is missing: another begins on line 4"),
        ("<PubmedArticle><MedlineCitation>", "</PubmedArticle> is missing: another begins on line 4"),
        (article(2, "<i>lost</b>"), "broken XML on line 3: mismatched tag"),
        (article(2, '<i class="a>lost</i>'), "broken XML on line 3: not well-formed"),
        ("<PubmedArticle><MedlineCitation/></PubmedArticle>", "no title and no abstract"),
        ("<PubmedArticle/>", "without its <MedlineCitation>"),
    ],
)
def test_a_broken_record_costs_only_itself(write: Write, broken: str, reason: str) -> None:
    found = counted(write(articles(article(1), broken, article(3))))
    assert [line for _, line, _ in found] == [2, 3, 4]
    assert (found[0][2], found[2][2]) == ("Title 1", "Title 3")
    assert reason in found[1][2]


def test_a_file_cut_short(write: Write) -> None:
    text = articles(article(1), article(2))
    path = write(text[: text.index("Title 2")])
    [first, second] = counted(path)
    assert first == (1, 2, "Title 1")
    assert second[:2] == (2, 3) and "ends within this record" in second[2]
    between = write(text[: text.index("<PubmedArticle><MedlineCitation><PMID>2")])
    [_, note] = read(between)
    assert isinstance(note, Problem) and note.record == 0 and "without </PubmedArticleSet>" in note.reason


def test_joined_files_and_tags_in_comments(write: Write) -> None:
    one = '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "x">\n' + articles(article(1))
    assert [paper.pmid for paper in papers(write(one + one.replace("Title 1", "Title 1b")))] == ["1", "1"]
    hidden = articles(
        f"<!-- {article(8)} -->", article(1, "A <![CDATA[</PubmedArticle> & <b]]> b"), "<?x <PubmedArticle?>"
    )
    assert [paper.title for paper in papers(write(hidden))] == ["A </PubmedArticle> & <b b"]


def test_forbidden_characters_are_mended_and_told(write: Write) -> None:
    path = write(articles(article(1, "AT&T p < 0.05, caf&eacute;\x0b &#x2; &bogus; x=1&copy=2 &lt;ok&gt;")))
    [paper, note] = read(path)
    assert isinstance(paper, Paper)
    assert paper.title == "AT&T p < 0.05, café &bogus; x=1&copy=2 <ok>"
    assert isinstance(note, Problem) and note.record == 0 and "XML forbids" in note.reason


def test_a_comment_that_never_ends_is_told(write: Write) -> None:
    found = counted(write(articles(article(1), "<!-- lost", article(2))))
    assert found[0] == (1, 2, "Title 1")
    assert found[1][:2] == (2, 3) and "-->" in found[1][2]


def test_too_long_a_record(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "10_000")
    found = counted(write(articles(article(1), article(2, "x" * 20_000), article(3))))
    assert [line for _, line, _ in found] == [2, 3, 4]
    assert "longer than" in found[1][2]


# -------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8-sig", "utf-16-le", "cp850"])
def test_declared_encodings(write: Write, encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?>' + articles(article(1, "Über Käfer"))
    assert only(write(text.encode(encoding))).title == "Über Käfer"


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "euc-jp", "big5"])
def test_declared_encodings_of_two_bytes(write: Write, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + articles(article(1, "日本 </i>".replace("</i>", "")))
    assert only(write(text.encode(encoding))).title == "日本"


def test_wrongly_declared_encodings(write: Write) -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + articles(article(1, "Über Käfer"))
    assert only(write(text.format("utf-16").encode())).title == "Über Käfer"  # .NET writes this
    assert only(write(text.format("iso-8859-1").encode())).title == "Über Käfer"
    assert only(write(text.format("unicode_escape").encode())).title == "Über Käfer"
    [paper, note] = read(write(text.format("utf-8").encode("cp1252")))
    assert isinstance(paper, Paper) and paper.title == "Über Käfer"
    assert isinstance(note, Problem) and "not UTF-8" in note.reason
    carriage = articles(article(1), article(2)).replace("\n", "\r")
    assert [line for _, line, _ in counted(write(carriage))] == [2, 3]


# ------------------------------------------------------------------------------------------------------------ hostile

BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">\n' for n in range(10))


@pytest.mark.parametrize(
    "declarations",
    [BOMB, f'<!ENTITY a "{"x" * 60_000}">', "<!ENTITY a '&b;'><!ENTITY b '&a;'>", f'<!ENTITY a "{"x" * 2_000_000}'],
    ids=["billion laughs", "quadratic", "loop", "endless"],
)
@pytest.mark.parametrize("root", ["PubmedArticleSet", "feed", "xml", "rdf:RDF", "article", "modsCollection", "OAI-PMH"])
def test_bombs_are_refused(write: Write, declarations: str, root: str) -> None:
    inner = "<record><ref-type/><PubmedArticle/><entry><title>&l9;&a;</title></entry><front/></record>"
    path = write(f'<?xml version="1.0"?><!DOCTYPE {root} [{declarations}]><{root}>{inner}</{root}>')
    start = time.perf_counter()
    with pytest.raises(UnreadableFile, match=r"entity bomb|DOCTYPE|XML of another kind"):
        list(read(path))
    assert time.perf_counter() - start < 2


def test_shared_bombs_are_refused_in_time_and_memory() -> None:
    code = (
        "import resource, sys, time; from explorer.readers import read, UnreadableFile\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; start = time.perf_counter()\n"
        "for path in sys.argv[1:]:\n"
        "    try: list(read(path)); sys.exit('read')\n"
        "    except UnreadableFile as error: assert 'bomb' in str(error), error\n"
        "print(time.perf_counter() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    names = ("billion_laughs_endnote.xml", "billion_laughs_pubmed.xml", "quadratic_blowup.xml")
    paths = [str(shared("imports", "hostile", name)) for name in names]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, cwd=ROOT, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 2
    assert megabytes < 200


def test_nothing_outside_is_read(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    path = write(
        f'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "http://127.0.0.1:9/">'
        '%p;<!ENTITY uni "University of X"><!ENTITY lt "&#38;#60;">]>'
        + articles(article(1, "From &uni;&x; &lt; &amp;"))
    )
    assert only(path).title == "From University of X < &"


def test_deep_nesting_and_many_tags(write: Write) -> None:
    deep = "<i>" * 100_000 + "deep" + "</i>" * 100_000
    nested = "<sec><title>" * 20_000 + "x" + "</title></sec>" * 20_000
    abstract = f"<Abstract><AbstractText>{nested}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
    path = write(articles(article(1, deep), article(2, rest=abstract), article(3, "<b/>" * 1_000_001), article(4)))
    start = time.perf_counter()
    found = counted(path)
    assert time.perf_counter() - start < 20
    assert [found[0][2], found[1][2], found[3][2]] == ["deep", "Title 2", "Title 4"]
    assert "1,000,000 tags" in found[2][2]


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 500_000,
        "<![CDATA[" * 300_000,
        "<PubmedArticle>" * 150_000,
        "<PubmedArticle a=\"" * 100_000,
        "<PubmedArticle><i>" + "<![CDATA[" * 300_000,
        "<PubmedArticle>" + "&" * 2_000_000 + "</PubmedArticle>",
        "<PubmedArticle>" + "\n" * 2_000_000 + "</PubmedArticle>",
        "x" * 3_000_000,
    ],
)  # fmt: skip
def test_hostile_text_takes_linear_time(write: Write, text: str) -> None:
    path = write(f"<PubmedArticleSet>{text}</PubmedArticleSet>")
    start = time.perf_counter()
    try:
        count = len(list(read(path)))
    except UnreadableFile:
        count = 0
    assert time.perf_counter() - start < 20
    assert count <= 2 * 150_000


def test_text_without_tags_is_linear() -> None:
    for text in ("<" * 300_000, "<i " * 200_000, "&" * 500_000, " \n" * 500_000, "<p>" * 200_000, "<a b=" * 100_000):
        start = time.perf_counter()
        markup.string(text)
        assert time.perf_counter() - start < 5


# ------------------------------------------------------------------------------------------------- arbitrary changes

SAMPLES = {
    "PubMed": PUBMED,
    "RDF": ZOTERO,
    "Atom": ATOM.format("<entry><id>a</id><title>T</title></entry>" * 3),
    "OAI": OAI.format("<record><header/><metadata><dc><title>T</title></dc></metadata></record>" * 3),
    "TEI": f"<listBibl>{STRUCT * 3}</listBibl>",
    "EndNote": "<xml><records>" + "<record><titles><title>T</title></titles></record>" * 3 + "</records></xml>",
}


_PIECES = ("", "<", ">", "&", "</", "<!--", "<![CDATA[", '"', "\x00", "é", "<record>", "]]>")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_changed_files_never_raise(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    text = SAMPLES[name]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        piece = data.draw(
            st.sampled_from(["", "<", ">", "&", "</", "<!--", "<![CDATA[", '"', "\x00", "é", "<record>", "]]>"])
        )
        text = text[:at] + piece + text[at + data.draw(st.integers(0, 12)) :]
    path = tmp_path_factory.mktemp("changed") / "a.xml"
    path.write_bytes(text.encode())
    reader = next((reader for reader in READERS if reader.recognises("a.xml", Stream(path).head())), None)
    if reader is None:
        return
    try:
        records = [
            item.sources[0].record if isinstance(item, Paper) else item.record for item in reader.read(Stream(path))
        ]
    except UnreadableFile:
        return
    assert records == list(range(1, len(records) + 1))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>/!-[]CDAT r=\"'&;xé\n", max_size=400), st.integers(1, 7))
def test_cutting_does_not_depend_on_the_pieces(text: str, size: int) -> None:
    def cuts(pieces: list[str]) -> list[xml_cut.Cut]:
        cutter = xml_cut.Cutter(("r",), nests=False)
        found = [cut for piece in pieces for cut in cutter.feed(piece)]
        return [*found, *cutter.end()]

    assert cuts([text]) == cuts([text[at : at + size] for at in range(0, len(text), size)])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_spelled(text: str) -> None:
    assert "\x01" not in markup.string(text)
    assert xml.root_of(text) is None or xml.root_of(text).name


def test_doaj_by_oai(write: Write) -> None:
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
    path = write(text)
    assert recognise(path) == "oai_xml"
    (paper,) = papers(path)
    assert (paper.title, paper.authors, paper.year) == ("Rivers", ("Jo Low", "Ada Berg"), 1998)
    assert (paper.venue, paper.doi, paper.abstract) == ("Slow Water", "10.1000/8", "Rivers keep their beds.")
    assert (paper.url, paper.keywords) == ("http://example.org/8.pdf", ("water",))


def test_ids_of_jstor_mods_and_bookends(write: Write) -> None:
    jstor = """<article><front><article-meta><article-id pub-id-type="jstor">111</article-id><title-group>
    <article-title>Rivers</article-title></title-group><self-uri xlink:href="x.pdf" xmlns:xlink="http://www.w3.org/1999/xlink"/>
    </article-meta></front></article>"""
    (paper,) = papers(write(jstor))
    assert (paper.sources[0].key, paper.url) == ("111", "")
    mods = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Lakes</title></titleInfo><identifier>Low2000a</identifier></mods>'
    assert papers(write(mods))[0].sources[0].key == "Low2000a"
    bookends = """<xml><records><record><source-app name="Bookends">Bookends</source-app>
    <titles><title>Dams</title></titles>
    <urls><related-urls><url>
      http://www.ncbi.nlm.nih.gov/pubmed/25647015
    </url></related-urls></urls><user16>PMC6011367</user16></record></records></xml>"""
    (paper,) = papers(write(bookends))
    assert (paper.pmid, paper.pmcid) == ("25647015", "PMC6011367")
