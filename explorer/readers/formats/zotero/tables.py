"""What the tables of Zotero's database say about each entry, whatever version of Zotero wrote them.

Holds `Entry` and `Library`: which tables there are, how they hang together, what is no paper. Knows nothing of what
fields mean to a paper.
Always true: an entry is gathered from all tables before it is given; damage costs the entries that it hits, each told
by a text in its place; memory holds one batch of entries and the names of collections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.readers.io.sqlite import Damaged, Tables, TooLong
from explorer.text import counted

NEEDED = ("items", "itemData", "itemDataValues", "itemTypes", "fields")
_MEND = "In Zotero choose Settings, Advanced, Check Database Integrity, and read it again"

_BATCH = 200  # entries; their texts are some 500 KB
_FARTHEST = 2**40  # entries are numbered from 1 on
_DEEPEST = 50  # collections inside one another; people use five, a ring of parents has no end
_NO_PAPERS = {"attachment": "attached file", "note": "note", "annotation": "annotation"}
_REMARKS = {
    "alone": (
        "attached file", "",
        "without the entry of a paper. In Zotero choose Create Parent Item for what is a paper",
    ),
    "trash": ("entry", "entries", "in the trash of Zotero left out. Restore there what you want read"),
    "feed": ("entry", "entries", "of news feeds left out. Add what you want to your library in Zotero"),
}  # fmt: skip
_BASES = frozenset(("title", "date", "publicationtitle"))


@dataclass(slots=True)
class Entry:
    """What the tables say about one entry, gathered table by table."""

    number: int
    kind: str
    key: str
    library: int
    fields: dict[str, str] = field(default_factory=dict)
    creators: list[tuple[str, str, str]] = field(default_factory=list)  # role, family name, given name
    tags: list[str] = field(default_factory=list)
    folders: list[object] = field(default_factory=list)
    left_out: str = ""  # why it is none of the papers, if so
    fault: str = ""  # why it could not be read, if so


class Library:
    """The entries of a database, whatever version of Zotero wrote it."""

    def __init__(self, tables: Tables, wanted: frozenset[str]) -> None:
        self._tables = tables
        self.left_out: Counter[str] = Counter()
        self._broken: list[str] = []  # what could not be read but costs no entry
        self._kinds = self._names("itemTypes", "itemTypeID", "typeName")
        self._fields = self._wanted(wanted)
        self._roles = self._names("creatorTypes", "creatorTypeID", "creatorType")
        libraries = self._small("libraries", "libraryID", "type|libraryType")
        self._feeds = {number for number, kind in libraries if kind == "feed"}
        groups = self._small("groups", "libraryID", "groupID", "name")
        self._groups = {number: (str(group), str(name or "Group")) for number, group, name in groups}
        trashed = {number for (number,) in self._small("deletedCollections", "collectionID")}
        folders = self._small("collections", "collectionID", "collectionName", "parentCollectionID")
        self._folders = {number: (str(name or ""), parent) for number, name, parent in folders if number not in trashed}
        self._questions = self._prepared()

    def _small(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        try:
            return self._tables.whole(table, *columns)
        except Damaged as error:
            self._broken.append(f"{table}: {error}")
            return []

    def _names(self, table: str, number: str, name: str) -> dict[object, str]:
        # The combined table adds what the user defined; Zotero fills it when it starts.
        rows = [row for whole in (table, f"{table}Combined") for row in self._small(whole, number, name)]
        return {row[0]: str(row[1] or "") for row in rows}

    def _wanted(self, wanted: frozenset[str]) -> dict[object, str]:
        """The numbers of the fields a paper is made of, with their names in lower case."""
        names = {number: name.casefold() for number, name in self._names("fields", "fieldID", "fieldName").items()}
        fields = {number: name for number, name in names.items() if name in wanted}
        for table in ("baseFieldMappings", "baseFieldMappingsCombined"):
            for number, base in self._small(table, "fieldID", "baseFieldID"):
                if names.get(base) in _BASES:
                    fields.setdefault(number, names[base])
        return fields

    def _prepared(self) -> dict[str, str]:
        """The questions asked about each batch, for the tables and columns there are; `?` stands for the entries."""
        column, has = self._tables.column, self._tables.has
        old = has("creatorData")  # before Zotero 5
        people = "creatorData" if old else "creators"
        who = [column("itemCreators", "creatorTypeID"), column(people, "firstName"), column(people, "lastName", "name")]
        data = {"creatorData": "creatorDataID"} if old else {}
        questions: dict[str, tuple[str, str, dict[str, str]]] = {  # table, columns, and tables joined with it by what
            "fields": ("itemData", "itemData.fieldID, itemDataValues.value", {"itemDataValues": "valueID"}),
            "creators": ("itemCreators", ", ".join(who), {"creators": "creatorID", **data}),
            "tags": ("itemTags", "tags.name", {"tags": "tagID"}),
            "folders": ("collectionItems", "collectionItems.collectionID", {}),
            "trash": ("deletedItems", "1", {}),
            "feed": ("feedItems", "1", {}),
        }
        order = {"creators": f", {column('itemCreators', 'orderIndex')}"}
        return {
            name: f"SELECT {table}.itemID, {columns} FROM {table} "
            + " ".join(f"JOIN {joined} USING ({key})" for joined, key in joins.items())
            + f" WHERE {table}.itemID IN (?) ORDER BY {table}.itemID{order.get(name, '')}"
            for name, (table, columns, joins) in questions.items()
            if all(map(has, (table, *joins)))
        }

    def entries(self) -> Iterator[Entry | str]:
        """The entries that may be papers, in the order they were added; a text for those that cannot be read."""
        for rows in self._rows():
            if isinstance(rows, str):
                yield rows
                continue
            entries = [
                Entry(number, self._kinds.get(kind, ""), str(key or number), library)
                for number, kind, key, library in rows
            ]
            self._count_attached([entry.number for entry in entries if entry.kind == "attachment"])
            self.left_out.update(entry.kind for entry in entries if entry.kind in _NO_PAPERS)
            yield from self._filled([entry for entry in entries if entry.kind not in _NO_PAPERS])

    def _rows(self) -> Iterator[list[tuple[Any, ...]] | str]:
        """The table of entries in batches; where it is damaged, what lies between the last and the next sound one."""
        last, begun = 0, False
        while True:
            rows, fault = self._after(last, _BATCH)
            if rows:
                begun, last = True, rows[-1][0]
                yield rows
            elif not fault:
                return
            else:
                sound = self._beyond(last)
                if not sound and not begun:
                    raise Damaged(fault)
                end = f" up to {sound:,}" if sound else ""
                yield f"entries after number {last:,}{end} could not be read: {fault}. {_MEND}"
                if not sound:
                    return
                last = sound

    def _after(self, last: int, size: int) -> tuple[list[tuple[Any, ...]], str]:
        column = self._tables.column
        rows, fault = self._tables.begin(
            f"SELECT itemID, itemTypeID, {column('items', 'key')}, {column('items', 'libraryID')} FROM items "
            f"WHERE itemID > ? ORDER BY itemID LIMIT {size}",
            (last,),
        )
        for place, row in enumerate(rows):
            if not isinstance(row[0], int) or row[0] <= last:
                return rows[:place], "the numbers of entries are in disorder"
            last = row[0]
        return rows, fault

    def _beyond(self, last: int) -> int:
        """The number after `last` from which on entries can be read again; 0 if none can."""
        step = 1
        while not self._after(last + step, 1)[0]:
            step *= 2
            if step > _FARTHEST:
                return 0
        low = step // 2
        while step - low > 1:
            middle = (low + step) // 2
            low, step = (low, middle) if self._after(last + middle, 1)[0] else (middle, step)
        return last + step

    def _filled(self, entries: list[Entry]) -> Iterator[Entry | str]:
        try:
            self._fill(entries)
        except Damaged:
            # One by one, so that damage costs only those entries that it hits.
            for entry in entries:
                try:
                    self._fill([entry])
                except Damaged as error:
                    mend = "" if isinstance(error, TooLong) else f". {_MEND}"
                    entry.fault = f"the Zotero entry {entry.key} could not be read: {error}{mend}"
        for entry in entries:
            if entry.left_out:
                self.left_out[entry.left_out] += 1
            else:
                yield entry.fault or entry

    def _fill(self, entries: list[Entry]) -> None:
        answers = {name: self._ask(question, [e.number for e in entries]) for name, question in self._questions.items()}
        entry_of = {entry.number: entry for entry in entries}
        for number, name, value in answers.get("fields", ()):
            if name in self._fields and value is not None:
                entry_of[number].fields.setdefault(self._fields[name], str(value))
        for number, role, given, family in answers.get("creators", ()):
            entry_of[number].creators.append((self._roles.get(role, ""), str(family or ""), str(given or "")))
        for number, tag in answers.get("tags", ()):
            entry_of[number].tags.append(str(tag or ""))
        for number, folder in answers.get("folders", ()):
            entry_of[number].folders.append(folder)
        for name in ("trash", "feed"):
            for number, _ in answers.get(name, ()):
                entry_of[number].left_out = name
        for entry in entries:
            if entry.library in self._feeds:
                entry.left_out = "feed"

    def _ask(self, question: str, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        rows = self._tables.rows(question.replace("(?)", f"({', '.join('?' * len(numbers))})"), numbers)
        if others := {row[0] for row in rows}.difference(numbers):  # a damaged index leads elsewhere
            raise Damaged(f"an index is damaged, it leads to entry {min(others, key=str)}")
        return rows

    def _count_attached(self, numbers: list[int]) -> None:
        parent = self._tables.column("itemAttachments", "parentItemID", "sourceItemID")
        if numbers and parent != "NULL":
            try:
                question = f"SELECT itemID FROM itemAttachments WHERE itemID IN (?) AND {parent} IS NULL"
                self.left_out["alone"] += len(self._ask(question, numbers))
            except Damaged as error:
                self._broken.append(f"itemAttachments: {error}")

    def key(self, entry: Entry) -> str:
        """Zotero's key of an entry; in a library of a group after the number of the group, to tell copies apart."""
        group = self._groups.get(entry.library)
        return f"{group[0]}_{entry.key}" if group else entry.key

    def folders(self, entry: Entry) -> list[str]:
        """The paths of the collections an entry lies in; those of a group begin with its name."""
        root = self._groups[entry.library][1] if entry.library in self._groups else ""
        paths = sorted(path for folder in entry.folders if (path := self._path(folder)))
        return [f"{root}/{path}" for path in paths] if root and paths else paths or [root]

    def _path(self, folder: object) -> str:
        names: list[str] = []
        while folder is not None and len(names) < _DEEPEST:
            if folder not in self._folders:
                return ""  # in the trash, or below one that is
            name, folder = self._folders[folder]
            names.append(name)
        return "/".join(reversed(names))

    def remarks(self) -> Iterator[str]:
        """What is worth telling about the library and costs no paper."""
        count = self.left_out
        named = [counted(count[kind], name) for kind, name in _NO_PAPERS.items() if count[kind]]
        if named:
            yield f"{' and '.join(', '.join(named).rsplit(', ', 1))} left out: not papers"
        for kind, (noun, plural, remark) in _REMARKS.items():
            if count[kind]:
                yield f"{counted(count[kind], noun, plural)} {remark}"
        for broken in dict.fromkeys(self._broken):
            yield f"the database is damaged, collections or other details may be missing ({broken}). {_MEND}"
        if damage := self._tables.damage(*NEEDED, "itemCreators", "creators"):
            yield f"the database is damaged, and papers or fields may be missing ({damage}). {_MEND}"
