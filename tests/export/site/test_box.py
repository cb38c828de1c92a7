"""The page's search box reads, and its papers pass, as in the app: each script beside the Python that it follows."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace

import numpy as np
import pytest

from conftest import ROOT, paper
from embeddings.toy import ToyEncoder
from explorer.errors import ExplorerError
from explorer.export.site import write_site
from explorer.export.site.box import page_box
from explorer.language.lexicon import FUNCTIONS
from explorer.language.names import fits, in_full, may_be_name, names_within
from explorer.language.plurals import forms
from explorer.library import Library
from explorer.search.box.interpretation import sentence
from explorer.search.box.prose import maybe_unwanted
from explorer.search.parse import BadQuery, parse
from explorer.search.question import Question
from support.node import NEEDED, OPENED, OPENING, evaluated

pytestmark = NEEDED

STRATEGIES = [
    json.loads(line)["typed"]
    for line in (ROOT / "tests" / "data" / "strategies.jsonl").read_text(encoding="utf-8").splitlines()
]
SERVICES = ("PubMed", "Scopus", "Web of Science", "Ovid", "Embase")
TYPED = [
    "",
    "soil NEAR/3 " * 200 + "carbon",
    "\ufeffspin glass\ufeff and\x1cmore\x85lidar",
    "spin \N{GRINNING FACE} topic: * : exp \N{GRINNING FACE} or \N{GRINNING FACE} not venue: and more",
    'lidar "open \N{GRINNING FACE}\N{GRINNING FACE} and a quote that goes on and on and on \ufeff',
    "(" * 45 + "soil NEAR/3 " * 50 + "carbon" + ")" * 45,
    *r"""
