"""Zotero's data folder: what its tables say becomes papers, and the folder is left as it was."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from explorer.paper import Paper, Problem
from explorer.readers import UnreadableFile, read, recognise
from explorer.readers.formats.zotero import read_database
from explorer.readers.io import snapshot, sqlite
from explorer.readers.io.files import is_zotero
from explorer.readers.io.stream import Stream

SCHEMA = ROOT / "tests" / "data" / "zotero_schema.sql"

# Zotero's own numbers, as its system tables have them.
TYPES = {
    "annotation": 1, "attachment": 3, "book": 7, "bookSection": 8, "case": 10, "conferencePaper": 11, "email": 16,
    "journalArticle": 22, "note": 28, "patent": 29, "preprint": 31, "presentation": 32, "report": 34, "statute": 36,
    "thesis": 37, "webpage": 40,
}  # fmt: skip
FIELDS = {
    "title": 1, "abstractNote": 2, "date": 6, "shortTitle": 8, "archive": 9, "archiveLocation": 10, "url": 13,
    "accessDate": 14, "extra": 16, "publisher": 23, "publicationTitle": 38, "bookTitle": 49, "caseName": 51,
    "dateDecided": 55, "proceedingsTitle": 58, "conferenceName": 59, "DOI": 60, "subject": 69, "institution": 72,
    "issueDate": 84, "repository": 90, "archiveID": 91, "meetingName": 95, "university": 116, "nameOfAct": 110,
    "dateEnacted": 111, "websiteTitle": 118,
}  # fmt: skip
CREATORS = {"author": 8, "contributor": 2, "editor": 10, "translator": 5, "inventor": 20, "presenter": 22}
BASES = [(8, 38, 49), (10, 1, 51), (10, 6, 55), (11, 38, 58), (16, 1, 69), (29, 6, 84), (36, 1, 110), (40, 38, 118)]

ATTENTION = {
    "title": "Attention Is All You Need",
    "abstractNote": "We propose a new simple network architecture, the Transformer.",
    "date": "2017-06-12 2017-06-12",
    "repository": "arXiv",
    "archiveID": "arXiv:1706.03762",
    "url": "http://arxiv.org/abs/1706.03762",
    "extra": "arXiv:1706.03762 [cs]",
    "accessDate": "2023-04-05 10:11:12",
}


class Zotero:
    """A data folder as Zotero makes it, filled entry by entry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "storage" / "ABCD2345").mkdir(parents=True)
        (folder / "storage" / "ABCD2345" / "Vaswani 2017.pdf").write_bytes(b"%PDF-1.5")
        (folder / "better-bibtex.sqlite").write_bytes(b"not to be read")
        self.path = folder / "zotero.sqlite"
        self.tables = sqlite3.connect(self.path, isolation_level=None)
        self.tables.executescript(SCHEMA.read_text())
        self.tables.execute("INSERT INTO version VALUES ('userdata', 123)")
        for table, numbers in (("itemTypes", TYPES), ("fields", FIELDS), ("creatorTypes", CREATORS)):
            columns = "(itemTypeID, typeName)" if table == "itemTypes" else "(fieldID, fieldName)"
            columns = "(creatorTypeID, creatorType)" if table == "creatorTypes" else columns
            self.tables.executemany(
                f"INSERT INTO {table} {columns} VALUES (?, ?)", [(number, name) for name, number in numbers.items()]
            )
        self.tables.execute("INSERT INTO itemTypesCombined SELECT itemTypeID, typeName, 1, 0 FROM itemTypes")
        self.tables.execute("INSERT INTO fieldsCombined SELECT fieldID, fieldName, NULL, NULL, 0 FROM fields")
        self.tables.executemany("INSERT INTO baseFieldMappingsCombined VALUES (?, ?, ?)", BASES)
        self.library(1, "user")

    def add(
        self,
        kind: str,
        fields: dict[str, object] | None = None,
        creators: tuple[tuple[str, str, str], ...] = (),
        *,
        key: str = "",
        tags: tuple[str, ...] = (),
        collections: tuple[int, ...] = (),
        library: int = 1,
    ) -> int:
        """An entry as Zotero stores it; a creator is (role, family name, given name)."""
        run = self.tables.execute
        number = run("SELECT coalesce(max(itemID), 0) + 1 FROM items").fetchone()[0]
        run(
            "INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (?, ?, ?, ?)",
            (number, TYPES[kind], library, key or f"KEY{number:05}"),
        )
        for name, value in (fields or {}).items():
            run("INSERT OR IGNORE INTO itemDataValues (value) VALUES (?)", (value,))
            run(
                "INSERT INTO itemData SELECT ?, ?, valueID FROM itemDataValues WHERE value IS ?",
                (number, FIELDS[name], value),
            )
        for order, (role, family, first) in enumerate(creators):
            person = (first, family, 0 if first else 1)
            run("INSERT OR IGNORE INTO creators (firstName, lastName, fieldMode) VALUES (?, ?, ?)", person)
            run(
                "INSERT INTO itemCreators SELECT ?, creatorID, ?, ? FROM creators "
                "WHERE (firstName, lastName, fieldMode) IS (?, ?, ?)",
                (number, CREATORS[role], order, *person),
            )
        for tag in tags:
            run("INSERT OR IGNORE INTO tags (name) VALUES (?)", (tag,))
            run("INSERT INTO itemTags SELECT ?, tagID, 0 FROM tags WHERE name = ?", (number, tag))
        for collection in collections:
            run("INSERT INTO collectionItems (collectionID, itemID) VALUES (?, ?)", (collection, number))
        if kind == "attachment":
            run("INSERT INTO itemAttachments (itemID, path) VALUES (?, 'storage:Vaswani 2017.pdf')", (number,))
        return number

    def collection(self, name: str, parent: int | None = None, library: int = 1) -> int:
        """A collection; its number."""
        number = self.tables.execute("SELECT coalesce(max(collectionID), 0) + 1 FROM collections").fetchone()[0]
        self.tables.execute(
            "INSERT INTO collections (collectionID, collectionName, parentCollectionID, libraryID, key) "
            "VALUES (?, ?, ?, ?, ?)",
            (number, name, parent, library, f"COL{number:05}"),
        )
        return int(number)

    def library(self, number: int, kind: str) -> None:
        """One more library: of a group or a feed."""
        sql = "INSERT INTO libraries (libraryID, type, editable, filesEditable) VALUES (?, ?, 1, 1)"
        self.tables.execute(sql, (number, kind))

    def state(self) -> dict[str, tuple[int, int, bytes]]:
        """Every file of the folder: size, time of change and content."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.folder)): (path.stat().st_size, path.stat().st_mtime_ns, path.read_bytes())
            for path in files
        }


@pytest.fixture
def zotero(tmp_path: Path) -> Iterator[Zotero]:
    made = Zotero(tmp_path / "Zotero")
    yield made
    made.tables.close()


def papers(path: Path) -> list[Paper]:
    return [found for found in read(path) if isinstance(found, Paper)]


def problems(path: Path) -> list[Problem]:
    return [found for found in read(path) if isinstance(found, Problem) and found.record]


def remarks(path: Path) -> list[str]:
    return [found.reason for found in read(path) if isinstance(found, Problem) and not found.record]


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
    (problem,) = problems(zotero.path)
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
    (problem,) = problems(zotero.path)
    assert problem.record == 2 and problem.reason.startswith(
        "the Zotero entry LONG2222 could not be read: the entry is"
    )


# -------------------------------------------------------------------------------------------------- other versions


@pytest.mark.parametrize("size", [512, 1024, 32768, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_pages_and_letters_of_any_kind(tmp_path: Path, size: int, encoding: str) -> None:
    path = tmp_path / "zotero.sqlite.bak"
    with closing(sqlite3.connect(path)) as tables:
        tables.executescript(f"PRAGMA page_size = {size}; PRAGMA encoding = '{encoding}'; {SCHEMA.read_text()}")
        tables.executescript(
            """
            INSERT INTO itemTypes (itemTypeID, typeName) VALUES (22, 'journalArticle');
            INSERT INTO fields (fieldID, fieldName) VALUES (1, 'title');
            INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (1, 22, 1, 'AAAA2222');
            INSERT INTO itemDataValues VALUES (1, 'Größe 数 𝛼');
            INSERT INTO itemData VALUES (1, 1, 1);
            """
        )
    assert recognise(path) == "zotero"
    assert [paper.title for paper in papers(path)] == ["Größe 数 𝛼"]


def test_zotero_4_kept_names_and_libraries_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "zotero.sqlite"
    with closing(sqlite3.connect(path)) as tables:
        tables.executescript(
            """
            CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT);
            CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
            CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, libraryID INT, key TEXT NOT NULL);
            CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
            CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
            CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, sourceItemID INT, linkMode INT, mimeType TEXT);
            CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
            CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, creatorDataID INT NOT NULL, libraryID INT, key TEXT);
            CREATE TABLE creatorData (creatorDataID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, shortName TEXT,
                                      fieldMode INT, birthYear INT);
            CREATE TABLE itemCreators (itemID INT, creatorID INT, creatorTypeID INT, orderIndex INT DEFAULT 0);
            CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, libraryType TEXT NOT NULL);
            CREATE TABLE groups (groupID INTEGER PRIMARY KEY, libraryID INT NOT NULL UNIQUE, name TEXT NOT NULL);
            CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL, type INT NOT NULL, libraryID INT);
            CREATE TABLE itemTags (itemID INT, tagID INT, PRIMARY KEY (itemID, tagID));
            INSERT INTO itemTypes VALUES (4, 'journalArticle', NULL, 2), (14, 'attachment', NULL, 0);
            INSERT INTO fields VALUES (110, 'title', NULL), (12, 'publicationTitle', NULL);
            INSERT INTO creatorTypes VALUES (1, 'author');
            INSERT INTO libraries VALUES (7, 'group');
            INSERT INTO groups VALUES (99, 7, 'Lab');
            INSERT INTO items VALUES (1, 4, NULL, 'AAAA2222'), (2, 14, NULL, 'BBBB2222'), (3, 4, 7, 'CCCC2222');
            INSERT INTO itemDataValues VALUES (1, 'An old entry'), (2, 'Nature'), (3, 'Another');
            INSERT INTO itemData VALUES (1, 110, 1), (1, 12, 2), (3, 110, 3);
            INSERT INTO itemAttachments VALUES (2, NULL, 1, 'application/pdf');
            INSERT INTO creatorData VALUES (5, 'Rosalind', 'Franklin', '', 0, NULL), (6, '', 'CERN', '', 1, NULL);
            INSERT INTO creators VALUES (1, 6, NULL, 'X'), (2, 5, NULL, 'Y');
            INSERT INTO itemCreators VALUES (1, 1, 1, 1), (1, 2, 1, 0);
            INSERT INTO tags VALUES (1, 'dna', 0, NULL), (2, 'dna', 1, NULL);
            INSERT INTO itemTags VALUES (1, 1), (1, 2);
            """
        )
    first, second = papers(path)
    assert (first.title, first.venue, first.id) == ("An old entry", "Nature", "AAAA2222")
    assert (first.authors, first.keywords) == (("Franklin, Rosalind", "CERN"), ("dna",))
    assert (second.id, second.collections) == ("99_CCCC2222", ("Lab",))
    assert any("1 attached file without the entry" in remark for remark in remarks(path))


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("CREATE TABLE playlist (name)", "not that of Zotero: items is missing, its tables are playlist …"),
        ("CREATE TABLE Documents (id); CREATE TABLE DocumentContributors (id)", "Mendeley Desktop. Export the papers"),
        ("CREATE VIEW items AS SELECT 1 AS itemID; CREATE TABLE itemTypes (a)", "items is missing"),
    ],
)
def test_other_databases_are_named(tmp_path: Path, tables: str, message: str) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(tables)
    with pytest.raises(UnreadableFile, match=message):
        read(path)


def test_a_view_that_computes_without_end_is_not_asked(zotero: Zotero) -> None:
    zotero.add("book", {"title": "T"}, tags=("a",))
    zotero.tables.executescript(
        "DROP TABLE tags; CREATE VIEW tags AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS tagID, 'x' AS name FROM n;"
    )
    began = time.monotonic()
    assert [(paper.title, paper.keywords) for paper in papers(zotero.path)] == [("T", ())]
    assert time.monotonic() - began < 5


def test_a_question_without_end_is_broken_off(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "DEADLINE", 0.2)
    tables = sqlite.Tables(zotero.path)
    with closing(tables), pytest.raises(sqlite.Damaged, match="reading it takes too long"):
        tables.rows("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")


# --------------------------------------------------------------------------------------------------- left as it was


def test_the_folder_is_left_as_it_was(zotero: Zotero) -> None:
    zotero.add("preprint", ATTENTION)
    zotero.tables.close()
    before = zotero.state()
    assert is_zotero(zotero.folder) and not is_zotero(zotero.path)
    assert not is_zotero(zotero.folder / "storage")
    assert len(papers(zotero.path)) == 1
    assert zotero.state() == before


HOLD = """
import sqlite3, sys
tables = sqlite3.connect(sys.argv[1], isolation_level=None)
tables.execute("PRAGMA locking_mode = EXCLUSIVE")
tables.execute("PRAGMA journal_mode = " + sys.argv[2])
tables.execute("PRAGMA cache_size = 10")  # so that half of what is not committed is already in the file
tables.execute("PRAGMA wal_autocheckpoint = 0")
tables.execute("INSERT INTO itemDataValues VALUES (5000, 'Committed while Zotero runs')")
tables.execute("INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (5000, 7, 1, 'LATE2222')")
tables.execute("INSERT INTO itemData VALUES (5000, 1, 5000)")
tables.execute("BEGIN EXCLUSIVE")
tables.execute("UPDATE itemDataValues SET value = value || ' (never saved)'")
for number in range(6000, 9000):
    tables.execute("INSERT INTO itemDataValues VALUES (?, ?)", (number, f"Never saved {number} " + "x" * 500))
    tables.execute("INSERT INTO items (itemID, itemTypeID, libraryID, key) VALUES (?, 7, 1, ?)", (number, f"N{number}"))
    tables.execute("INSERT INTO itemData VALUES (?, 1, ?)", (number, number))
