"""Zotero's data folder: what its tables say becomes papers."""

from __future__ import annotations

import pytest

from explorer.paper import Paper
from explorer.readers import UnreadableFile, read, recognise
from support.files import lost, papers, remarks
from support.zotero import ATTENTION, Zotero

# ---------------------------------------------------------------------------------------------------------- mapping


def test_an_article_with_everything(zotero: Zotero) -> None:
    zotero.add(
        "journalArticle",
        {
            "title": "Antibiotic resistance of <i>E. coli</i> in rivers",
            "abstractNote": "Background: Rivers carry resistance genes.",
            "date": "2019-03-00 March 2019",
            "publicationTitle": "Water Research",
            "DOI": "10.1016/J.WATRES.2019.01.001",
            "url": "https://linkinghub.elsevier.com/retrieve/pii/S0043135419300001",
            "extra": "Citation Key: muller2019\nPMID: 30669091\nPMCID: PMC6419123\nOpenAlex: W2910000001",
            "accessDate": "2024-05-06 07:08:09",
        },
        (("author", "Müller", "Jürgen"), ("editor", "Smith", "Ann"), ("author", "O’Neil", "K. A.")),
        key="Q3WDSYN6",
        tags=("rivers", "Drug Resistance, Microbial"),
        collections=(zotero.collection("Reading"),),
    )
    assert recognise(zotero.path) == "zotero"
    (paper,) = papers(zotero.path)
    assert paper.title == "Antibiotic resistance of E. coli in rivers"
    assert paper.abstract == "Background: Rivers carry resistance genes."
    assert paper.authors == ("Müller, Jürgen", "O’Neil, K. A.")
    assert (paper.year, paper.venue) == (2019, "Water Research")
    assert (paper.doi, paper.pmid, paper.pmcid) == ("10.1016/j.watres.2019.01.001", "30669091", "PMC6419123")
    assert (paper.openalex, paper.arxiv) == ("W2910000001", "")
    assert paper.url == "https://linkinghub.elsevier.com/retrieve/pii/S0043135419300001"
    assert paper.keywords == ("rivers", "Drug Resistance, Microbial")
    assert paper.collections == ("Reading",)
    assert (paper.sources[0].key, paper.sources[0].record, paper.sources[0].file) == ("Q3WDSYN6", 1, "zotero.sqlite")


@pytest.mark.parametrize(
    ("kind", "fields", "venue"),
    [
        ("conferencePaper", {"proceedingsTitle": "Proc. of ICML", "conferenceName": "ICML 2019"}, "Proc. of ICML"),
        ("conferencePaper", {"conferenceName": "ICML 2019"}, "ICML 2019"),
        ("bookSection", {"bookTitle": "Handbook of Search", "publisher": "Springer"}, "Handbook of Search"),
        ("thesis", {"university": "ETH Zürich"}, "ETH Zürich"),
        ("preprint", {"repository": "bioRxiv"}, "bioRxiv"),
        ("report", {"institution": "NASA"}, "NASA"),
        ("presentation", {"meetingName": "FOSDEM"}, "FOSDEM"),
        ("webpage", {"websiteTitle": "Distill"}, "Distill"),
    ],
)  # fmt: skip
def test_where_each_type_keeps_its_venue(zotero: Zotero, kind: str, fields: dict[str, object], venue: str) -> None:
    zotero.add(kind, {"title": "A title", **fields})
    assert [paper.venue for paper in papers(zotero.path)] == [venue]


@pytest.mark.parametrize(
    ("kind", "fields", "title", "year"),
    [
        ("case", {"caseName": "Roe v. Wade", "dateDecided": "1973-01-22 1973"}, "Roe v. Wade", 1973),
        ("email", {"subject": "Proof of the lemma", "date": "2001-00-00 2001"}, "Proof of the lemma", 2001),
        ("statute", {"nameOfAct": "Bayh–Dole Act", "dateEnacted": "1980-12-12 1980"}, "Bayh–Dole Act", 1980),
        ("patent", {"title": "Mouse", "issueDate": "1970-11-17 1970-11-17"}, "Mouse", 1970),
        ("journalArticle", {"title": "Forthcoming", "date": "0000-00-00 in press"}, "Forthcoming", None),
        ("journalArticle", {"title": "A number as year", "date": 1998}, "A number as year", 1998),
    ],
)  # fmt: skip
def test_titles_and_dates_under_other_names(
    zotero: Zotero, kind: str, fields: dict[str, object], title: str, year: int | None
) -> None:
    zotero.add(kind, fields)
    assert [(paper.title, paper.year) for paper in papers(zotero.path)] == [(title, year)]


