"""DOIs: the same one however it is written, the work behind its versions, and what is a preprint's."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.doi import canonical_doi, is_preprint_doi, work_of

MOSS = "10.1000/abc.def"
SICI = "10.1002/(sici)1097-0258(19980815)17:15/16<1661::aid-sim968>3.0.co;2-2"


@pytest.mark.parametrize(
    "written",
    [
        "10.1000/ABC.Def", "https://doi.org/10.1000/abc.def", "doi:10.1000/abc.def.", "DOI 10.1000/abc.def</p>",
        "http://dx.doi.org/10.1000%2Fabc.def", "https://doi.org/10.1000%252Fabc.def", "10.1000/abc.def, 10.1000/other",
        "10.1000/abc.def;10.1000/other",
        "10.1000/abc.def|https://doi.org/10.1000/other", "10.1000/abc.def?utm_source=x",
        "10.1000/abc.def&amp;partnerID=40&amp;md5=1", "https://doi-org.proxy.example.edu/10.1000/abc.def",
        "10.1000/abc.def [doi]", "10.1000/abc.def[doi]", "https://pub.example.com/doi/full/10.1000/abc.def",
        "10.1000/abc.def/full", "10.1000/abc.def/full/html", "https://pub.example.com/10.1000/abc.def.full.pdf+html",
        "10.1000/abc.def#section", "10. 1000/abc.def", "10.1000 / abc.def", "10.1000/abc.def;", '"10.1000/abc.def"',
        "“10.1000/abc.def”", "'10.1000/abc.def'", "<10.1000/abc.def>", "(10.1000/abc.def)", "{10.1000/abc.def}",
        "10.1000/abc.def<br/>", "<p>10.1000/abc.def</p>", "&lt;p&gt;10.1000/abc.def&lt;/p&gt;", "10.1000/abc.def。",
        "10.1000/abc.def PMID: 12345", "10.1000/abc.defPMID:12345", "１０．１０００／ａｂｃ．ｄｅｆ",
        "[10.1000/abc.def](https://doi.org/10.1000/abc.def)",
        r"\href{https://doi.org/10.1000/abc.def}{10.1000/abc.def}",
        r"10.1000\/abc.def", "10.1000/abc.def†", "10.1000/abc.def™", "10.1000/abc.def/10.1000/abc.def",
        "10 .1000/abc.def",
        "https://pubs.example.org/doi/suppl/10.1000/abc.def/suppl_file/x.pdf", "10.1000/abc.def.figures-only",
        "10.1000/abc.def(Retracted)", "10.1000/abc.def.full.html",
        "10.1000/abc\u200b.def", "info:doi/10.1000/abc.def", "10.1000/abc.def;jsessionid=1A2B",
    ],
)  # fmt: skip
def test_a_doi_is_the_same_however_it_is_written(written: str) -> None:
    assert canonical_doi(written) == MOSS


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        (SICI.upper(), SICI),
        (SICI.replace("<", "&lt;").replace(">", "&gt;"), SICI),
        (SICI.replace("<", "%3C").replace(">", "%3E"), SICI),
        (SICI.replace("<", "$<$").replace(">", "$>$"), SICI),
        (SICI.replace("<", "\\textless{}").replace(">", "\\textgreater "), SICI),
        (SICI[:-1] + "#", SICI[:-1] + "#"),
        (SICI[:-1] + "D.", SICI[:-1] + "d"),
        ("10.1641/0006-3568(2004)054[0123:XXX]2.0.CO;2", "10.1641/0006-3568(2004)054[0123:xxx]2.0.co;2"),
        ("10.1007/978-3-030-1\\_2", "10.1007/978-3-030-1_2"),
        ("10.1007/978-3-030-1{\\_}2", "10.1007/978-3-030-1_2"),
        ("10.1000/abc–def", "10.1000/abc-def"),
        ("(see 10.1016/S0140-6736(05)12345-X)", "10.1016/s0140-6736(05)12345-x"),
        # What bioRxiv and arXiv hang on is no part of the DOI; what Research Square does, is.
        ("10.1101/2020.11.02.364968v2", "10.1101/2020.11.02.364968"),
        ("https://www.biorxiv.org/content/10.1101/364968v1.full", "10.1101/364968"),
        ("10.48550/arXiv.2206.11795v2", "10.48550/arxiv.2206.11795"),
        ("10.21203/rs.3.rs-12345/v1", "10.21203/rs.3.rs-12345/v1"),
        ("", ""), ("NA", ""), ("10.1000", ""), ("10.1000/", ""), ("2,75E+07", ""), (10.1, ""), (None, ""),
    ],
)  # fmt: skip
def test_what_belongs_to_a_doi_stays(written: object, doi: str) -> None:
    assert canonical_doi(written) == doi


@example("10.1000/x$<\\$")
@example("10.1000/a%252525252fb")
@given(st.text("10./abc<>&;#?%\\{}$()[]\"' \u3000–v2", max_size=40).map(lambda tail: "10.1000/x" + tail) | st.text())
def test_the_canonical_form_is_its_own(text: str) -> None:
    doi = canonical_doi(text)
    assert canonical_doi(doi) == doi
    assert not doi or doi.startswith("10.")


@pytest.mark.parametrize(
    ("doi", "work"),
    [
        ("10.26434/chemrxiv.12782456.v2", "10.26434/chemrxiv.12782456"),
        ("10.26434/chemrxiv-2021-abc12-v3", "10.26434/chemrxiv-2021-abc12"),
        ("10.21203/rs.3.rs-12345/v1", "10.21203/rs.3.rs-12345"),
        ("10.31234/osf.io/abcde_v2", "10.31234/osf.io/abcde"),
        ("10.7287/peerj.preprints.27295v1", "10.7287/peerj.preprints.27295"),
        ("10.12688/f1000research.1234.2", "10.12688/f1000research.1234"),
        ("10.12688/wellcomeopenres.12345.1", "10.12688/wellcomeopenres.12345"),
        ("10.7554/elife.12345.2", "10.7554/elife.12345"),
        ("10.7554/elife.12345", "10.7554/elife.12345"),
        ("10.1016/j.ecoleng.2010.01.001", "10.1016/j.ecoleng.2010.01.001"),
    ],
)
def test_the_work_of_a_version(doi: str, work: str) -> None:
    assert work_of(doi) == work


@pytest.mark.parametrize(
    ("doi", "preprint"),
    [
        ("10.1101/2020.11.02.364968", True), ("10.1101/364968", True), ("10.1101/gr.123456.111", False),
        ("10.1101/gad.1234.5", False), ("10.1101/pdb.prot1234", False), ("10.3386/w12345", True),
        ("10.1590/scielopreprints.123", True), ("10.1590/s0102-311x2020000500101", False),
        ("10.5194/esd-2021-5", True), ("10.5194/hessd-6-123-2009", True), ("10.5194/esd-12-621-2022", False),
        ("10.5194/esdd-2-1-2011", True),
        ("10.5194/esd-2021-5-rc1", False), ("10.5194/egusphere-egu22-123", False), ("10.22541/au.1234.5678/v1", True),
        ("10.31219/osf.io/abcde", True), ("10.17605/osf.io/abcde", False), ("10.2139/ssrn.123", True),
        ("10.12688/f1000research.1234.1", False), ("10.7554/elife.12345.1", True), ("10.7554/elife.12345", False),
        ("10.2196/preprints.12345", True), ("10.2196/12345", False), ("10.1000/x", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_the_doi_of_a_preprint(doi: str, preprint: bool) -> None:
    assert is_preprint_doi(doi) == preprint


@pytest.mark.parametrize(
    ("typed", "doi"),
    [
        *((template, "") for template in (
            "10.1145/nnnnnnn.nnnnnnn", "https://doi.org/10.1145/XXXXXXX.XXXXXXX", "10.1109/XXXX.2020.1234567",
            "10.1016/j.xxx.2020.xx.xxx", "10.48550/arXiv.XXXX.XXXXX", "10.1145/1122445.1122456", "10.0000/0",
            "10.1016/j",
        )),
        ("10.1093/bib/bbab001/6217726", "10.1093/bib/bbab001"),
        ("10.1371/journal.pone.0000001.g001", "10.1371/journal.pone.0000001"),
        ("10.1000/abc，张三", "10.1000/abc"),
        ("10.1021/acs.xnnb.0c00001", "10.1021/acs.xnnb.0c00001"),
    ],
)  # fmt: skip
def test_templates_pieces_and_pages_of_papers(typed: str, doi: str) -> None:
    assert canonical_doi(typed) == doi
