"""Samples of formats in XML that several tests read. No test stands here."""

from __future__ import annotations

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
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">{}</feed>'
OAI = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request verb="ListRecords">x</request><ListRecords>{}'
    "</ListRecords></OAI-PMH>"
)
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
STRUCT = (
    '<biblStruct xml:id="b1"><analytic><title level="a" type="main">Cited or own</title><author><persName><forename>Ann'
    '</forename><surname>Low</surname></persName></author></analytic><monogr><title level="j">J of X</title><imprint>'
    '<date type="published" when="2010-04">2010</date></imprint></monogr><idno type="DOI">10.1234/T</idno></biblStruct>'
)