tables.execute("DELETE FROM itemCreators")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("journal", ["delete", "truncate", "persist", "wal"])
def test_what_zotero_has_not_saved_yet_is_not_read(zotero: Zotero, journal: str) -> None:
    for number in range(300):
        fields = {"title": f"Title {number}", "abstractNote": f"About {number} " * 40}
        zotero.add("book", fields, (("author", "Berg", "A."),))
    zotero.tables.close()
    command = [sys.executable, "-c", HOLD, str(zotero.path), journal]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        with (
            closing(sqlite3.connect(f"file:{zotero.path}?mode=ro", uri=True, timeout=0)) as locked,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            locked.execute("SELECT * FROM items").fetchall()
        before = zotero.state()
        found = papers(zotero.path)
        assert zotero.state() == before
        process.communicate()
    assert any(name.endswith(("-journal", "-wal")) for name in before)
    assert [paper.title for paper in found] == [f"Title {n}" for n in range(300)] + ["Committed while Zotero runs"]
    assert {paper.authors for paper in found[:300]} == {("Berg, A.",)}
    assert not remarks(zotero.path)


def test_a_copy_made_between_two_writes_is_thrown_away(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    zotero.add("book", {"title": "Old title"})
    zotero.tables.close()
    copies = []
    copy = snapshot._copy

    def disturbed(source: Path, target: Path, must: bool) -> None:
        copy(source, target, must)
        copies.append(source)
        if len(copies) == 1:
            with closing(sqlite3.connect(source)) as tables, tables:
                tables.execute("UPDATE itemDataValues SET value = 'New title'")

    monkeypatch.setattr(snapshot, "_copy", disturbed)
    assert [item.title for item in read_database(Stream(zotero.path)) if isinstance(item, Paper)] == ["New title"]
    assert len(copies) == 6


def test_a_database_that_never_rests_says_so(zotero: Zotero, monkeypatch: pytest.MonkeyPatch) -> None:
    zotero.add("book", {"title": "T"})
    monkeypatch.setattr(snapshot, "PATIENCE", 0.2)
    monkeypatch.setattr(snapshot, "_just_written", lambda state: True)
    with pytest.raises(UnreadableFile, match=r"is being written to without a pause\. Close the program"):
        read(zotero.path)


def test_the_locked_bytes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_LOCKED", 2**12)
    monkeypatch.setattr(snapshot, "_BLOCK", 1000)
    whole = bytes(range(1, 251)) * 40
    (tmp_path / "a").write_bytes(whole)
    snapshot._copy(tmp_path / "a", tmp_path / "b", must=True)
    assert (tmp_path / "b").read_bytes() == whole[:4096] + bytes(512) + whole[4608:]


def test_a_packed_database_is_unpacked(zotero: Zotero) -> None:
    zotero.add("preprint", ATTENTION)
    zotero.tables.close()
    packed = zotero.folder.parent / "zotero.sqlite.gz"
    packed.write_bytes(gzip.compress(zotero.path.read_bytes()))
    assert [paper.title for paper in papers(packed)] == ["Attention Is All You Need"]


# ------------------------------------------------------------------------------------------------------- damage


def fill(zotero: Zotero, count: int) -> bytes:
    zotero.tables.execute("BEGIN")
    for number in range(count):
        zotero.add(
            "journalArticle",
            {"title": f"Title {number}", "abstractNote": f"Words about {number}. " * 30},
            (("author", f"Family{number % 50}", "A."),),
            tags=(f"tag{number % 7}",),
        )
    zotero.tables.execute("COMMIT")
    zotero.tables.close()
    return zotero.path.read_bytes()


def pages_of(path: Path, table: str) -> list[int]:
    """Where in the file the leaves of a table lie."""
    with closing(sqlite3.connect(path)) as tables:
        size = tables.execute("PRAGMA page_size").fetchone()[0]
        root = tables.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    content = path.read_bytes()
    start = (root - 1) * size
    assert content[start] == 5  # an inner page of a table
    cells = int.from_bytes(content[start + 3 : start + 5])
    at = [int.from_bytes(content[start + 12 + 2 * n : start + 14 + 2 * n]) for n in range(cells)]
    return [(int.from_bytes(content[start + place : start + place + 4]) - 1) * size for place in at]


def test_a_lost_page_of_entries_costs_those_entries(zotero: Zotero) -> None:
    content = bytearray(fill(zotero, 1000))
    leaf = pages_of(zotero.path, "items")[2]
    content[leaf : leaf + 4096] = b"\xff" * 4096
    zotero.path.write_bytes(content)
    found = papers(zotero.path)
    titles = {int(paper.title.removeprefix("Title ")) for paper in found}
    missing = sorted(set(range(1000)) - titles)
    assert 10 < len(missing) < 150 and missing == list(range(missing[0], missing[-1] + 1))
    (problem,) = problems(zotero.path)
    assert problem.record == missing[0] + 1
    assert problem.reason.startswith(f"entries after number {missing[0]} up to {missing[-1] + 1} could not be read")
    assert any(
        remark.startswith("the database is damaged, and papers or fields may be") for remark in remarks(zotero.path)
    )


def test_a_lost_page_of_texts_costs_the_entries_it_belongs_to(zotero: Zotero) -> None:
    content = bytearray(fill(zotero, 1000))
    leaf = pages_of(zotero.path, "itemDataValues")[40]
    content[leaf : leaf + 4096] = b"\xff" * 4096
    zotero.path.write_bytes(content)
    lost = problems(zotero.path)
    assert 1 <= len(lost) < 30
    assert len(papers(zotero.path)) == 1000 - len(lost)
    assert all("could not be read: database disk image is malformed" in problem.reason for problem in lost)


@pytest.mark.parametrize("keep", [16, 100, 500, 4096, 5000, 40_000])
def test_a_file_cut_short_is_a_plain_message(zotero: Zotero, keep: int) -> None:
    zotero.path.write_bytes(fill(zotero, 300)[:keep])
    with pytest.raises(
        UnreadableFile, match=r"zotero.sqlite: is damaged and cannot be read \(.+\). Read zotero.sqlite.bak"
    ):
        list(read(zotero.path))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Zotero(tmp_path_factory.mktemp("sound") / "Zotero")
    fill(made, 120)
    return made.path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(16, 2**18), st.binary(min_size=1, max_size=300)), min_size=1, max_size=6),
    keep=st.one_of(st.none(), st.integers(16, 2**18)),
)
def test_no_damage_makes_it_raise(
    sound: Path, tmp_path: Path, changes: list[tuple[int, bytes]], keep: int | None
) -> None:
    content = bytearray(sound.read_bytes())
    for place, new in changes:
        place = 16 + place % (len(content) - 400)
        content[place : place + len(new)] = new
    path = tmp_path / "zotero.sqlite"
    path.write_bytes(bytes(content[:keep]))
    records = []
    try:
        for item in read(path):
            assert isinstance(item, (Paper, Problem))
            number = item.record if isinstance(item, Problem) else item.sources[0].record
            records += [number] if number else []
    except UnreadableFile as error:
        assert str(error).startswith("zotero.sqlite: ")
    assert records == list(range(1, len(records) + 1))
