"""Files that were put together, of any two formats: each part is read by its own, and where it begins is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from explorer.paper import Paper, Problem
from explorer.readers import read, recognise
from explorer.readers.io.stream import Stream
from explorer.readers.parts import parts_of
from support.files import Write

TITLES = {number: f"Study number {number} of peat and moss in the north" for number in (1, 2, 3)}
FILES: dict[str, Callable[[int], str]] = {
    "bib": lambda n: (
        f"@article{{k{n},\n  title={{{TITLES[n]}}},\n  author={{Alm, B.}},\n  year={{200{n}}},\n"
        f"  abstract={{Words of {n}.}}\n}}\n"
    ),
    "ris": lambda n: f"TY  - JOUR\nTI  - {TITLES[n]}\nAU  - Roe, L.\nPY  - 200{n}\nAB  - Words of {n}.\nER  - \n",
    "nbib": lambda n: (
        f"PMID- 3200000{n}\nOWN - NLM\nDP  - 200{n} Jan\nTI  - {TITLES[n]}\nAB  - Words of {n}.\nFAU - Alm, Bo\n"
        f"AU  - Alm B\nSO  - J Moss. 200{n}.\n"
    ),
    "ciw": lambda n: (
        f"FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Alm, B\nTI {TITLES[n]}\nAB Words of {n}.\nPY 200{n}\n"
        f"UT WOS:00000{n}\nER\n\nEF\n"
    ),
    "enw": lambda n: f"%0 Journal Article\n%T {TITLES[n]}\n%A Alm, B.\n%D 200{n}\n%X Words of {n}.\n",
    "refworks.txt": lambda n: (
        f"RT Journal Article\nSR Electronic(1)\nID {n}\nA1 Alm,B.\nT1 {TITLES[n]}\nYR 200{n}\nAB Words of {n}.\n\n"
    ),
    "csv": lambda n: f'Title,Authors,Year,Abstract\n{TITLES[n]},"Alm, B.",200{n},Words of {n}.\n',
    "tsv": lambda n: f"Title\tAuthors\tYear\tAbstract\n{TITLES[n]}\tAlm, B.\t200{n}\tWords of {n}.\n",
    "jsonl": lambda n: f'{{"title": "{TITLES[n]}", "year": 200{n}, "abstract": "Words of {n}."}}\n',
    "json": lambda n: f'[{{"title": "{TITLES[n]}",\n "year": 200{n}, "abstract": "Words of {n}."}}]\n',
    "xml": lambda n: (
        f'<?xml version="1.0"?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>3200000{n}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>200{n}</Year></PubDate></JournalIssue></Journal>"
        f"<ArticleTitle>{TITLES[n]}</ArticleTitle><Abstract><AbstractText>Words of {n}.</AbstractText></Abstract>"
        "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>\n"
    ),
}


@pytest.mark.parametrize("second", FILES)
@pytest.mark.parametrize("first", FILES)
@pytest.mark.parametrize("between", ["", "\n", "\ufeff"])
def test_two_files_put_together(write: Write, first: str, second: str, between: str) -> None:
    path = write(f"a.{first}", FILES[first](1) + between + FILES[second](2))
    items = list(read(path))
    papers = [item for item in items if isinstance(item, Paper)]
    assert [(paper.title, paper.year, paper.abstract) for paper in papers] == [
        (TITLES[number], 2000 + number, f"Words of {number}.") for number in (1, 2)
    ]
    assert [paper.sources[0].record for paper in papers] == [1, 2]
    if parts_of(Stream(path)):
        begins = FILES[first](1).count("\n") + between.count("\n") + 1
        [told] = [item for item in items if isinstance(item, Problem)]
        assert (told.record, told.line) == (0, begins) and "begins here" in told.reason
        assert papers[1].sources[0].line >= begins


def test_three_and_more(write: Write) -> None:
    text = "".join(FILES[kind](number) for kind, number in (("ris", 1), ("bib", 2), ("ris", 3)))
    papers = [item for item in read(write("a.ris", text)) if isinstance(item, Paper)]
    assert [paper.title for paper in papers] == list(TITLES.values())
    assert recognise(write("a.ris", text)) == "ris"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # What only looks like the beginning of another file.
        ("a.csv", 'Title,Abstract,BibTeX\nOne study of peat,Words.,"\n@article{a,\ntitle={B}}"\n'),
        (
            "a.bib",
            "@article{a,\n title={A study of formats},\n abstract={A record begins so:\nTY  - JOUR\nand ends}\n}\n",
        ),
        ("a.ris", "TY  - JOUR\nTI  - A study of formats\nAB  - It begins so:\n@article{a,\nand ends.\nER  - \n"),
        ("a.jsonl", '{"title": "One study of peat"}\n{"title": "Another study"}\n'),
        ("a.xml", FILES["xml"](1).replace("Words of", "It begins so:\n@article{a,\n and ends")),
    ],
)
def test_what_is_one_file(write: Write, name: str, text: str) -> None:
    assert parts_of(Stream(write(name, text))) == []


def test_starts_of_lines_over_the_borders_of_blocks(write: Write) -> None:
    rows = [f"TY  - JOUR\nTI  - {number} {'x' * 900}\nER  - \n" for number in range(300)]
    path = write("a.ris", "".join(rows) + FILES["bib"](2))
    [first, second] = parts_of(Stream(path))
    assert (first.line, second.line) == (1, 901)
    counts = [sum(1 for _ in itertools.islice(part.records(0), 1000)) for part in (first, second)]
    assert counts == [300, 1]
