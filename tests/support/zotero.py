"""A data folder of Zotero, made as Zotero makes it. No test stands here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from conftest import ROOT

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