attention "spin glass" -lidar author:"Noam Brown" year:2018..2020
model AND NOT (a OR b)
THE ART AND THE WAR IN IT
SLAM without lidar and cameras
title:(deep learning) OR abs:graph
"a b c"~3
robot* NEAR/3 arm
wom?n
a search free of bias
learning OR
(a OR b
"open
A* search
C++ AND .NET
author:Li_Ming
year:>2018 graph
5" disk drive
f(x) AND g(x)
NOT a b
-a -b
a || b && c
ti:spin AND au:brown
mesh:x
year:foo
OR = 1.5 in trials
“typographic quotes” — and a dash
title: a tale
venue:NeurIPS is:retracted
cat:cs.LG graph
a AND AND b
x (y) z
a)
深度学习 AND 模型
un$named
colo$r AND x
graph AND a$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$b*
NEAR/300 a
a NEAR/999 b
a NEAR/2 (b OR c*)
a PRE/1 b
((a))
not only this
a "x y" or "u v"
"x y" | "u v"
("x y" | "u v") graph
"x y" not "u v" and not "w"
"x y" but not title:graph
SLAM without "lidar"
SLAM without using any "lidar" here
(graph or tree) AND (deep and/or neural)
graph AND not so deep
surgery with or without chemotherapy AND cancer
whether or not AND x
title:(graph or tree) not author:Brown
author:smith or author:doe
graph* or tree*
"x y" !"u v" ¬(a b)
graph AND !tree !Kung
[graph OR tree] AND {deep OR neural}
"graph"^3 AND (a b)^2.5 x^2
title:-graph
author:NOT Brown
year>=2010 spin
year = 2012
year<2010 OR -year=2009
title=graph
author:J. Smith
author:Smith, J. graph
author:Müller-Lüdenscheidt, H.-J. x
10.1000/182 OR 10.1000/183
x OR 1706.03762
pmid:123456 OR arxiv:1706.03762, AND https://doi.org/10.1000/x
graph AND #2
limit 3 to english
1 and 2 or 3
x AROUND(5) "y"
TI asthma AND AB child*
AB (heart failure) AND x
ti(asthma) AND ab(child*)
amyloid ab(1-42) AND x
"Document Title":graph AND "Abstract":tree
[Title: graph] AND [Abstract: tree]
SLAM without lidar or radar and cameras
learning with or without supervision
""".strip().splitlines(),
]
PIECES = (
    '( ) " " “ ” - – -" NOT AND OR and NEAR/3 W/5 && || * ? $ wom?n muon* A* 5" f(x) title: title:( author: author:" '
    "abs: ti: year: year:2019 year:2018..2021 year:>2018 venue: topic: doi: -author:x : ; , . … lidar odometry SLAM "
    "C++ C# .NET IL-6 β CD4+ 鲁迅 深度学习 a the without not excluding é ß learning "
    "or | + ! ¬ ! year>2010 [ ] { } ^2 but except author:J. title=x TI AB ti( and/or"
).split()


def drawn(chance: random.Random) -> str:
    """Pieces of the language in a row."""
    return chance.choice((" ", " ", " ", "")).join(chance.choices(PIECES, k=chance.choice((1, 2, 3, 5, 8, 13, 40))))


def expected(typed: str) -> dict[str, object]:
    """How the app reads a text, in the shape of the page."""
    try:
        query = parse(typed)
    except BadQuery as error:
        return {"bad": str(error)}
    where = json.loads(query.within.as_json()).get("where")
    return {"text": query.text, "where": where, "remarks": list(query.remarks), "service": query.service}


def read_in_the_page(typed: list[str], folder) -> list[dict[str, object]]:
    read = """{
      const all = new Set(functions), box = new Box(tables, (word) => all.has(word));
      return typed.map((text) => {
        try {
          const { text: words, condition, remarks, service, strategy } = box.parse(text);
          const where = condition && !("all" in condition) ? { all: [condition] } : condition;
          const said = sentence({ text: words, condition, service, strategy });
          return { text: words, where, remarks, service, said };
        } catch (error) {
          if (!(error instanceof BadQuery)) throw error;
          return { bad: error.message };
        }
      });
    }"""
    imports = {"box.js": "Box, sentence", "lexer.js": "BadQuery"}
    return evaluated(imports, read, folder, typed=typed, tables=page_box(), functions=sorted(FUNCTIONS))


def test_a_text_is_read_as_in_the_app_or_its_service_is_named(tmp_path):
    chance = random.Random(5)
    typed = [*TYPED, *STRATEGIES, *(drawn(chance) for _ in range(1200))]
    services = strategies = 0
    for text, made in zip(typed, read_in_the_page(typed, tmp_path), strict=True):
        wanted = expected(text)
        said = made.pop("said", "")
        if made.get("service") in SERVICES:
            assert wanted.get("service", made["service"]) == made["service"], text
            assert made["where"] is None
            assert made["service"] in made["remarks"][0]
            services += 1
        elif "bad" in wanted and any(name in wanted["bad"] for name in ("in:liked", "is:liked", " in:,")):
            # The page has no collections to offer.
            assert wanted["bad"].partition(";")[0] == made["bad"].partition(";")[0]
        else:
            assert (text, made) == (text, wanted)
            if made.get("where"):
                strategies += 1
                assert sentence(replace(parse(text), remarks=())).startswith(said.removesuffix(".")) or len(said) > 120
    assert services > 20
    assert strategies > 120


def test_names_and_plurals_are_those_of_the_app(tmp_path):
    chance = random.Random(2)
    parts = (
        "Noam Brown N. N Li Ming Ming-Yu Xiaoming Jean-Pierre J.-P. van der Berg J.H. García López María Müller Mueller"
    )
    parts = [*parts.split(), "O'Brien", "Jr.", "Brown,", "Li,", "LI", "de", "Øre", "SS", "wang", "José"]
    people = [" ".join(chance.choices(parts, k=chance.randint(1, 4))) for _ in range(60)]
    pairs = [(chance.choice(people), chance.choice(people)) for _ in range(1500)] + [(one, one) for one in people]
    texts = [f"{a} {b}" for a in ("what", "The Spin Glass of", "papers by") for b in people]
    words = "matrix data analyses study boxes child robotics heuristics bus gas corpora criteria phenomena axis".split()
    words += [word + end for word in words for end in ("s", "es", "a", "ies")] + ["c++", "the", "x1", "1s", "é"]
    negated = [
        "lidar-free SLAM",
        "model-free control, no regret here",
        "non-convex problem",
        "no free lunch",
        "regret-less",
    ]
    read = """{
      const names = new Names(tables.names), all = new Set(functions);
      const plurals = new Plurals(tables.plurals, (word) => all.has(word));
      return {
        fits: pairs.map(([a, b]) => [names.fits(a, b), names.inFull(a, b)]),
        within: texts.map((text) => names.within(text)),
        may: texts.map((text) => names.mayBe(text)),
        forms: words.map((word) => plurals.forms(word).sort()),
        unwanted: negated.map((text) => maybeUnwanted(text).map(({ typed, pair, name }) => [typed, pair, name])),
      };
    }"""
    made = evaluated(
        {"names.js": "Names", "plurals.js": "Plurals", "prose.js": "maybeUnwanted"}, read, tmp_path,
        tables=page_box(), functions=sorted(FUNCTIONS), pairs=pairs, texts=texts, words=words, negated=negated,
    )  # fmt: skip
    assert [[a, b] for a, b in made["fits"]] == [[fits(*pair), in_full(*pair)] for pair in pairs]
    assert made["within"] == [names_within(text) for text in texts]
    assert made["may"] == [may_be_name(text) for text in texts]
    assert made["forms"] == [sorted(forms(word)) for word in words]
    pieces = [[[typed, list(pair), name] for typed, pair, name in maybe_unwanted(text)] for text in negated]
    assert made["unwanted"] == pieces


# ------------------------------------------------------------------------------------------------- which papers pass


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    chance = random.Random(0)
    words = "robot robots arm learning lidar SLAM C++ .NET spin glass glasses graph study studies β-decay naïve IL-6"
    words = [*words.split(), "深度学习", "模型"]
    people = ["Noam Brown", "Brown, N.", "Li Ming", "Jean-Pierre Dupont", "José García López", "Anna Müller"]

    def text(least: int, most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(least, most)))

    papers = [
        paper(
            text(2, 6), text(8, 30), record=n, year=2000 + n % 20, venue=("A Journal", "Odd Letters", "")[n % 3],
            authors=chance.sample([*people, "J. van der Berg"], k=chance.randint(1, 3)),
        )
        for n in range(120)
    ]  # fmt: skip
    with Library.open(tmp_path_factory.mktemp("box") / "library", encoder=ToyEncoder()) as opened:
        opened.add(papers)
        yield opened


@pytest.fixture(scope="module")
def page(library):
    write_site(library, library.folder.parent / "page")
    return library.folder.parent / "page"


def asked(library: Library) -> list[str]:
    """Conditions of all kinds, joined at random."""
    chance = random.Random(1)
    leaves = re.split(
        r"\s*[|\n]\s*",
        """
    "spin glass" | robot | rob* | gl?ss | st*y | title:learning
    abs:arm | text:"graph study" | C++ | .NET | "深度学习" | 模型
    naive | year:2005..2010 | year:2003 | year:..2004 | venue:journal | author:Brown
    author:"N. Brown" | author:Mueller | author:duPont* | "Garcia Lopez" | "spin glass robot"~2 | robot NEAR/2 lidar
    arm PRE/0 learning | (spin OR graph) NEAR/4 stud* | "Brown Noam" | IL-6 | absentword
    """.strip(),
    )
    leaves.append(f'topic:"{library.topics.levels[0].labels[0]}"')
    texts = [f"{leaf} AND robot*" for leaf in leaves] + [f"NOT {leaf}" for leaf in leaves]
    for _ in range(120):
        parts = chance.choices(leaves, k=chance.randint(2, 4))
        joined = "".join(f"{part} {chance.choice(('AND', 'OR', 'AND NOT', ''))} " for part in parts)
        texts.append(joined + chance.choice(leaves))
    return texts


def test_papers_pass_a_condition_in_the_page_as_in_the_app(library, page, tmp_path):
    texts = asked(library)
    ask = f"{{{OPENED}"
    ask += """
      return texts.map((text) => {
        try {
          const { condition } = answers.box.parse(text);
          return condition ? [...answers.holding.mask(condition)] : null;
        } catch (error) { if (!(error instanceof BadQuery)) throw error; return error.message; }
      });
}"""
    some = 0
    for text, made in zip(texts, evaluated(OPENING, ask, tmp_path, page=str(page), texts=texts), strict=True):
        try:
            query = parse(text)
        except ExplorerError as error:
            assert made == str(error)
            continue
        mask = library.snapshot.mask(query.within)
        rows = np.ones(len(library.map), bool) if mask is None else mask
        assert made is None if not query.within else (text, made) == (text, rows.astype(int).tolist())
        some += 0 < rows.sum() < len(rows)
    assert some > 80


def test_operators_names_and_what_is_absent_lead_to_the_papers_of_the_app(library, page, tmp_path):
    texts = ["robot AND NOT lidar", "what Anna Müller wrote of robot learning", "Noam Brown", "year:2003..2005"]
    texts += ["SLAM without lidar", "title:graph robot"]
    ask = f"{{{OPENED}"
    ask += """
      const all = [];
      for (const text of [...texts, "in:thesis", "robot[tiab] AND arm[ti]"]) {
        try {
          const { results, remarks } = await answers.ask({ text, paper: null, filter: {}, area: [] }, 10, () => {});
          all.push({ rows: results.map(({ row }) => row), remarks });
        } catch (error) { all.push(error.message); }
      }
      return all;
}"""
    *made, absent, foreign = evaluated(OPENING, ask, tmp_path, page=str(page), texts=texts)
    assert absent == "this page holds no collections to filter by; leave the field out"
    assert foreign["remarks"][0].startswith("This is written in the language of PubMed, which this page does not read")
    by = [[paper.authors for paper in library.snapshot.papers(answer["rows"])] for answer in made]
    assert all("Anna Müller" in authors for authors in by[1][:3])
    assert "“Anna Müller” is read as a name, too" in " ".join(made[1]["remarks"])
    assert all({"Noam Brown", "Brown, N."} & set(authors) for authors in by[2][:3])
    assert made[4]["remarks"][0].startswith("“lidar” does not count")
    for text, answer in zip(texts, made, strict=True):
        wanted = library.ask(Question(text), 200)
        assert set(answer["rows"]) <= {result.row for result in wanted.results}
        if wanted.query.within:
            assert any(remark.startswith("Read as ") for remark in answer["remarks"])