def test_a_field_the_user_defined_counts_as_what_it_stands_for(zotero: Zotero) -> None:
    zotero.tables.execute("INSERT INTO fieldsCombined VALUES (10001, 'datasetName', 'Name', NULL, 1)")
    zotero.tables.execute("INSERT INTO baseFieldMappingsCombined VALUES (31, 1, 10001)")
    number = zotero.add("preprint", {})
    zotero.tables.execute("INSERT INTO itemDataValues VALUES (900, 'ImageNet')")
    zotero.tables.execute("INSERT INTO itemData VALUES (?, 10001, 900)", (number,))
    assert [paper.title for paper in papers(zotero.path)] == ["ImageNet"]


def test_who_counts_as_author(zotero: Zotero) -> None:
    zotero.add("book", {"title": "Edited"}, (("editor", "Ito", "Kei"), ("translator", "Berg", "Ann")))
    zotero.add("patent", {"title": "Patent"}, (("inventor", "Engelbart", "Douglas C."),))
    zotero.add("presentation", {"title": "Talk"}, (("contributor", "Berg", "Ann"), ("presenter", "Kay", "Alan")))
    zotero.add("report", {"title": "Report"}, (("author", "World Health Organization", ""),))
    zotero.add("report", {"title": "Both"}, (("editor", "Ito", "Kei"), ("author", "Berg", "Ann")))
    zotero.add("book", {"title": "Translated"}, (("translator", "Berg", "Ann"),))
    assert [paper.authors for paper in papers(zotero.path)] == [
        ("Ito, Kei",),
        ("Engelbart, Douglas C.",),
        ("Kay, Alan",),
        ("World Health Organization",),
        ("Berg, Ann",),
        (),
    ]


def test_authors_come_in_their_order_not_that_of_the_table(zotero: Zotero) -> None:
    names = [("author", f"Name{letter}", "X.") for letter in "QWERTYUIOPASDFGH"]
    zotero.add("book", {"title": "First"}, tuple(names))
    zotero.add("book", {"title": "Reversed"}, tuple(reversed(names)))
    first, second = papers(zotero.path)
    assert first.authors == tuple(f"{family}, X." for _, family, _ in names)
    assert second.authors == tuple(reversed(first.authors))


@pytest.mark.parametrize(
    ("fields", "doi", "arxiv", "pmid"),
    [
        (ATTENTION, "", "1706.03762", ""),
        ({"title": "T", "extra": "arXiv: 1706.03762v5 [cs]\nDOI: 10.5555/1"}, "10.5555/1", "1706.03762", ""),
        ({"title": "T", "publicationTitle": "arXiv:hep-th/9901001"}, "", "hep-th/9901001", ""),
        ({"title": "T", "archive": "arXiv", "archiveLocation": "1412.6980"}, "", "1412.6980", ""),
        ({"title": "T", "url": "https://doi.org/10.1145/3292500.3330701"}, "10.1145/3292500.3330701", "", ""),
        ({"title": "T", "DOI": "none", "extra": "Some words\ndoi = 10.5555/12345678."}, "10.5555/12345678", "", ""),
        ({"title": "T", "url": "https://www.ncbi.nlm.nih.gov/pubmed/23193287"}, "", "", "23193287"),
        ({"title": "T", "extra": "PMID: 23193287 PMCID: PMC3531190"}, "", "", "23193287"),
        ({"title": "T", "extra": "My PMID: is missing"}, "", "", ""),
    ],
)  # fmt: skip
def test_ids_from_wherever_they_are(zotero: Zotero, fields: dict[str, object], doi: str, arxiv: str, pmid: str) -> None:
    zotero.add("preprint", fields)
    assert [(paper.doi, paper.arxiv, paper.pmid) for paper in papers(zotero.path)] == [(doi, arxiv, pmid)]


def test_collections_are_paths(zotero: Zotero) -> None:
    thesis = zotero.collection("Thesis")
    chapter = zotero.collection("Chapter 2", thesis)
    deep = zotero.collection("Métodos", chapter)
    gone = zotero.collection("Old")
    below = zotero.collection("Below", gone)
    ring = zotero.collection("Ring")
    zotero.tables.execute("UPDATE collections SET parentCollectionID = ? WHERE collectionID = ?", (ring, ring))
    zotero.tables.execute("INSERT INTO deletedCollections (collectionID) VALUES (?)", (gone,))
    zotero.add("book", {"title": "In three"}, collections=(deep, thesis, chapter))
    zotero.add("book", {"title": "In the trash"}, collections=(gone, below))
    zotero.add("book", {"title": "In none"})
    zotero.add("book", {"title": "In a ring"}, collections=(ring,))
    first, *others = papers(zotero.path)
    assert first.collections == ("Thesis", "Thesis/Chapter 2", "Thesis/Chapter 2/Métodos")
    assert [paper.collections for paper in others[:2]] == [(), ()]
    assert others[2].collections[0].startswith("Ring/Ring")


