-- The tables of a new library, as the migrations up to this number leave them; later ones are run on top.
-- Written by SQLite: each statement as it stands in the file that the migrations made.
CREATE TABLE "papers" (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, venue TEXT NOT NULL,
    doi TEXT NOT NULL, arxiv TEXT NOT NULL, pmid TEXT NOT NULL, url TEXT NOT NULL, keywords TEXT NOT NULL,
    folded_title TEXT NOT NULL, folded_authors TEXT NOT NULL, folded_venue TEXT NOT NULL,
    text_hash TEXT NOT NULL, text_length INTEGER NOT NULL,
    pmcid TEXT NOT NULL DEFAULT '', openalex TEXT NOT NULL DEFAULT '', notices TEXT NOT NULL DEFAULT '[]',
    checksum INTEGER NOT NULL AS (checksum(
        key, id, title, abstract, authors, year, venue, doi, arxiv, pmid, url, keywords, folded_title, folded_authors,
        folded_venue, text_hash, text_length, pmcid, openalex, notices)) STORED
);
CREATE INDEX papers_by_text ON papers (text_hash);
CREATE INDEX papers_by_title ON papers (folded_title);
CREATE INDEX papers_with_notices ON papers (notices, doi, pmid) WHERE notices != '[]';
CREATE TABLE "records" (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    origin TEXT NOT NULL, file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL,
    digest BLOB NOT NULL, said TEXT, reason TEXT NOT NULL, version INTEGER NOT NULL,
    added INTEGER NOT NULL, seen INTEGER NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(
        number, paper, origin, file, record, line, key, digest, said, reason, version, added, seen)) STORED
);
CREATE INDEX records_by_paper ON records (paper);
CREATE INDEX records_by_digest ON records (digest);
CREATE INDEX records_by_key ON records (key, file);
CREATE TABLE "identities" (
    identity INTEGER NOT NULL, paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    checksum INTEGER NOT NULL AS (checksum(identity, paper)) STORED,
    PRIMARY KEY (identity, paper)
) WITHOUT ROWID;
CREATE INDEX identities_by_paper ON identities (paper);
CREATE TABLE "vectors" (
    text_hash TEXT NOT NULL, encoder TEXT NOT NULL, revision TEXT NOT NULL, precision TEXT NOT NULL,
    vector BLOB NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(text_hash, encoder, revision, precision, vector)) STORED,
    UNIQUE (text_hash, encoder, revision, precision)
);
CREATE TABLE "imports" (
    import INTEGER PRIMARY KEY AUTOINCREMENT, files TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
    read INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0,
    without_abstract INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT 'add',
    updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0,
    undone TEXT,
    checksum INTEGER NOT NULL AS (checksum(
        import, files, started, finished, read, added, merged, without_abstract, kind, updated, unchanged, removed,
        undone)) STORED
);
CREATE TABLE "problems" (
    import INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
    file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(import, file, record, line, reason)) STORED
);
CREATE TABLE "settings" (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL AS (checksum(name, value)) STORED
) WITHOUT ROWID;
CREATE TABLE "replaced" (
    import INTEGER NOT NULL, number INTEGER NOT NULL, paper_id TEXT NOT NULL, row TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(import, number, paper_id, row)) STORED
);
CREATE TABLE "apart" (
    one INTEGER NOT NULL, other INTEGER NOT NULL, checksum INTEGER NOT NULL AS (checksum(one, other)) STORED,
    PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE TABLE "marks" (
    kind TEXT NOT NULL, name TEXT NOT NULL, paper INTEGER NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(kind, name, paper)) STORED,
    PRIMARY KEY (kind, name, paper)
) WITHOUT ROWID;
CREATE INDEX marks_by_paper ON marks (paper);
CREATE TABLE "notes" (
    paper INTEGER PRIMARY KEY, note TEXT NOT NULL, changed TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(paper, note, changed)) STORED
);
CREATE TABLE "saved" (
    name TEXT PRIMARY KEY, question TEXT NOT NULL, liked TEXT NOT NULL, unliked TEXT NOT NULL, filter TEXT NOT NULL,
    looked TEXT NOT NULL, paper INTEGER NOT NULL, record INTEGER NOT NULL,
    encoder TEXT, revision TEXT, vector BLOB, language INTEGER, tree TEXT,
    checksum INTEGER NOT NULL AS (checksum(
        name, question, liked, unliked, filter, looked, paper, record, encoder, revision, vector, language, tree)) STORED
) WITHOUT ROWID;
CREATE TABLE "shown" (
    search TEXT NOT NULL REFERENCES saved ON DELETE CASCADE, id TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(search, id)) STORED,
    PRIMARY KEY (search, id)
) WITHOUT ROWID;
CREATE TABLE "retractions" (
    id TEXT NOT NULL, word TEXT NOT NULL, about TEXT NOT NULL, date TEXT NOT NULL, reason TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(id, word, about, date, reason)) STORED,
    PRIMARY KEY (id, word, about)
) WITHOUT ROWID;
CREATE TRIGGER removal AFTER DELETE ON papers BEGIN
    INSERT INTO settings VALUES ('removals', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1;
END;
CREATE TRIGGER return AFTER UPDATE OF key ON papers BEGIN
    INSERT INTO settings VALUES ('removals', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1;
END;
CREATE TRIGGER damaged_paper BEFORE UPDATE ON papers WHEN OLD.checksum != checksum(
    OLD.key, OLD.id, OLD.title, OLD.abstract, OLD.authors, OLD.year, OLD.venue, OLD.doi, OLD.arxiv, OLD.pmid, OLD.url,
    OLD.keywords, OLD.folded_title, OLD.folded_authors, OLD.folded_venue, OLD.text_hash, OLD.text_length, OLD.pmcid,
    OLD.openalex, OLD.notices)
BEGIN SELECT RAISE(ABORT, 'a paper is not as it was written'); END;
CREATE TRIGGER damaged_record BEFORE UPDATE ON records WHEN OLD.checksum != checksum(
    OLD.number, OLD.paper, OLD.origin, OLD.file, OLD.record, OLD.line, OLD.key, OLD.digest, OLD.said, OLD.reason,
    OLD.version, OLD.added, OLD.seen)
BEGIN SELECT RAISE(ABORT, 'a record is not as it was written'); END;
CREATE TRIGGER damaged_import BEFORE UPDATE ON imports WHEN OLD.checksum != checksum(
    OLD.import, OLD.files, OLD.started, OLD.finished, OLD.read, OLD.added, OLD.merged, OLD.without_abstract, OLD.kind,
    OLD.updated, OLD.unchanged, OLD.removed, OLD.undone)
BEGIN SELECT RAISE(ABORT, 'an import is not as it was written'); END;
CREATE TRIGGER damaged_setting BEFORE UPDATE ON settings WHEN OLD.checksum != checksum(OLD.name, OLD.value)
BEGIN SELECT RAISE(ABORT, 'a setting is not as it was written'); END;
CREATE TRIGGER damaged_note BEFORE UPDATE ON notes WHEN OLD.checksum != checksum(OLD.paper, OLD.note, OLD.changed)
BEGIN SELECT RAISE(ABORT, 'a note is not as it was written'); END;
CREATE TRIGGER damaged_search BEFORE UPDATE ON saved WHEN OLD.checksum != checksum(
    OLD.name, OLD.question, OLD.liked, OLD.unliked, OLD.filter, OLD.looked, OLD.paper, OLD.record, OLD.encoder,
    OLD.revision, OLD.vector, OLD.language, OLD.tree)
BEGIN SELECT RAISE(ABORT, 'a saved search is not as it was written'); END;
