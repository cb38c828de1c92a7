"""Strategies of PubMed, Scopus, Web of Science, Ovid, Embase and arXiv in the style of reviews: how each is read."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from conftest import DATA, ROOT
from explorer.search.box.interpretation import sentence, typed_again, written
from explorer.search.parse import BadQuery, Mode, parse

STRATEGIES = [json.loads(line) for line in (DATA / "strategies.jsonl").read_text(encoding="utf-8").splitlines()]


def test_there_are_forty_of_six_services() -> None:
    services = [each["service"] for each in STRATEGIES]
    assert len(services) >= 40 and set(services) == {"PubMed", "Scopus", "Web of Science", "Ovid", "Embase", "arXiv"}


@pytest.mark.parametrize("each", STRATEGIES, ids=lambda each: each["typed"][:40])
def test_how_a_strategy_is_read(each: dict[str, object]) -> None:
    query = parse(str(each["typed"]))
    assert (query.service, query.mode) == (each["service"], Mode.STRATEGY)
    assert (written(query.within), query.text, list(query.remarks)) == (each["read"], each["ranked"], each["remarks"])
    assert str(each["read"]) in sentence(query) and all(str(remark) in sentence(query) for remark in query.remarks)
    assert parse(typed_again(query)).within.tree == query.within.tree


@pytest.mark.parametrize(
    "typed", ["asthma.tİ. AND knee.ti.", "kinaſes.ti,Kw.", "titİe:x tİtle:y", "'a b'/exp AND x:tİ,ab"]
)
def test_a_letter_that_is_another_in_capitals_is_no_part_of_a_name(typed: str) -> None:
    assert parse(typed)  # was a KeyError


@pytest.mark.parametrize(
    "typed",
    [
        'AB=("quantum error correction") OR TI=("’code*") AND PY=2020',  # a cut word begins with a sign
        "le[au] (wetland*) AND PUBYEAR AFT 2010",  # what is left to rank by would be another service's
        "knee adj3 pain[ti] AND wetland*[tiab]",
        "’−muon*",  # and with a minus behind it
        "au:del_maesestro AND ti[au]d",  # an author whose name is a field of Embase's
        "TI* AND AU=(Levine S OR Abbeel P)",  # what is left to rank by would be a field of EBSCO's
        "鲁迅PUBYEAR AFT 2010",  # no field's name begins amid a word, of any script
        "2010:2020[dp] odometry &&",  # a sign at the end is an operator before the bracket
        "2010:2020[dp] a ANDNOT 2010 ?",  # what a service does not know leaves no blank
    ],
)
def test_what_is_written_out_is_read_in_the_same_way(typed: str) -> None:
    query = parse(typed)
    again = parse(typed_again(query))
    assert again.within.tree == query.within.tree and parse(typed_again(again)).within.tree == query.within.tree


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        # The rule of each service, where ours would read otherwise.
        ("a1[ti] OR b1[ti] AND c1[ti] NOT d1[ti]",
         '(title:"a1" OR title:"b1") AND title:"c1" AND NOT title:"d1"'),
        ("TITLE(a1 AND b1 OR c1 AND NOT d1 OR e1)",
         'title:"a1" AND (title:"b1" OR title:"c1") AND NOT (title:"d1" OR title:"e1")'),
        ("TI=(a1 OR b1 AND c1 NOT d1)", 'title:"a1" OR (title:"b1" AND (title:"c1" AND NOT title:"d1"))'),
        ("TI=(a1 and b1 or c1)", '(title:"a1" AND title:"b1") OR title:"c1"'),
        ("ti:a1 OR ti:b1 AND ti:c1", 'title:"a1" OR (title:"b1" AND title:"c1")'),
        ('TS = "a1 b1"', 'text:"a1 b1"'),
        ("TITLE-ABS-KEY ( a1 )", 'text:"a1"'),
        ("PUBYEAR > 2015 AND TITLE(a1)", 'year:2016.. AND title:"a1"'),
        ("(a1 adj b1).ti.", 'title:"a1" PRE/0 title:"b1"'),
        ("a1 adj1 b1", '"a1" NEAR/0 "b1"'),
        ("wom#n.tw. and cc$2.ti. and colo?r.ab.",
         'text:"wom?n" AND title:cc* AND (abstract:"color" OR abstract:"colo?r")'),
        ("(a1 NEXT/1 b1):ti AND 'c1 d1'/exp/mj", '(title:"a1" PRE/0 title:"b1") AND text:"c1 d1"'),
        ("TS=(a1 NEAR b1)", 'text:"a1" NEAR/15 text:"b1"'),
        ('"a1 b1"[Title/Abstract:~0]', 'text:"a1" NEAR/0 text:"b1"'),
        ('"a1 b1 c1"[ti:~3]', 'title:"a1 b1 c1"~3'),
        ("TITLE(a1 PRE/0 (b1 OR cc*))", 'title:"a1" PRE/0 (title:"b1" OR title:cc*)'),
        ("a1 b1[TIAB] AND 2015[dp]", 'text:"a1 b1" AND year:2015'),
    ],
)  # fmt: skip
def test_operators_bind_by_the_rule_of_the_service(typed: str, read: str) -> None:
    assert written(parse(typed).within) == read


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("robot[zz] AND x[ti]", "[zz] is no tag of PubMed that is understood here: “robot▸[zz]◂ AND x[ti]”"),
        ("TITLE(a1 NOT b1)", "Scopus writes AND NOT"),
        ("TS=(robot* AND)", "nothing stands after AND"),
        ("TS=(r*)", "two letters at least must stand beside"),
        ("english[la]", "nothing to look for is left"),
        ("TS=(soil NEAR/500 carbon)", "the number behind NEAR goes from 0 to 255: “TS=(soil ▸NEAR/500◂ carbon)”"),
        ("TS=((a1 AND b1) NEAR/5 c1)", "beside NEAR/5 stand words, phrases in quotes"),
        ("AU=(Levine NEAR/2 Abbeel)", "beside NEAR/2 stand words, phrases in quotes"),
        ("(a1 OR b1)[ti:~2]", "[ti:~2] wants words in quotes before it"),
    ],
)
def test_what_a_service_would_not_take_is_refused_with_its_place(typed: str, says: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(typed)
    assert says in str(caught.value)


def test_the_page_of_strategies_is_that_of_the_data() -> None:
    made = subprocess.run([sys.executable, ROOT / "docs" / "strategies.py"], capture_output=True, text=True, check=True)
    assert (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8") == made.stdout