def test_libraries_of_groups_have_their_names_and_keys(zotero: Zotero) -> None:
    zotero.library(2, "group")
    zotero.tables.execute("INSERT INTO groups VALUES (512345, 2, 'Lab Müller', '', 7)")
    folder = zotero.collection("Seminar", library=2)
    zotero.add("book", {"title": "Mine"}, key="AAAA2222")
    zotero.add("book", {"title": "Ours"}, key="AAAA2222", library=2, collections=(folder,))
    zotero.add("book", {"title": "Ours, in no collection"}, key="BBBB3333", library=2)
    assert [(paper.title, paper.id, paper.collections) for paper in papers(zotero.path)] == [
        ("Mine", "AAAA2222", ()),
        ("Ours", "512345_AAAA2222", ("Lab Müller/Seminar",)),
        ("Ours, in no collection", "512345_BBBB3333", ("Lab Müller",)),
    ]


# ----------------------------------------------------------------------------------------- what is not, what is lost


def test_what_is_no_paper_is_told_and_not_counted(zotero: Zotero) -> None:
    zotero.library(3, "feed")
    paper = zotero.add("preprint", ATTENTION)
    child = zotero.add("attachment", {"title": "arXiv Fulltext PDF"})
    zotero.tables.execute("UPDATE itemAttachments SET parentItemID = ? WHERE itemID = ?", (paper, child))
    zotero.add("attachment", {"title": "scan0001.pdf"})
    for _ in range(3):
        zotero.add("note")
    zotero.add("annotation")
    zotero.tables.execute(
        "INSERT INTO deletedItems (itemID) VALUES (?)", (zotero.add("book", {"title": "Thrown away"}),)
    )
    news = zotero.add("book", {"title": "News"}, library=3)
    zotero.tables.execute("INSERT INTO feedItems (itemID, guid) VALUES (?, 'a')", (news,))
    zotero.add("book", {"title": "More news"}, library=3)
    zotero.add("book", {"title": "Last"})
    found = list(read(zotero.path))
    assert [(item.title, item.sources[0].record) for item in found if isinstance(item, Paper)] == [
        ("Attention Is All You Need", 1),
        ("Last", 2),
    ]
    assert remarks(zotero.path) == [
        "2 attached files, 3 notes and 1 annotation left out: not papers",
        "1 attached file without the entry of a paper. In Zotero choose Create Parent Item for what is a paper",
        "1 entry in the trash of Zotero left out. Restore there what you want read",
        "2 entries of news feeds left out. Add what you want to your library in Zotero",
    ]


def test_an_entry_without_title_and_abstract_is_a_problem(zotero: Zotero) -> None:
    zotero.add("webpage", {"url": "https://example.org", "abstractNote": "  "}, key="CCCC4444")
    zotero.add("webpage", {"abstractNote": "A page about search."})
    zotero.add("journalArticle", {"title": "Title only", "abstractNote": "[No abstract available]"})
    (problem,) = lost(zotero.path)
    assert (problem.record, problem.line) == (1, 0)
    assert problem.reason.startswith("the Zotero entry CCCC4444 (webpage) has neither title nor abstract")
    assert [(paper.title, paper.abstract) for paper in papers(zotero.path)] == [
        ("", "A page about search."),
        ("Title only", ""),
    ]


def test_an_empty_library_says_so(zotero: Zotero) -> None:
    with pytest.raises(UnreadableFile, match=r"the Zotero library holds no papers\. Add papers"):
        read(zotero.path)


def test_a_library_of_files_only_says_so(zotero: Zotero) -> None:
    zotero.add("attachment", {"title": "scan0001.pdf"})
    with pytest.raises(UnreadableFile, match=r"holds no papers \(1 attached file left out: not papers\)\. Add papers"):
        read(zotero.path)


def test_a_text_too_long_costs_its_entry_only(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_LIMIT_LINE", "5000")
    zotero.add("book", {"title": "Before"})
    zotero.add("book", {"title": "Long", "abstractNote": "long " * 2**18}, key="LONG2222")
    zotero.add("book", {"title": "After"})
    assert [paper.title for paper in papers(zotero.path)] == ["Before", "After"]
    (problem,) = lost(zotero.path)
    assert problem.record == 2 and problem.reason.startswith(
        "the Zotero entry LONG2222 could not be read: the entry is"
    )
