"""Papers that were retracted, doubted or corrected: known from what files say, and from a table of retractions."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from embeddings.toy import ToyEncoder
from explorer.cli.main import main
from explorer.errors import UnreadableFile
from explorer.filter import Field, Filter
from explorer.library import Library
from explorer.notices import of_notes, of_title
from explorer.paper import Paper, Source, make_paper
from support.files import Write, only


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write_file


COLUMNS = "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,\
OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes".split(",")


def table(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def opened(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library", encoder=ToyEncoder())


def ids(library: Library, state: str) -> set[str]:
    mask = library.snapshot.mask(Filter(where=Field("is", state)))
    assert mask is not None
    return {paper.id for paper in library.snapshot.papers(mask.nonzero()[0].tolist())}


def of(number: int, **fields: object) -> Paper:
    words = f"mosses of valley {number} near river {number * 7} and hill {number * 13}"
    source = Source("made.csv", number + 1, number + 2, f"p{number}")
    return make_paper(source, **({"title": f"On {words}", "abstract": f"We count {words}.", "year": 2001} | fields))


@pytest.mark.parametrize(
    ("title", "notices"),
    [
        ("RETRACTED: Moss", ("retracted",)), ("RETRACTED ARTICLE: Moss", ("retracted",)),
        ("[Retracted] Moss", ("retracted",)), ("Moss (Retracted article. See vol. 3, pg 4, 2010)", ("retracted",)),
        ("Retraction: Moss", ("retracts",)), ("Retraction notice to “Moss” [J Moss 1]", ("retracts",)),
        ("Statement of Retraction: Moss", ("retracts",)), ("Moss (Retraction of vol 3, pg 4, 2010)", ("retracts",)),
        ("Expression of Concern: Moss", ("doubts",)), ("Erratum to: Moss", ("corrects",)),
        ("Author Correction: Moss", ("corrects",)), ("Corrigendum to “Moss”", ("corrects",)),
        ("Citations of retracted articles", ()), ("Retraction of the tongue", ()), ("Is it retracted?", ()),
        ("Correction of refractive error", ()), ("Retraction Watch: a study", ()), ("Bias correction: a method", ()),
        ("Why papers (retracted or not) are cited", ()), ("Expression of concern in mice", ()),
    ],
)  # fmt: skip
def test_titles(title: str, notices: tuple[str, ...]) -> None:
    assert of_title(title) == notices
    assert make_paper(Source("a", 1, 1), title=title).title == title


MEDLINE = "PMID- 1\nTI  - A\nDP  - 2001\n"
PUBMED = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A</ArticleTitle>{}</Article>"
    "{}</MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
COMMENT = '<CommentsCorrectionsList><CommentsCorrections RefType="{}"><RefSource>J</RefSource><PMID>9</PMID>\
</CommentsCorrections></CommentsCorrectionsList>'


@pytest.mark.parametrize(
    ("name", "text", "notices"),
    [
        ("a.nbib", MEDLINE + "PT  - Retracted Publication\n", ("retracted",)),
        ("a.nbib", MEDLINE + "PT  - Retracted Publication\nRIN - J. 2002;1:2. PMID: 9\n", ("retracted pmid:9",)),
        ("a.nbib", MEDLINE + "PT  - Retraction of Publication\nROF - J. 2000;1:2. PMID: 9\n", ("retracts pmid:9",)),
        ("a.nbib", MEDLINE + "EIN - J. 2002;1:2. doi: 10.1000/E.\n", ("corrected doi:10.1000/e",)),
        ("a.nbib", MEDLINE + "ECI - J. 2002;1:2. PMID: 9\n", ("concern pmid:9",)),
        ("a.nbib", MEDLINE + "CIN - J. 2002;1:2. PMID: 9\n", ()),
        ("a.xml", PUBMED.format("", COMMENT.format("RetractionIn")), ("retracted pmid:9",)),
        ("a.xml", PUBMED.format("", COMMENT.format("ErratumFor")), ("corrects pmid:9",)),
        ("a.xml", PUBMED.format("", COMMENT.format("CommentIn")), ()),
        ("a.xml", PUBMED.format("<PublicationTypeList><PublicationType>Retracted Publication</PublicationType>"
                                "</PublicationTypeList>", ""), ("retracted",)),
        ("a.ris", "TY  - JOUR\nTI  - A\nM3  - Retracted\nER  - \n", ("retracted",)),
        ("a.ris", "TY  - JOUR\nTI  - A\nN1  - Retracted. See 12 (3), 4.\nER  - \n", ("retracted",)),
        ("a.ris", "TY  - JOUR\nTI  - A\nN1  - Cites a retracted paper\nER  - \n", ()),
        ("a.ciw", "FN Clarivate\nVR 1.0\nPT J\nTI A\nDT Article; Retracted Publication\nER\n\nEF\n", ("retracted",)),
        ("a.csv", "Title,Year,Document Type\nA,2001,Retracted\n", ("retracted",)),
        ("a.csv", "Title,Year,Document Type\nA,2001,Erratum\n", ("corrects",)),
        ("a.csv", "title,year,is_retracted\nA,2001,True\n", ("retracted",)),
        ("a.csv", "title,year,is_retracted\nA,2001,False\n", ()),
        ("a.bib", "@article{a, title={A}, note={Retracted}}", ("retracted",)),
        ("a.json", json.dumps({"id": "https://openalex.org/W1", "title": "A", "authorships": [], "ids": {},
                               "is_retracted": True}), ("retracted",)),
        ("a.json", json.dumps({"DOI": "10.1000/n", "title": ["A"], "type": "journal-article", "update-to": [
            {"DOI": "10.1000/X", "type": "retraction", "label": "Retraction"}]}), ("retracts doi:10.1000/x",)),
        ("a.json", json.dumps({"DOI": "10.1000/x", "title": ["A"], "type": "journal-article", "updated-by": [
            {"DOI": "10.1000/N", "type": "expression_of_concern"}]}), ("concern doi:10.1000/n",)),
    ],
)  # fmt: skip
def test_what_files_say(write: Write, name: str, text: str, notices: tuple[str, ...]) -> None:
    assert only(write(name, text)).notices == notices


@pytest.mark.slow
def test_forty_planted_of_a_thousand_by_id_alone(tmp_path: Path) -> None:
    ided = [of(i, doi=f"10.1000/m.{i}", pmid=str(20_000_000 + i)) for i in range(1040)]
    library = opened(tmp_path)
    library.add(ided)
    planted = [
        {
            "RetractionNature": "Retraction", "OriginalPaperDOI": f"10.1000/M.{i}", "RetractionDate": "1/2/2015 0:00",
            "RetractionDOI": f"10.1000/notice.{i}", "Reason": "+Error in Data;+Plagiarism;",
        }
        for i in range(20)
    ] + [
        {
            "RetractionNature": "Retraction", "OriginalPaperPubMedID": str(20_000_000 + i),
            "OriginalPaperDOI": "unavailable",
        }
        for i in range(20, 40)
    ]  # fmt: skip
    others = [
        {
            "RetractionNature": "Retraction", "Title": ided[i].title, "OriginalPaperDOI": "Unavailable",
            "OriginalPaperPubMedID": "0",
        }
        for i in range(40, 1040)
    ]  # fmt: skip
    library.notices.read(table(tmp_path / "rw.csv", *planted, *others))
    assert ids(library, "retracted") == {f"p{i}" for i in range(40)}
    paper = library.snapshot.paper("p3")
    assert paper.status == "Retracted" and paper.notices == ("retracted doi:10.1000/notice.3",)
    assert paper.links["Retracted: the notice"] == "https://doi.org/10.1000/notice.3"
    first = library.notices.all()[0]
    assert (first.state, first.date, first.reason) == ("retracted", "2015-01-02", "Error in Data; Plagiarism")
    assert library.search(ided[3].title, 1)[0].paper.status == "Retracted"


def test_retraction_concern_correction_and_reinstatement_are_told_apart(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.add([of(i, doi=f"10.1000/m.{i}") for i in range(6)])
    natures = ["Retraction", "Expression of concern", "Correction", "Retraction"]
    rows = [{"RetractionNature": nature, "OriginalPaperDOI": f"10.1000/m.{i}", "RetractionDate": "3/1/2010 0:00",
             "RetractionDOI": "10.1000/m.5" if i == 0 else ""} for i, nature in enumerate(natures)]  # fmt: skip
    back = {"RetractionNature": "Reinstatement", "OriginalPaperDOI": "10.1000/m.3", "RetractionDate": "4/1/2011 0:00"}
    library.notices.read(table(tmp_path / "rw.csv", *rows, back))
    assert [ids(library, state) for state in ("retracted", "concern", "corrected")] == [{"p0"}, {"p1"}, {"p2"}]
    assert ids(library, "notice") == {"p5"}, "the notice is linked with its paper, not merged"
    assert library.snapshot.paper("p5").notices == ("retracts doi:10.1000/m.0",)
    library.notices.read(table(tmp_path / "rw2.csv", rows[1]))
    assert ids(library, "retracted") == set(), "a table replaces the one before"


def test_a_table_stays_for_papers_that_come_later_and_is_no_word_of_the_files(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.add([of(0)])
    library.notices.read(
        table(tmp_path / "rw.csv", {"RetractionNature": "Retraction", "OriginalPaperDOI": "10.1000/x"})
    )
    library.add([of(1, doi="10.1000/x")], [of(1, doi="10.1000/x", keywords="moss")])
    assert ids(library, "retracted") == {"p1"}
    assert all(record.paper.notices == () for record in library.records.of(["p1"])[0])


def test_the_command_and_the_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(tmp_path) as library:
        library.add([of(0, title="RETRACTED: Mosses of the moon", doi="10.1000/a"), *[of(i) for i in range(1, 9)]])
        missing = library.drafts.missing("We count mosses of valleys near rivers. " * 8, ["10.1000/a"], sentences=False)
        assert missing.warnings == ["your draft cites a retracted paper: RETRACTED: Mosses of the moon [p0]"]
    folder = ["--library", str(tmp_path / "library")]
    assert main(["retractions", *folder]) == 0
    assert "Retracted (1):\n  p0  RETRACTED: Mosses of the moon" in capsys.readouterr().out
    assert main(["retractions", *folder, "--json"]) == 0
    [entry] = json.loads(capsys.readouterr().out)
    assert (entry["state"], entry["paper"]["id"]) == ("retracted", "p0")
    assert main(["retractions", str(tmp_path / "library" / "library.sqlite"), *folder]) != 0


def test_another_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Title,DOI\nA,10.1000/x\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"no table of Retraction Watch.*RetractionNature.*Crossref"):
        opened(tmp_path).notices.read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("note", "notices"),
    [
        ("Retraction of: 10.1000/peat.9", ["retracts doi:10.1000/peat.9"]),
        ("Erratum in: J Moss. 2020;1:2. doi: 10.1000/Y. PMID: 1", ["corrected doi:10.1000/y"]),
        ("Expression of concern for https://doi.org/10.1000/z", ["doubts doi:10.1000/z"]),
        ("Retraction in: J. Moss 2020", ["retracted"]),
        ("Correction of errors in the tables of 10.1000/x", []),
        ("corrected proof, 10.1000/x", []),
    ],
)
def test_a_note_points_at_the_other_end_by_its_doi(note: str, notices: list[str]) -> None:
    assert of_notes([note]) == notices


def test_a_notice_and_its_paper_are_linked_by_ids_and_not_merged(tmp_path: Path, write: Write) -> None:
    file = write(
        "refs.ris",
        "TY  - JOUR\nTI  - Retraction: Peat and the sea\nAU  - Hill, Ann\nPY  - 2020\nDO  - 10.1000/peat.9r\n"
        "N1  - Retraction of: 10.1000/peat.9\nER  - \n\n"
        "TY  - JOUR\nTI  - Peat and the sea\nAU  - Hill, Ann\nPY  - 2020\nDO  - 10.1000/peat.9\nER  - \n\n"
        "TY  - JOUR\nTI  - Erratum: Moss\nAU  - Hill, Ann\nPY  - 2020\nDO  - 10.1000/moss.e\nER  - \n\n"
        "TY  - JOUR\nTI  - Moss\nAU  - Hill, Ann\nPY  - 2020\nDO  - 10.1000/moss\n"
        "N1  - Erratum in: J Moss. 2020. doi: 10.1000/moss.e\nER  - \n",
    )
    with opened(tmp_path) as library:
        assert library.add(file).added == 4
        notices = {each.title: each.notices for each in library.snapshot.papers()}
        assert notices == {
            "Retraction: Peat and the sea": ("retracts doi:10.1000/peat.9",),
            "Peat and the sea": ("retracted doi:10.1000/peat.9r",),
            "Erratum: Moss": ("corrects doi:10.1000/moss",),
            "Moss": ("corrected doi:10.1000/moss.e",),
        }
        found = library.search("peat moss", within=Filter(where=Field("is", "retracted")))
        assert [result.paper.title for result in found] == ["Peat and the sea"]
