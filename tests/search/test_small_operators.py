"""What people write for operators without capitals, and what of more services is refused rather than misread."""

from __future__ import annotations

import pytest

from explorer.search.box.interpretation import written
from explorer.search.parse import BadQuery, parse


def read(typed: str) -> str:
    return written(parse(typed).within)


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        ('"a one" or "b two"', '"a one" OR "b two"'),
        ('"a one" | "b two"', '"a one" OR "b two"'),
        ('"a one" not "b two"', '"a one" AND NOT "b two"'),
        ('"a one" but not "b two"', '"a one" AND NOT "b two"'),
        ('"a one" and not "b two"', '"a one" AND NOT "b two"'),
        ('SLAM without "lidar"', 'NOT "lidar"'),
        ('SLAM without using any "lidar"', 'NOT "lidar"'),
        ('"a one" !"b two"', '"a one" AND NOT "b two"'),
        ("graph AND !tree", '"graph" AND NOT "tree"'),
        ("graph AND not tree", '"graph" AND NOT "tree"'),
        ("(graph or tree) AND (deep or neural)", '("graph" OR "tree") AND ("deep" OR "neural")'),
        ("(graph OR tree) not (deep OR neural)", '("graph" OR "tree") AND NOT ("deep" OR "neural")'),
        ("title:(graph or tree)", 'title:"graph" OR title:"tree"'),
        ("author:smith or author:doe", "author:smith OR author:doe"),
        ("author:smith not author:doe", "author:smith AND NOT author:doe"),
        ("year:2010.. not year:2012", "year:2010.. AND NOT year:2012"),
        ("graph* or tree*", "graph* OR tree*"),
        ("SLAM AND mapping without lidar", '"SLAM" AND "mapping" AND NOT "lidar"'),
        ("surgery with or without chemotherapy AND cancer", '"surgery" AND "chemotherapy" AND "cancer"'),
        ("[graph OR tree] AND deep", '("graph" OR "tree") AND "deep"'),
        ('"graph"^3 AND tree', '"graph" AND "tree"'),
        ("spin year>=2010", "year:2010.."),
        ("spin year<2010", "year:..2009"),
        ("title=graph", 'title:"graph"'),
        ("author:J. Smith", 'author:"J. Smith"'),
        ("author:Smith, J. graph", 'author:"Smith, J"'),
        ("asthma[tiab] or child[tiab]", 'text:"asthma" OR text:"child"'),
        ("asthma[tiab] not child[tiab]", 'text:"asthma" AND NOT text:"child"'),
        ("signs and symptoms[mh]", 'text:"signs and symptoms"'),
        ("exp Neoplasms/ NOT exp Animals/", 'text:"Neoplasms" AND NOT text:"Animals"'),
        ('exp "Wounds and Injuries"/ and child*.ti.', 'text:"Wounds and Injuries" AND title:child*'),
        ("(heart NEXT failure):ti,ab,kw (Word variations have been searched)", 'text:"heart" PRE/0 text:"failure"'),
        ('[mh "heart failure"] AND child:ti', 'text:"heart failure" AND title:"child"'),
        (
            "TITLE-ABS-KEY(asthma) AND ( LIMIT-TO ( PUBYEAR , 2015 ) OR LIMIT-TO ( PUBYEAR , 2016 ) )",
            'text:"asthma" AND (year:2015 OR year:2016)',
        ),
        ("pmid:123456 OR arxiv:1706.03762", 'doi:"pmid:123456" OR doi:"arxiv:1706.03762"'),
        ("10.1000/182 OR 10.1000/183", 'doi:"10.1000/182" OR doi:"10.1000/183"'),
    ],
)
def test_what_is_meant_as_an_operator_is_one(typed: str, condition: str) -> None:
    assert read(typed) == condition


@pytest.mark.parametrize(
    "typed",
    [
        "graph or tree", "(graph or tree) and (deep or neural)", "to be or not to be", "a | b", "p(x | y) of graphs",
        "amyloid ab(1-42) peptide", "the !Kung people", "TI alloys", "E = mc^2", "learning with or without supervision",
    ],
)  # fmt: skip
def test_bare_words_stay_words(typed: str) -> None:
    query = parse(typed)
    assert (query.text, query.within) == (typed, type(query.within)())


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("title:-graph", "a minus stands before the field"),
        ("author:NOT Brown", "a minus stands before the field"),
        ("TI asthma AND AB child*", "EBSCO"),
        ('(MH "Asthma+") AND TI child', "EBSCO"),
        ("ti(asthma) AND ab(child*)", "ProQuest"),
        ('("Document Title":graph) AND ("Abstract":tree)', "IEEE"),
        ("[Title: graph] AND [Abstract: tree]", "ACM"),
        ('"deep learning" AROUND(5) health', "NEAR/5"),
        ("graph AND #2", "search history"),
        ("TS=(graph) AND #2", "search history"),
        ("1 and 2 or 3", "search history"),
        ('limit 3 to yr="2010 - 2020"', "search history"),
    ],
)
def test_what_would_be_misread_is_refused_by_name(typed: str, says: str) -> None:
    with pytest.raises(BadQuery, match=says):
        parse(typed)


def test_all_that_stands_behind_or_is_unwanted() -> None:
    assert parse("SLAM without lidar or radar").text == "SLAM"
    assert "-lidar -radar" in parse("SLAM without lidar or radar").remarks[0]
