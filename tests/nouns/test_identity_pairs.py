"""Pairs of records as databases write them: which are one work, and which are two, from either side."""

from __future__ import annotations

import pytest

from explorer.identity import identities, match
from explorer.paper import Paper, Source, make_paper

A = (
    "Climate of the north was warm in all years but three, as tree rings and lake sediments show, and the peat grew "
    "where the water stood high through summer, at nine of the twelve sites that were cored."
)
B = (
    "Brown water ran from forty ditches and we weighed what it carried to the sea each month; carbon left fastest "
    "after thunderstorms, and ditches that had been blocked gave up half as much as open ones did."
)
A2 = A.replace("in all years but three", "in all but three years").replace("nine of the twelve", "nine of twelve")
T = "Peat and climate in the north of Sweden since 1900"


def record(**fields: object) -> Paper:
    said = {"title": T, "authors": "Weber, H.; Dom, J.", "year": 2012} | fields
    return make_paper(Source("a", 1, 1), **said)


PAIRS = [
    ("same DOI case", record(doi="10.1000/A"), record(doi="10.1000/a"), True),
    (
        "diff DOI same all",
        record(doi="10.1000/a", abstract=A, venue="J Peat"),
        record(doi="10.1000/b", abstract=A, venue="J Peat"),
        False,
    ),
    (
        "preprint+article",
        record(doi="10.1101/2020.01.01.123456", abstract=A, year=2020, venue="bioRxiv"),
        record(doi="10.1000/b", abstract=A2, year=2021, venue="J Peat"),
        True,
    ),
    (
        "preprint+article, no abstract",
        record(doi="10.1101/2020.01.01.123456", year=2020, venue="bioRxiv"),
        record(doi="10.1000/b", year=2021, venue="J Peat"),
        True,
    ),
    (
        "two preprint servers",
        record(doi="10.48550/arXiv.2001.00001", abstract=A),
        record(doi="10.2139/ssrn.123", abstract=A),
        True,
    ),
    (
        "same server two DOIs",
        record(doi="10.2139/ssrn.124", abstract=A),
        record(doi="10.2139/ssrn.123", abstract=A),
        False,
    ),
    ("arXiv different ids", record(arxiv="2001.00001", abstract=A), record(arxiv="2001.00002", abstract=A), False),
    ("arXiv v1 v2", record(arxiv="2001.00001v1", abstract=A), record(arxiv="2001.00001v2", abstract=A2), True),
    ("PMID differ", record(pmid="111", abstract=A), record(pmid="112", abstract=A), False),
    ("PMID + DOI only", record(pmid="111", abstract=A), record(doi="10.1000/a", abstract=A), True),
    ("no ids, same abstract", record(abstract=A), record(abstract=A2), True),
    ("title case/punct", record(abstract=A), record(title=T.upper() + ".", abstract=A), True),
    ("different abstracts", record(abstract=A), record(abstract=B), False),
    (
        "stub abstracts NA",
        record(abstract="NA", title="Annual report", authors="Peat Org", year=2015),
        record(abstract="NA", title="Annual report", authors="Peat Org", year=2016),
        False,
    ),
    ("reply by Re", record(doi="10.1000/a"), record(title="Re: " + T, doi="10.1000/a"), False),
    ("notice by type", record(), record(notices=["corrects"]), False),
    ("place in a journal", record(doi="10.1000/a"), record(title=T + " (vol 3, pg 4, 2010)", doi="10.1000/a"), False),
    (
        "Chinese erratum",
        record(title="北方泥炭", doi="10.1000/a"),
        record(title="勘误：北方泥炭", doi="10.1000/a"),
        False,
    ),
    ("editorial on it", record(doi="10.1000/a"), record(title="Editorial: " + T, doi="10.1000/a"), False),
    ("letter in German", record(doi="10.1000/a"), record(title="Leserbrief zu: " + T, doi="10.1000/a"), False),
    ("comment in French", record(doi="10.1000/a"), record(title="Commentaire sur " + T, doi="10.1000/a"), False),
    (
        "supporting information",
        record(doi="10.1000/a"),
        record(title="Supporting Information for: " + T, doi="10.1000/a"),
        False,
    ),
    ("data of a paper", record(abstract=A), record(title="Data from: " + T, abstract=A), False),
    ("code of a paper", record(abstract=A), record(title="Code for: " + T, abstract=A), False),
    ("withdrawn", record(doi="10.1000/a"), record(title="WITHDRAWN: " + T, doi="10.1000/a"), True),
    ("wide colon", record(doi="10.1000/a"), record(title="RETRACTED ARTICLE：" + T, doi="10.1000/a"), True),
    (
        "tags and entities",
        record(title="Uptake of CO<sub>2</sub> &amp; H<sub>2</sub>O in mires", abstract=A),
        record(title="Uptake of CO2 & H2O in mires", abstract=A),
        True,
    ),
    (
        "Greek inside a word",
        record(title="TNF-α and IL-1β in peat workers", abstract=A),
        record(title="TNF-alpha and IL-1beta in peat workers", abstract=A),
        True,
    ),
    (
        "umlauts",
        record(title="Über Moore in Österreich und ihre Böden", authors="Müller, H.", abstract=A),
        record(title="Ueber Moore in Oesterreich und ihre Boeden", authors="Mueller, H.", abstract=A),
        True,
    ),
    (
        "preprint in the title",
        record(abstract=A, doi="10.1000/b", venue="J Peat"),
        record(title="[Preprint] " + T, abstract=A2, doi="10.1101/2011.01.01.123456", venue="bioRxiv", year=2011),
        True,
    ),
    ("erratum", record(doi="10.1000/a"), record(title="Erratum: " + T, doi="10.1000/b"), False),
    ("erratum same doi", record(doi="10.1000/a"), record(title="Correction to: " + T, doi="10.1000/a"), False),
    ("reply", record(), record(title=T + ": reply"), False),
    ("comment on", record(), record(title="Comment on “" + T + "”"), False),
    ("retracted title", record(doi="10.1000/a"), record(title="RETRACTED: " + T, doi="10.1000/a"), True),
    ("retraction notice", record(doi="10.1000/a"), record(title="Retraction notice to: " + T, doi="10.1000/b"), False),
    ("withdrawn title no id", record(abstract=A), record(title="WITHDRAWN: " + T, abstract=A), True),
    ("part I/II", record(title=T + ", part I", abstract=A), record(title=T + ", part II", abstract=A), False),
    ("vol 1/2", record(title=T + " Volume 1"), record(title=T + " Volume 2"), False),
    (
        "2019/2020 in title",
        record(title="Survey of peat 2019", abstract=A),
        record(title="Survey of peat 2020", abstract=A),
        False,
    ),
    (
        "conference+journal",
        record(venue="Proceedings of the Peat Conference", doi="10.1000/a", abstract=A),
        record(venue="Journal of Peat", doi="10.1000/b", abstract=A2, year=2013),
        True,
    ),
    (
        "book+chapter same DOI",
        record(title="Peat: a handbook", doi="10.1000/a"),
        record(title="Introduction to peat", venue="Peat: a handbook", doi="10.1000/a"),
        False,
    ),
    (
        "two chapters same DOI",
        record(title="Peat chemistry of northern bogs", venue="Peat: a handbook", doi="10.1000/a"),
        record(title="Monitoring moss growth in the field", venue="Peat: a handbook", doi="10.1000/a"),
        False,
    ),
    (
        "same DOI, subtitle dropped",
        record(title=T + ": a long study of cores", doi="10.1000/a"),
        record(doi="10.1000/a"),
        True,
    ),
    (
        "same DOI, translated",
        record(title="Moor und Klima in Nordschweden seit 1900", doi="10.1000/a"),
        record(doi="10.1000/a"),
        True,
    ),
    (
        "same DOI, chinese title",
        record(title="1900年以来瑞典北部的泥炭与气候", authors="王伟; 李明", doi="10.1000/a"),
        record(doi="10.1000/a", authors="Wang, Wei; Li, Ming"),
        True,
    ),
    (
        "greek letter",
        record(title="Growth of β-cells under strong light in winter", doi="10.1000/a"),
        record(title="Rest of tadpoles at night in ponds and lakes", doi="10.1000/a"),
        False,
    ),
    (
        "C vs C++",
        record(title="Fast parsing of texts in C"),
        record(title="Fast parsing of texts in C++"),
        False,
    ),
    (
        "beta vs β",
        record(title="Growth of β-cells under strong light in winter", abstract=A),
        record(title="Growth of beta-cells under strong light in winter", abstract=A),
        True,
    ),
    (
        "html/latex in title",
        record(title="CO<sub>2</sub> in the peat of the north and its loss", abstract=A),
        record(title="CO$_2$ in the peat of the north and its loss", abstract=A),
        True,
    ),
    (
        "subtitle separator",
        record(title="Peat: climate and water in the north of Sweden", abstract=A),
        record(title="Peat - climate and water in the north of Sweden", abstract=A),
        True,
    ),
    (
        "authors initials vs full",
        record(authors="H. Weber; J. Dom", abstract=A),
        record(authors="Weber, Hanna; Dom, Jan", abstract=A),
        True,
    ),
    (
        "authors reordered name",
        record(authors="Hanna Weber; Jan Dom", abstract=A),
        record(authors="Weber Hanna; Dom Jan", abstract=A),
        True,
    ),
    ("umlaut", record(authors="Müller, H.", abstract=A), record(authors="Mueller, H.", abstract=A), True),
    ("different authors same title no abstract", record(authors="Weber, H."), record(authors="Smith, X."), False),
    ("same title+author, 10 years apart no abstract", record(), record(year=2002), False),
    (
        "thesis vs paper",
        record(venue="PhD thesis, Lund", year=2010, abstract=A),
        record(venue="J Peat", year=2012, abstract=B),
        False,
    ),
    (
        "editorial",
        record(title="Editorial", authors="Weber, H.", venue="J Peat"),
        record(title="Editorial", authors="Weber, H.", venue="J Peat"),
        False,
    ),
    ("Editorial with vol", record(title="Editorial: peat in 2019"), record(title="Editorial: peat in 2020"), False),
    ("book review", record(title="Book review"), record(title="Book review"), False),
    ("news", record(title="News in brief", authors=""), record(title="News in brief", authors=""), False),
    ("obituary", record(title="In memoriam", authors=""), record(title="In memoriam", authors=""), False),
    (
        "DOI+PMID conflict none",
        record(doi="10.1000/a", pmid="5", abstract=A),
        record(doi="10.1000/a", abstract=A),
        True,
    ),
    (
        "same DOI diff PMID",
        record(doi="10.1000/a", pmid="5", abstract=A),
        record(doi="10.1000/a", pmid="6", abstract=A),
        False,
    ),
    (
        "same PMID diff DOI",
        record(doi="10.1000/a", pmid="5", abstract=A),
        record(doi="10.1000/b", pmid="5", abstract=A),
        False,
    ),
    ("pmcid vs doi", record(pmcid="PMC123", abstract=A), record(doi="10.1000/a", pmcid="PMC123", abstract=A), True),
    ("year off by one no ids no abstract", record(venue="J Peat"), record(venue="Journal of Peat", year=2013), True),
    (
        "F1000 versions",
        record(doi="10.12688/f1000research.9.1", abstract=A),
        record(doi="10.12688/f1000research.9.2", abstract=A2),
        True,
    ),
    (
        "F1000 different",
        record(doi="10.12688/f1000research.9.1", abstract=A),
        record(doi="10.12688/f1000research.10.1", abstract=A),
        False,
    ),
    (
        "supplement DOI",
        record(doi="10.1371/journal.pone.0012345"),
        record(title=T + " supporting information", doi="10.1371/journal.pone.0012345.s001"),
        False,
    ),
    (
        "osf",
        record(doi="10.31234/osf.io/abcde", abstract=A, year=2019),
        record(doi="10.1000/b", abstract=A, year=2020, venue="J Peat"),
        True,
    ),
    (
        "EGU discuss",
        record(doi="10.5194/bg-2019-5", abstract=A, year=2019),
        record(doi="10.5194/bg-17-1-2020", abstract=A2, year=2020, venue="Biogeosciences"),
        True,
    ),
    (
        "EGU review comment",
        record(doi="10.5194/bg-2019-5", abstract=A, year=2019),
        record(title="Comment on bg-2019-5", authors="Anonymous", doi="10.5194/bg-2019-5-RC1"),
        False,
    ),
    (
        "article arXiv id + DOI vs arXiv",
        record(doi="10.1000/b", arxiv="2001.00001", abstract=A, venue="J Peat"),
        record(arxiv="2001.00001", abstract=A2, venue="arXiv"),
        True,
    ),
    (
        "nber + journal",
        record(doi="10.3386/w123", abstract=A, year=2010),
        record(doi="10.1257/aer.1.1.1", abstract=A2, year=2012, venue="AER"),
        True,
    ),
    ("title with typo", record(abstract=A), record(title=T.replace("climate", "climte"), abstract=A), True),
    ("title truncated …", record(abstract=A), record(title="Peat and climate in the north of …", abstract=A), True),
    (
        "same group next paper",
        record(title="Peat and climate in the north of Sweden: water", abstract=A[:100] + B),
        record(title="Peat and climate in the north of Sweden: carbon", abstract=A),
        False,
    ),
    (
        "guideline editions",
        record(title="Guidelines for peat, 2nd edition"),
        record(title="Guidelines for peat, 3rd edition"),
        False,
    ),
    (
        "case report same title",
        record(title="A rare case of moss allergy", authors="Smith, J.", year=2010, venue="J A"),
        record(title="A rare case of moss allergy", authors="Doe, K.", year=2011, venue="J B"),
        False,
    ),
    (
        "abstract of meeting and paper",
        record(title=T, year=2011, venue="Abstracts of the Peat Congress", abstract=A[:90]),
        record(year=2012, venue="J Peat", abstract=B),
        False,
    ),
    (
        "WHO yearly",
        record(title="Global tuberculosis report 2018", authors="World Health Organization", year=2018),
        record(title="Global tuberculosis report 2019", authors="World Health Organization", year=2019),
        False,
    ),
    (
        "MMWR weekly",
        record(title="Morbidity update", authors="CDC", year=2018, venue="MMWR"),
        record(title="Morbidity update", authors="CDC", year=2018, venue="MMWR"),
        False,
    ),
    (
        "placeholder doi",
        record(title="Alpha of the first kind in bogs", doi="10.0000/xxx"),
        record(title="Beta of the second kind in lakes", doi="10.0000/xxx"),
        False,
    ),
    (
        "same abstract placeholder",
        record(
            title="Alpha of the first kind in bogs and fens",
            abstract="This article has no abstract; the first 100 words appear below.",
        ),
        record(
            title="Beta of the second kind in lakes and seas",
            abstract="This article has no abstract; the first 100 words appear below.",
        ),
        False,
    ),
    ("structured label", record(abstract="OBJECTIVE: " + A), record(abstract=A), True),
    ("copyright appended", record(abstract=A + " © 2012 Elsevier Ltd. All rights reserved."), record(abstract=A), True),
    ("truncated abstract", record(abstract=A[:110] + "..."), record(abstract=A), True),
    (
        "MeSH translated bracket title",
        record(title="[Peat and climate in the north of Sweden since 1900].", abstract=A),
        record(abstract=A),
        True,
    ),
    (
        "numbers written",
        record(title="Three studies of peat in the north of Sweden", abstract=A),
        record(title="3 studies of peat in the north of Sweden", abstract=A),
        True,
    ),
    (
        "& vs and",
        record(title="Peat & climate in the north of Sweden since 1900", abstract=A),
        record(abstract=A),
        True,
    ),
    (
        "hyphenation",
        record(title="Self-supervised peat re-wetting in the north", abstract=A),
        record(title="Self supervised peat rewetting in the north", abstract=A),
        True,
    ),
    (
        "colour",
        record(title="The colour of peat and its behaviour in water", abstract=A),
        record(title="The color of peat and its behavior in water", abstract=A),
        True,
    ),
]


@pytest.mark.parametrize(("first", "second", "same"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_which_records_are_one_work(first: Paper, second: Paper, same: bool) -> None:
    for one, other in ((first, second), (second, first)):
        shared = [key for key in identities(one) if key in identities(other)]
        assert any(match(one, other, key) for key in shared) == same
