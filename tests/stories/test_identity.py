"""Two works never become one paper in silence, and one work stays one: files as databases and people write them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import shared
from explorer.library import Library
from explorer.paper import Source, make_paper
from explorer.store import Kind, rows

PEAT = (
    "Climate of the north was warm in all years but three, as tree rings and lake sediments show, and the peat grew "
    "where the water stood high through summer, at nine of the twelve sites that were cored."
)
WATER = (
    "Brown water ran from forty ditches and we weighed what it carried to the sea each month; carbon left fastest "
    "after thunderstorms, and ditches that had been blocked gave up half as much as open ones did."
)
COLUMNS = ("title", "authors", "year", "venue", "doi", "pmid", "abstract")


def papers_of(library: Library) -> list[list[str]]:
    """The titles of the records of each paper."""
    ids = [paper.id for paper in library.snapshot.papers()]
    return [[record.paper.title for record in records] for records in library.records.of(ids)]


def table(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def bib(folder: Path, name: str, *entries: str) -> Path:
    path = folder / name / "refs.bib"
    path.parent.mkdir()
    path.write_text("\n".join(entries))
    return path


CHAPTER = {"authors": "Weber, Hanna", "year": 2012, "venue": "Rivers: a handbook", "doi": "10.1201/b2"}
REPORT = {"title": "Global mire report", "authors": "Mire Organization"}
WHOLE_GROUP = {"authors": "Weber, Hanna; Dom, Jan", "year": 2012, "doi": "10.1000/group"}
NO_ABSTRACT = "This article has no abstract; the first hundred words of the text appear on the page of the journal."


@pytest.mark.parametrize(
    "rows",
    [
        # A book and its chapters with one DOI, with abstracts and without.
        [
            {**CHAPTER, "title": "Rivers in practice"},
            {**CHAPTER, "title": "An introduction to rivers"},
            {**CHAPTER, "title": "Monitoring rivers"},
            {**CHAPTER, "title": "Rivers: a handbook", "venue": ""},
        ],
        # A DOI that went wrong for a whole group, also where titles differ in a word only.
        [
            {**WHOLE_GROUP, "title": f"Counting {what} in restored peatland lakes"}
            for what in ("beetles", "midges", "dragonflies")
        ],
        [
            {**WHOLE_GROUP, "title": "Peat and climate", "abstract": PEAT},
            {**WHOLE_GROUP, "title": "Peat and climate", "abstract": WATER},
        ],
        # Ids that differ, with all else the same.
        [
            {
                "title": "Peat and climate in the north",
                "authors": "Weber, H.",
                "year": 2012,
                "abstract": PEAT,
                "doi": f"10.1000/{n}",
            }
            for n in (1, 2)
        ],
        [
            {
                "title": "Peat and climate in the north",
                "authors": "Weber, H.",
                "year": 2012,
                "abstract": PEAT,
                "pmid": n,
            }
            for n in (771, 772)
        ],
        # What comes out every year, with equal stubs, with boilerplate, without anything.
        [{**REPORT, "year": year} for year in (2018, 2019, 2020)],
        [{**REPORT, "year": year, "abstract": NO_ABSTRACT} for year in (2018, 2019)],
        [
            {**REPORT, "year": year, "abstract": f"{PEAT} In {year}, {year - 1900} sites were lost."}
            for year in (2018, 2019)
        ],
        [{**REPORT, "year": 2018, "abstract": "NA", "doi": f"10.1000/gpr.{n}"} for n in (1, 2)],
        [
            {"title": "Mushroom poisonings", "authors": "Bron, A.; Spy, D.", "year": year, "venue": "Clin Tox"}
            for year in (2011, 2012)
        ],
        [
            {"title": "New mosses", "authors": "Hill, M.", "year": 1999, "venue": f"J Moss 20({n}): {n}7"}
            for n in (1, 3)
        ],
        [
            {
                "title": "The price of ponds",
                "authors": "[No author name available]",
                "year": 2015,
                "venue": f"{name} Econ",
            }
            for name in ("Pond", "Lake")
        ],
        # Titles that only say what kind of text it is.
        *(
            [{"title": title, "authors": "Weber, H.", "year": 2015, "venue": "Ponds"}] * 2
            for title in (
                "Editorial Board",
                "Acknowledgement to reviewers",
                "Introduction",
                "Reply",
                "Éditorial",
                "社论",
            )
        ),
        # A paper and its erratum, its notice, its reply; its parts.
        [
            {"title": "Peat and climate", "authors": "Weber, H.", "doi": "10.1000/x"},
            {"title": "Erratum to: Peat and climate", "authors": "Weber, H.", "doi": "10.1000/x"},
        ],
        [
            {"title": "Peat and climate", "authors": "Weber, H.", "doi": "10.1000/x"},
            {"title": "Retraction notice to Peat and climate", "authors": "Weber, H.", "doi": "10.1000/x"},
        ],
        [
            {"title": f"Peat and climate, Part {part}", "authors": "Weber, H.", "doi": "10.1000/x", "abstract": PEAT}
            for part in ("I", "II")
        ],
        # A single foreign letter is no other alphabet.
        [
            {"title": title, "authors": "Weber, H.", "year": 2001, "doi": "10.1000/x"}
            for title in ("Growth of β-cells under light", "Rest of tadpoles at night")
        ],
        # Journals that share a prefix with a server of preprints.
        [
            {
                "title": "Peat and climate in the north",
                "authors": "Weber, H.; Dom, J.",
                "year": 2012,
                "doi": f"10.1101/{doi}",
            }
            for doi in ("gr.123456.111", "gad.1234.5")
        ],
    ],
)
def test_two_works_stay_two(toy: Library, tmp_path: Path, rows: list[dict[str, object]]) -> None:
    toy.add(table(tmp_path / "a.csv", *rows))
    assert papers_of(toy) == [[row["title"]] for row in rows]
    toy.add(table(tmp_path / "a.csv", *reversed(rows)))
    assert toy.records.info().papers == len(rows)


@pytest.mark.parametrize(
    ("dois", "venues"),
    [
        (("10.26434/chemrxiv.1", "10.26434/chemrxiv.1.v2"), ("", "")),
        (("10.21203/rs.3.rs-1/v1", "10.21203/rs.3.rs-1/v2"), ("", "")),
        (("10.12688/wellcomeopenres.1.1", "10.12688/wellcomeopenres.1.2"), ("", "")),
        (("10.7554/eLife.1.1", "10.7554/eLife.1"), ("eLife", "eLife")),
        (("10.1101/2020.11.02.364968v1", "10.1000/x"), ("bioRxiv", "J Moss")),
        (("10.1101/2020.11.02.364968", "10.1101/gr.123456.111"), ("bioRxiv", "Genome Research")),
        (("10.3386/w1234", "10.1000/x"), ("NBER Working Papers", "J Moss")),
        (("10.5194/hess-2021-5", "10.5194/hess-12-621-2022"), ("", "Hydrology and Earth System Sciences")),
        (("10.5194/hessd-6-123-2009", "10.5194/hess-12-621-2010"), ("", "")),
        (("10.48550/arXiv.2206.11795v2", "10.2139/ssrn.77"), ("arXiv", "SSRN")),
        (("10.1000/a", "10.1000/b"), ("Proceedings of the Peat Conference", "Journal of Peat")),
        (("10.1000/a%2Fb", "https://doi.org/10.1000/a/b."), ("J Moss", "J Moss")),
    ],
)
def test_versions_of_a_work_are_one_paper(toy: Library, tmp_path: Path, dois: list[str], venues: list[str]) -> None:
    same = {"title": "Peat and climate in the north", "authors": "Weber, H.; Dom, J.", "year": 2021, "abstract": PEAT}
    toy.add(table(tmp_path / "a.csv", *({**same, "doi": doi, "venue": v} for doi, v in zip(dois, venues, strict=True))))
    assert len(papers_of(toy)) == 1
    toy.add(table(tmp_path / "b.csv", {**same, "doi": "10.1000/another", "venue": "J Bog"}))
    assert toy.records.info().papers == 2 or all("1000" not in doi and "/gr." not in doi for doi in dois)


def test_no_chain_of_likenesses_joins_two_works(toy: Library) -> None:
    """A record without ids may be either of two papers; it joins the first and does not pull the other along."""
    same = {"title": "Peat and climate in the north", "authors": ["Weber, H."], "year": 2012, "abstract": PEAT}
    for number, more in enumerate(({"doi": "10.1000/a"}, {"doi": "10.1000/b"}, {})):
        toy.add([make_paper(Source(f"{number}.ris", 1, 1), **same, **more)])
    assert [len(titles) for titles in papers_of(toy)] == [2, 1]


ENTRY = "@article{{{key}, author={{Smith, J.}}, title={{{title}}}, year={{2013}}{more}}}"


def test_keys_that_change_places_change_nothing(toy: Library, tmp_path: Path) -> None:
    climate = {"title": "Peat and climate in Sweden", "more": f", doi={{10.1000/a.1}}, abstract={{{PEAT}}}"}
    water = {"title": "Peat and water in Sweden", "more": f", doi={{10.1000/a.2}}, abstract={{{WATER}}}"}
    plain = [{"title": f"Tagging {what} sites with labels", "more": ""} for what in ("hardware", "software", "mobile")]
    entries = lambda keys, what: [ENTRY.format(key=key, **one) for key, one in zip(keys.split(), what, strict=True)]  # noqa: E731
    toy.add(bib(tmp_path, "export1", *entries("s s2 w w2", [climate, water, *plain[:2]])))
    for key in ("s", "s2", "w", "w2"):
        toy.marks.note(key, f"note of {key}")
        toy.marks.put(Kind.COLLECTION, f"collection of {key}", key)
    before = {paper.id: (paper.title, paper.doi, paper.abstract) for paper in toy.snapshot.papers()}
    export2 = bib(tmp_path, "export2", *entries("s s2 w w2 w3", [water, climate, plain[2], *plain[:2]]))
    report = toy.add(export2)
    assert (report.added, report.unchanged, report.updated) == (1, 4, 0)
    after = {paper.id: (paper.title, paper.doi, paper.abstract) for paper in toy.snapshot.papers()}
    assert {paper_id: after[paper_id] for paper_id in before} == before
    assert [mark.note for mark in toy.marks.of(list(before))] == [f"note of {key}" for key in before]
    assert [mark.collections for mark in toy.marks.of(list(before))] == [(f"collection of {key}",) for key in before]
    # Under changed keys a changed abstract comes to its own paper, too.
    longer = {**climate, "more": climate["more"][:-1] + " Three more years of data agree.}"}
    report = toy.add(bib(tmp_path, "export3", *entries("t s s2", [longer, water, plain[0]])))
    assert (report.added, report.updated, report.unchanged) == (0, 1, 2)
    assert toy.snapshot.paper("10.1000/a.1").id == "s"
    assert toy.snapshot.paper("10.1000/a.1").abstract.endswith("agree.")
    toy.records.undo()
    assert {paper.id: (paper.title, paper.doi, paper.abstract) for paper in toy.snapshot.papers()} == after


def test_an_old_export_restores_a_paper_that_was_overwritten(toy: Library, tmp_path: Path) -> None:
    climate = ENTRY.format(key="s", title="Peat and climate in Sweden", more=", doi={10.1000/a.1}")
    water = ENTRY.format(key="s", title="Peat and water in Sweden", more=", doi={10.1000/a.2}")
    toy.add(bib(tmp_path, "old", climate))
    with toy._store.transaction():  # as an earlier version did when a later export had the other paper under this key
        (row,) = toy._store._run("SELECT number, paper FROM records").fetchall()
        other = make_paper(
            Source("refs.bib", 1, 1),
            title="Peat and water in Sweden",
            authors=["Smith, J."],
            year=2013,
            doi="10.1000/a.2",
        )
        toy._store._run(
            "UPDATE records SET said = ?, digest = ? WHERE number = ?",
            rows.statement(other),
            rows.digest(rows.statement(other)),
            row[0],
        )
        toy._store.records._refresh(row[1])
    toy.build()
    assert [paper.doi for paper in toy.snapshot.papers()] == ["10.1000/a.2"]
    report = toy.add(tmp_path / "old" / "refs.bib")
    assert report.added == 1
    assert [paper.doi for paper in toy.snapshot.papers()] == ["10.1000/a.2", "10.1000/a.1"]
    assert toy.add(bib(tmp_path, "new", water)).unchanged == 1


def test_a_merge_that_the_rules_would_not_make_is_listed_and_stays(toy: Library) -> None:
    """Records that an earlier version joined: the list names the record, and why; joined by hand is no doubt."""
    same = {"title": "Global mire report", "authors": ["Mire Organization"]}
    toy.add([make_paper(Source("a.ris", n, n, f"r{n}"), **same, year=2000 + n) for n in range(4)])
    home, *others = [toy._store.papers.by_id(f"r{n}")[0] for n in range(4)]
    with toy._store.transaction():
        for other in others:
            toy._store.records.join(home, other)
        toy._store._run("UPDATE records SET reason = 'same title and authors' WHERE key IN ('r1', 'r2')")
    toy.build()
    assert toy.records.info().papers == 1
    doubts = toy.records.doubts()
    assert [doubt.record.source.key for doubt in doubts] == ["r1", "r2"]
    assert all("another year" in doubt.reason for doubt in doubts)
    assert toy.records.info().papers == 1
    toy.records.split(doubts[0].record.number)
    assert toy.records.info().papers == 2
    assert [doubt.record.source.key for doubt in toy.records.doubts()] == ["r2"]


def test_a_merge_on_little_evidence_is_in_doubt(toy: Library) -> None:
    """No id and no abstract in common, another year: joined, as before, but told."""
    moss = {"title": "Peat moss recovery after rewetting of drained raised bogs", "authors": ["Smith, Anna"]}
    fens = {"title": "Sedge fens", "authors": ["Li, Wei", "Diaz, Eva"], "year": 2011, "doi": "10.1000/f"}
    for file, year in (("a.ris", 2018), ("b.ris", 2019)):
        toy.add(
            [
                make_paper(Source(file, 1, 1, file), **moss, year=year),
                make_paper(Source(file, 2, 2, f"f{file}"), **fens),
            ]
        )
    assert toy.records.info().papers == 2
    [doubt] = toy.records.doubts()
    assert doubt.reason == "no id and no abstract in common, and another year, hardly an author in common"
    toy.records.split(doubt.record.number)
    assert toy.records.doubts() == []


def test_pairs_that_share_an_id_and_stay_apart_are_reviewed_first(toy: Library) -> None:
    moss = "we count the mosses of drained bogs and fens and find that they recover within ten years of rewetting"
    cards = "agents bluff and call in a game of hidden cards whose equilibrium a solver finds by counterfactual regret"
    for place, (title, author, text) in enumerate((("Moss", "Smith, Anna", moss), ("Bluffs", "Brown, Noam", cards)), 1):
        source = Source("a.ris", place, place, title)
        toy.add([make_paper(source, title=title, authors=[author], doi="10.1000/same", abstract=text)])
    assert toy.records.info().papers == 2
    [pair] = toy.records.review()
    assert "same DOI, 10.1000/same, but: different abstracts" in pair.reason
    toy.records.keep_apart(pair.one.id, pair.other.id)
    assert toy.records.review() == []
    toy.records.keep_apart(pair.one.id, pair.other.id, apart=False)
    assert len(toy.records.review()) == 1


# ---------------------------------------------------------------------------------------------------- the shared cases


def cases(*names: str) -> list[Path]:
    return [shared("..", "cases", "import", name) for name in names]


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("id_doi_forms.csv", [16, 3, 3, 2, 2, 2]),
        ("id_egu.csv", [2, 1, 1, 1, 1]),
        ("id_monograph_chapters.ris", [1] * 4),
        ("id_na_reports.csv", [1] * 4),
        ("id_yearly.csv", [1] * 18),
    ],
)
def test_shared_cases(toy: Library, name: str, sizes: list[int]) -> None:
    toy.add(*cases(name))
    assert [len(titles) for titles in papers_of(toy)] == sizes
    if name == "id_egu.csv":
        assert toy.snapshot.papers()[0].doi == "10.5194/esd-12-621-2022"


def test_the_shared_swap_of_keys(toy: Library) -> None:
    first, second = cases("keys_swapped/export1/refs.bib", "keys_swapped/export2/refs.bib")
    toy.add(first)
    toy.marks.note("smith2013", "climate")
    before = toy.snapshot.papers()
    toy.add(second)
    after = toy.snapshot.papers()
    assert [replace(paper, sources=()) for paper in after[:4]] == [replace(paper, sources=()) for paper in before]
    assert [paper.title for paper in toy.snapshot.papers()[4:]] == ["Tagging mobile sites with labels"]
    assert toy.marks.of(["smith2013"])[0].note == "climate"


def test_three_exports_of_a_topic(toy: Library) -> None:
    folders = {"restoration_scopus.ris": "ris", "restoration_WoS.ciw": "wos", "restoration_pubmed.nbib": "nbib"}
    toy.add(*(shared("imports", folder, name) for name, folder in folders.items()))
    assert toy.records.info().papers == 491
    [doubt] = toy.records.doubts()
    assert doubt.paper.title.startswith("Restoration of motor function after operative reconstruction")
    assert doubt.reason.startswith("no id and no abstract in common")  # right, but only a title and an author say so
