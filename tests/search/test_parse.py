"""The search box: what is typed becomes what is meant, and what does not parse says so."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.filter import All, Condition, Either, Field, Filter, Near, Not, Phrase, Prefix, Years
from explorer.search.box import first
from explorer.search.box.interpretation import sentence
from explorer.search.parse import BadQuery, Mode, Query, filters_alone, parse
from support.cost import seconds_at_most


def where(*conditions: Condition) -> Filter:
    [only, *more] = conditions
    return Filter(where=All(conditions) if more or not isinstance(only, All) else only)


def anywhere(*words: str) -> tuple[Phrase, ...]:
    return tuple(map(Phrase, words))


LIDAR, VISUAL = Phrase("lidar odometry"), Phrase("visual odometry")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("agents that learn from video", Query("agents that learn from video")),
        ("what is not known about moss", Query("what is not known about moss")),
        ("‹lidar odometry›", Query("lidar odometry", where(LIDAR))),
        ("《lidar odometry》", Query("lidar odometry", where(LIDAR))),
        ('"lidar odometry" || "visual odometry"',
         Query("lidar odometry visual odometry", where(Either((LIDAR, VISUAL))))),
        ('"lidar odometry" && "visual odometry"', Query("lidar odometry visual odometry", where(LIDAR, VISUAL))),
        ('"lidar odometry" NEAR/5 "visual odometry"',
         Query("lidar odometry visual odometry", where(Near((LIDAR, VISUAL), 5)))),
        ("NOT a1 pre/2 b1", Query("", where(Not(Near(anywhere("a1", "b1"), 2, True))))),
        ('moss "a1 b1 c1"~4', Query("moss a1 b1 c1", where(Near(anywhere("a1", "b1", "c1"), 4)))),
        ("a1 NEAR/1 b1 NEAR/2 c1",
         Query("a1 b1 c1", where(Near((Near(anywhere("a1", "b1"), 1), Phrase("c1")), 2)))),
        ("moss year:2019+", Query("moss", where(Years(2019, None)))),
        ('games "Nash equilibrium" -poker',
         Query("games Nash equilibrium", where(Phrase("Nash equilibrium"), Not(Phrase("poker"))))),
        ("“off-belief learning”", Query("off-belief learning", where(Phrase("off-belief learning")))),
        ('-"deep learning" bogs', Query("bogs", where(Not(Phrase("deep learning"))))),
        ("", Query("")),
        # Operators: NOT binds closest, OR least; words side by side are together, and an operator wants them all.
        ("SLAM NOT lidar", Query("SLAM", where(Not(Phrase("lidar"))))),
        ("SLAM AND NOT lidar", Query("SLAM", where(Phrase("SLAM"), Not(Phrase("lidar"))))),
        ('"lidar odometry" OR "visual odometry"',
         Query("lidar odometry visual odometry", where(Either((LIDAR, VISUAL))))),
        ("visual odometry OR lidar", Query("visual odometry lidar",
         where(Either((All(anywhere("visual", "odometry")), Phrase("lidar")))))),
        ("a1 OR b1 AND c1", Query("a1 b1 c1", where(Either((Phrase("a1"), All(anywhere("b1", "c1"))))))),
        ("(a1 OR b1) AND c1", Query("a1 b1 c1", where(Either(anywhere("a1", "b1")), Phrase("c1")))),
        ("robots (mapping OR planning) -(poker chess)",
         Query("robots mapping planning",
               where(Either(anywhere("mapping", "planning")), Not(All(anywhere("poker", "chess")))))),
        ("NOT NOT lidar", Query("lidar", where(Phrase("lidar")))),
        ("x AND/OR graph", Query("x AND/OR graph")),
        ("risk of death (OR 2.3, 95% CI 1.1-4.2)", Query("risk of death (OR 2.3, 95% CI 1.1-4.2)")),
        ("AN ANALYSIS OF PEAT AND MOSS", Query("AN ANALYSIS OF PEAT AND MOSS")),
        ("HIV AND AIDS", Query("HIV AIDS", where(*anywhere("HIV", "AIDS")))),
        # Quotes and dashes beside anything.
        ('("lidar odometry")', Query("lidar odometry", where(LIDAR))),
        ('"lidar odometry", mapping', Query("lidar odometry mapping", where(LIDAR))),
        ('"lidar odometry"/"visual odometry".', Query("lidar odometry visual odometry", where(LIDAR, VISUAL))),
        ('""lidar odometry"" maps', Query("lidar odometry maps", where(LIDAR))),
        ("„lidar odometry“ «visual odometry»", Query("lidar odometry visual odometry", where(LIDAR, VISUAL))),
        ("「lidar odometry」", Query("lidar odometry", where(LIDAR))),
        ("games –poker —chess −go", Query("games", where(*map(Not, anywhere("poker", "chess", "go"))))),
        ("lidar\u00a0AND\u3000ｒａｄａｒ", Query("lidar radar", where(*anywhere("lidar", "radar")))),
        ("（lidar）　AND　maps", Query("lidar maps", where(*anywhere("lidar", "maps")))),
        # Fields, in every combination.
        ('author:"Noam Brown" poker', Query("poker", where(Field("author", "Noam Brown")))),
        ("author:(Noam Brown) poker", Query("poker", where(Field("author", "Noam Brown")))),
        ("author:Sandholm author:Brown", Query("", where(Field("author", "Sandholm"), Field("author", "Brown")))),
        ("author:(Sandholm OR Brown)",
         Query("", where(Either((Field("author", "Sandholm"), Field("author", "Brown")))))),
        ("games -author:Sandholm -year:2019 -venue:ICML -tag:x -in:liked",
         Query("games", where(Not(Field("author", "Sandholm")), Not(Years(2019, 2019)), Not(Field("venue", "ICML")),
                              Not(Field("tag", "x")), Not(Field("collection", "liked"))))),
        ("peat year:2019", Query("peat", where(Years(2019, 2019)))),
        ("peat year:..2010", Query("peat", where(Years(None, 2010)))),
        ("peat YEAR:2018..", Query("peat", where(Years(2018, None)))),
        ("peat year:2015–2019", Query("peat", where(Years(2015, 2019)))),
        ("peat year:>=2015 year:<2020", Query("peat", where(Years(2015, None), Years(None, 2019)))),
        ("peat (year:2015 OR year:2017)", Query("peat", where(Either((Years(2015, 2015), Years(2017, 2017)))))),
        ("in:liked tag:method topic:bogs file:a.bib moss",
         Query("moss", where(Field("collection", "liked"), Field("tag", "method"), Field("topic", "bogs"),
                             Field("source", "a.bib")))),
        ("title:(deep learning) -title:survey",
         Query("deep learning", where(All((Phrase("deep", "title"), Phrase("learning", "title"))),
                                      Not(Phrase("survey", "title"))))),
        ("abstract:grasp* poker", Query("grasp poker", where(Prefix("grasp", "abstract")))),
        ("author:Sand*", Query("", where(Prefix("Sand", "authors")))),
        ("doi:10.1000/182 x", Query("x", where(Field("id", "10.1000/182")))),
        ("is:retracted cancer", Query("cancer", where(Field("is", "retracted")))),
        ("-is:liked cancer", Query("cancer", where(Not(Field("collection", "liked"))))),
        # Words with signs, and words cut short.
        ("muon* decay", Query("muon decay", where(Prefix("muon")))),
        ("-muon*", Query("", where(Not(Prefix("muon"))))),
        ('"visual odomet*"', Query("visual odomet", where(Prefix("visual odomet")))),
        ("A* search", Query("A* search")),
        ('"A * B" search', Query("A B search", where(Phrase("A B")))),
        ("C++ OR C# OR .NET", Query("C++ C# .NET", where(Either(anywhere("C++", "C#", ".NET"))))),
        ("IL-6 AND β", Query("IL-6 β", where(*anywhere("IL-6", "β")))),
        ("(R)-ketamine AND depression",
         Query("(R)-ketamine depression", where(*anywhere("(R)-ketamine", "depression")))),
        # What only looks like the language is text.
        *((text, Query(text)) for text in (
            "off-belief state-of-the-art", "arXiv:2206.11795", "DNA:RNA hybrids", "effects - and causes", "-",
            "--poker", "the death of the author: on reading", '5" pipes of 3"', '5" wafers',
            "O'Brien’s papers", "hello :)", "a 1:2 ratio", "p53-dependent -/- mice", "COVID-19 vaccines",
            "non-small-cell lung cancer", "at -5 °C", "see https://a.org/x?y=-z and me@b.org", "f(x) = ax + b",
            "poly(ethylene glycol) gels", "1) maps 2) plans", "NAND and XOR gates", "what is a muon?",
            "the [Not Available] title", "deep ) learning", "why agents not only cooperate",
            "AB = CD in a triangle", "ABS (anti-lock brakes)",
        )),
    ],
)  # fmt: skip
def test_parse(typed: str, query: Query) -> None:
    assert parse(typed) == query


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("robot.ti. and or/1-3", "or/1-3 stands for a line of a search history"),
        ("(soil NEAR/0 carbon):ti,ab", "the number behind NEAR goes from 1 to 255"),
        ("#1 AND #2", "#1 stands for a line of a search history"),
        ('games "Nash equilibrium', "before “Nash equilibrium” and not closed"),
        ("year:now", "year:now is no year or range"),
        ("year:2020..2010", "is no year or range"),
        ("year:20192020", "is no year or range"),
        ('author:"" poker', 'write author:"Noam Brown"'),
        ("keywords:Ising", "keywords: is no filter here; there are year:, author:"),
        ("poker author:", 'write author:"Noam Brown"'),
        ("author: brown", 'write author:"Noam Brown"'),
        ("lidar OR", "nothing stands after OR: “lidar ▸OR◂”"),
        ("OR lidar", "nothing stands before OR: “▸OR◂ lidar”"),
        ("lidar AND OR radar", "nothing stands after AND: “lidar ▸AND◂ OR radar”"),
        ("lidar AND (radar OR", "nothing stands after OR|is opened and not closed"),
        ("(lidar OR radar AND maps", "a bracket is opened and not closed: “▸(◂lidar OR radar AND maps”"),
        ("(lidar OR radar)) AND maps", "closed and not opened: “(lidar OR radar)▸)◂ AND maps”"),
        ("lidar AND ()", "nothing stands in the brackets"),
        ("lidar -title:", "title: is followed by nothing"),
        ("is:new x", "is:new is no state of a paper; there are is:retracted"),
        ("lidar AND ...", "no word to look for"),
        (f'TS=("{"tumo$r " * 30}")', "more than 5 letters may be there or not; write "),
        ("((" * 30 + "a AND b" + "))" * 30, "more than 50 brackets"),
        ("soil NEAR/3 " * 2000 + "carbon", "more than 150 operators are nested"),
    ],
)
def test_what_does_not_parse_says_so_and_shows_the_place(typed: str, says: str) -> None:
    with pytest.raises(BadQuery, match=says.replace("(", r"\(").replace(")", r"\)").replace(".", r"\.")):
        parse(typed)


@pytest.mark.parametrize("joint", ["NEAR/3", "AND", "OR"])
def test_what_is_nested_as_deep_as_may_be_is_read_and_kept(joint: str) -> None:
    chain = "(" * 45 + f"a{joint[0]} {joint} " * 45 + "b" + ")" * 45
    query = parse(chain, Mode.STRATEGY)
    assert Query.of_json(query.as_json()).within == query.within
    assert sentence(query)


def test_a_long_word_takes_no_time() -> None:
    for word in ("a" * 30_000 + "*b", "a" * 30_000 + "-*", "-" * 30_000 + "a*", '"' + "a" * 30_000 + "€*"):
        with seconds_at_most(1), suppress(BadQuery):
            parse(f"{word} AND soil")


def test_filters_alone_are_told_from_questions() -> None:
    assert filters_alone('author:"Noam Brown" year:2019..') == Filter((2019, None), author="Noam Brown")
    others = "author:x author:y", "author:x OR author:y", "-author:x", "title:x", "is:retracted"
    for typed in ("poker author:brown", "author:brown -poker", 'author:brown "poker"', "poker", "", *others):
        assert filters_alone(typed) is None


def test_a_pasted_text_means_only_itself() -> None:
    text = (
        'We call it "deep" -not author:x and the model is AND of many. ' + "It is the word of a text, and so on. " * 5
    )
    assert parse(text) == Query(" ".join(text.split()))
    assert parse(text).both
    assert parse(text, Mode.STRATEGY).within


def test_a_strategy_of_any_length_is_one() -> None:
    terms = [f'"term {n}"' for n in range(200)]
    query = parse(f"({' OR '.join(terms)}) AND (robot* OR title:grasping)")
    assert query.mode is Mode.STRATEGY
    groups = query.within.where
    assert isinstance(groups, All) and isinstance(groups.parts[0], Either) and len(groups.parts[0].parts) == 200


@pytest.mark.parametrize(
    ("typed", "text", "offered"),
    [
        ("SLAM without lidar", "SLAM", "-lidar"),
        *(
            (f"SLAM {words} lidar", "SLAM", "-lidar")
            for words in (
                "excluding",
                "except",
                "except for",
                "other than",
                "rather than",
                "instead of",
                "with no",
                "but no",
            )
        ),
        ("navigation not using deep learning", "navigation", '-"deep learning"'),
        ("methods that do not use lidar for mapping", "methods for mapping", "-lidar"),
        ("robots that are not humanoid", "robots", "-humanoid"),
        ("translation without parallel corpora or dictionaries", "translation", '-"parallel corpora" -dictionaries'),
    ],
)
def test_what_a_sentence_is_to_be_without_does_not_count_and_its_exclusion_is_offered(
    typed: str, text: str, offered: str
) -> None:
    query = parse(typed)
    assert (query.text, query.within) == (text, Filter())
    assert query.remarks[0].endswith(f"write {offered}")
    assert parse(typed, Mode.TEXT) == Query(typed)


def test_a_text_read_word_for_word_and_the_other_way() -> None:
    typed = "BIRDS OF THE NORTH AND SOUTH"
    assert parse(typed) == Query(typed)
    assert parse('"a b" -c', Mode.TEXT) == Query('"a b" -c') and parse('"a b" -c', Mode.TEXT).both
    assert parse('an "open', Mode.TEXT) == Query('an "open')


def test_texts_of_the_first_version_are_read_as_they_were() -> None:
    assert first.parse('peat -water "site 31" year:2010.. author:x') == Query(
        "peat site 31", Filter((2010, None), author="x", where=All((Not(Phrase("water")), Phrase("site 31"))))
    )
    assert first.parse("lidar OR radar (x") == Query("lidar OR radar (x")


@given(st.text(alphabet='ab:-" ().*[]{}=year2019authortitleANDORNOT–“”　', max_size=80))
def test_anything_parses_or_says_why(typed: str) -> None:
    for mode in Mode:
        try:
            query = parse(typed, mode)
        except BadQuery as error:
            assert str(error) and mode is not Mode.TEXT
            assert error.place is None or 0 <= error.place[0] <= error.place[1] <= len(typed)
        else:
            assert isinstance(query, Query)


def test_a_mark_of_byte_order_is_a_blank():
    assert parse("\ufeff") == parse("")
    assert parse("\ufeffspin\ufeffglass\x85") == parse("spin glass")
    assert parse('\ufeff"spin glass" AND lidar').within == parse('"spin glass" AND lidar').within
