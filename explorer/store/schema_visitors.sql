-- The tables of a visitor's file, version 1; {at} is empty or names a schema. They are those of the library under the
-- same names, with the same checksums, but `paper` of marks and notes is an id. `anchors` are the records of the papers
-- that are marked: the number of each, and when the import began that it came with. By these a paper is recognised
-- that has become part of another.
CREATE TABLE {at}marks (
    kind TEXT NOT NULL, name TEXT NOT NULL, paper TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(kind, name, paper)) STORED,
    PRIMARY KEY (kind, name, paper)
) WITHOUT ROWID;
CREATE INDEX {at}marks_by_paper ON marks (paper);
CREATE TABLE {at}notes (
    paper TEXT PRIMARY KEY, note TEXT NOT NULL, changed TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(paper, note, changed)) STORED
) WITHOUT ROWID;
CREATE TABLE {at}saved (
    name TEXT PRIMARY KEY, question TEXT NOT NULL, liked TEXT NOT NULL, unliked TEXT NOT NULL, filter TEXT NOT NULL,
    looked TEXT NOT NULL, paper INTEGER NOT NULL, record INTEGER NOT NULL,
    encoder TEXT, revision TEXT, vector BLOB, language INTEGER, tree TEXT,
    checksum INTEGER NOT NULL AS (checksum(
        name, question, liked, unliked, filter, looked, paper, record, encoder, revision, vector, language, tree)) STORED
) WITHOUT ROWID;
CREATE TABLE {at}shown (
    search TEXT NOT NULL REFERENCES saved ON DELETE CASCADE, id TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(search, id)) STORED,
    PRIMARY KEY (search, id)
) WITHOUT ROWID;
CREATE TABLE {at}settings (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL AS (checksum(name, value)) STORED
) WITHOUT ROWID;
CREATE TABLE {at}anchors (
    paper TEXT NOT NULL, record INTEGER NOT NULL, came TEXT NOT NULL, PRIMARY KEY (paper, record)
) WITHOUT ROWID;
CREATE TRIGGER {at}damaged_setting BEFORE UPDATE ON settings WHEN OLD.checksum != checksum(OLD.name, OLD.value)
BEGIN SELECT RAISE(ABORT, 'a setting is not as it was written'); END;
CREATE TRIGGER {at}damaged_note BEFORE UPDATE ON notes WHEN OLD.checksum != checksum(OLD.paper, OLD.note, OLD.changed)
BEGIN SELECT RAISE(ABORT, 'a note is not as it was written'); END;
CREATE TRIGGER {at}damaged_search BEFORE UPDATE ON saved WHEN OLD.checksum != checksum(
    OLD.name, OLD.question, OLD.liked, OLD.unliked, OLD.filter, OLD.looked, OLD.paper, OLD.record, OLD.encoder,
    OLD.revision, OLD.vector, OLD.language, OLD.tree)
BEGIN SELECT RAISE(ABORT, 'a saved search is not as it was written'); END;
