"""Formats in XML of publishers, libraries and reference managers."""

from __future__ import annotations

import pytest

from conftest import shared
from explorer.errors import UnreadableFile
from explorer.paper import Paper, Problem
from explorer.readers import read, recognise
from support.files import Write, only, papers, problems
from support.xml_samples import STRUCT, ZOTERO

# ------------------------------------------------------------------------------------------------------------ JATS


def test_jats_fields(write_xml: Write) -> None:
    path = write_xml("""<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS.dtd"><article><front><journal-meta>
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


def test_jats_sets_and_second_best_abstract(write_xml: Write) -> None:
    article = (
        "<article><front><article-meta><title-group><article-title>T</article-title></title-group><abstract "
        'abstract-type="graphical"><p>P.</p></abstract><abstract abstract-type="short"><p>S{}.</p></abstract>'
        "</article-meta></front></article>"
    )
    path = write_xml(f"<pmc-articleset>{article.format(1)}{article.format(2)}</pmc-articleset>")
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


def test_acl_volumes_old_and_new(write_xml: Write) -> None:
    path = write_xml(
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
    old = write_xml('<volume id="P08"><paper id="1001"><title>C</title><author><first>X</first><last>Y</last></author>'
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


def test_mods_fields(write_xml: Write) -> None:
    path = write_xml("""<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods ID="Low2001"><titleInfo>
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


def test_zotero_rdf(write_xml: Write) -> None:
    path = write_xml(ZOTERO, "export.rdf")
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


def test_crossref_unixref(write_xml: Write) -> None:
    path = write_xml("""<doi_records><doi_record><crossref><journal><journal_metadata><full_title>J of X</full_title>
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


def test_datacite(write_xml: Write) -> None:
    path = write_xml('<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">10.5281/Z'
                 '</identifier><creators><creator><creatorName nameType="Personal">Low, Ann</creatorName><givenName>Ann'
                 "</givenName><familyName>Low</familyName></creator><creator><creatorName>CERN</creatorName></creator>"
                 '</creators><titles><title titleType="AlternativeTitle">Alt</title><title>Main</title></titles>'
                 "<publisher>Zenodo</publisher><publicationYear>2015</publicationYear><descriptions><description "
                 'descriptionType="TechnicalInfo">T</description><description descriptionType="Abstract">Said.'
                 "</description></descriptions></resource>")  # fmt: skip
    found = only(path)
    assert (found.title, found.authors, found.abstract) == ("Main", ("Low, Ann", "CERN"), "Said.")
    assert (found.doi, found.year, found.venue) == ("10.5281/z", 2015, "Zenodo")


def test_marc(write_xml: Write) -> None:
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
    first, second = papers(
        write_xml(f'<collection xmlns="http://www.loc.gov/MARC21/slim">{latin}{french}</collection>')
    )
    assert (first.title, first.authors, first.abstract) == ("Main title: the rest", ("Low, Ann",), "Said.")
    assert (first.year, first.venue, first.doi, first.sources[0].key) == (2003, "Journal", "10.1234/m", "k1")
    assert (second.title, second.authors, second.year) == ("Titre: suite", ("Dupont, Jean",), 2004)
    assert second.abstract == "Dit."
    wrapped = write_xml(f"<zs:searchRetrieveResponse><zs:records><zs:record><zs:recordData>{latin}</zs:recordData>"
                    f"</zs:record>"
                    "</zs:records></zs:searchRetrieveResponse>")  # fmt: skip
    assert only(wrapped).title == "Main title: the rest"


def test_tei_of_grobid_zotero_and_hal(write_xml: Write) -> None:
    grobid = write_xml(f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Own</title>'
                   f"</titleStmt><sourceDesc>{STRUCT}</sourceDesc></fileDesc><profileDesc><abstract><div><p>Said."
                   f"</p></div></abstract></profileDesc></teiHeader><text><body/><back><listBibl>"
                   f"{STRUCT.replace('Cited or own', 'Cited')}</listBibl></back></text></TEI>")  # fmt: skip
    found = only(grobid)
    assert (found.title, found.authors, found.abstract) == ("Cited or own", ("Low, Ann",), "Said.")
    assert (found.venue, found.year, found.doi) == ("J of X", 2010, "10.1234/t")
    zotero = write_xml(f'<listBibl xmlns="http://www.tei-c.org/ns/1.0">{STRUCT}{STRUCT}</listBibl>')
    assert [paper.title for paper in papers(zotero)] == ["Cited or own"] * 2
    hal = write_xml(
        '<TEI><text><body><listBibl><biblFull><titleStmt><title xml:lang="en">Of HAL</title><author role="aut">'
        "<persName><forename>Jean</forename><surname>Dupont</surname></persName></author></titleStmt>"
        '<profileDesc><abstract xml:lang="en">Dit.</abstract></profileDesc></biblFull></listBibl></body></text>'
        "</TEI>")  # fmt: skip
    assert (only(hal).title, only(hal).authors, only(hal).abstract) == ("Of HAL", ("Dupont, Jean",), "Dit.")


def test_citavi(write_xml: Write) -> None:
    path = write_xml(
        """<?xml version="1.0" encoding="utf-8"?><CitaviExchangeData><Persons><Person id="p1"><FirstName>Ann
</FirstName><LastName>Low</LastName></Person></Persons><Periodicals><Periodical id="j1"><Name>J of X</Name></Periodical>
</Periodicals><Categories><Category id="c1"><Name>Thesis</Name></Category></Categories><References><Reference id="r1">
<ReferenceType>JournalArticle</ReferenceType><Abstract>Said.</Abstract><DOI>10.1234/C</DOI>
<PeriodicalID>j1</PeriodicalID>
<Title>Main</Title><Subtitle>sub</Subtitle><Year>2013</Year></Reference></References><ReferenceAuthors><OnetoN>r1;p1
</OnetoN></ReferenceAuthors><ReferenceCategories><OnetoN>r1;c1</OnetoN></ReferenceCategories></CitaviExchangeData>"""
    )
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
def test_smaller_formats(write_xml: Write, text: str, expected: tuple[object, ...]) -> None:
    found = only(write_xml(text))
    assert (found.title, found.authors, found.year, found.venue, found.abstract) == expected


def test_xml_of_no_known_format(write_xml: Write) -> None:
    path = write_xml(
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


def test_unknown_xml_is_named(write_xml: Write) -> None:
    with pytest.raises(UnreadableFile, match=r"<svg:svg>.*Readable are .*PubMed"):
        read(write_xml('<?xml version="1.0"?><!-- a --><svg:svg xmlns:svg="s"><g/></svg:svg>'))
    with pytest.raises(UnreadableFile, match="web page"):
        read(write_xml('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML" "x">\n<html><body/></html>'))


# ----------------------------------------------------------------------------------------------------- broken files


# ------------------------------------------------------------------------------------------------- arbitrary changes


def test_ids_of_jstor_mods_and_bookends(write_xml: Write) -> None:
    jstor = """<article><front><article-meta><article-id pub-id-type="jstor">111</article-id><title-group>
    <article-title>Rivers</article-title></title-group><self-uri xlink:href="x.pdf" xmlns:xlink="http://www.w3.org/1999/xlink"/>
    </article-meta></front></article>"""
    (paper,) = papers(write_xml(jstor))
    assert (paper.sources[0].key, paper.url) == ("111", "")
    mods = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Lakes</title></titleInfo><identifier>Low2000a</identifier></mods>'
    assert papers(write_xml(mods))[0].sources[0].key == "Low2000a"
    bookends = """<xml><records><record><source-app name="Bookends">Bookends</source-app>
    <titles><title>Dams</title></titles>
    <urls><related-urls><url>
      http://www.ncbi.nlm.nih.gov/pubmed/25647015
    </url></related-urls></urls><user16>PMC6011367</user16></record></records></xml>"""
    (paper,) = papers(write_xml(bookends))
    assert (paper.pmid, paper.pmcid) == ("25647015", "PMC6011367")
