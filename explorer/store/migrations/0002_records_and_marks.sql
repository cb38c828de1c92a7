-- A record is what one file said of a paper; `said` is its JSON, or NULL while the paper says the same.
-- `replaced` holds the records that the latest import changed or took away, for undoing it. `marks` outlive
-- their paper until the next import, so that an undone removal brings them back.
ALTER TABLE papers ADD COLUMN pmcid TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN openalex TEXT NOT NULL DEFAULT '';
CREATE TABLE records (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    origin TEXT NOT NULL, file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL,
    digest BLOB NOT NULL, said TEXT, reason TEXT NOT NULL, version INTEGER NOT NULL,
    added INTEGER NOT NULL, seen INTEGER NOT NULL
);
INSERT INTO records (paper, origin, file, record, line, key, digest, said, reason, version, added, seen)
    SELECT paper, file, file, record, line, key, x'', NULL, '', 0, 0, 0 FROM sources ORDER BY paper, file, record;
DROP TABLE sources;
CREATE INDEX records_by_paper ON records (paper);
CREATE INDEX records_by_digest ON records (digest);
CREATE INDEX records_by_key ON records (key, file);
DROP TABLE identities;
CREATE TABLE identities (
    identity INTEGER NOT NULL, paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    PRIMARY KEY (identity, paper)
) WITHOUT ROWID;
CREATE INDEX identities_by_paper ON identities (paper);
CREATE TABLE replaced (import INTEGER NOT NULL, number INTEGER NOT NULL, paper_id TEXT NOT NULL, row TEXT NOT NULL);
CREATE TABLE apart (one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE marks (
    kind TEXT NOT NULL, name TEXT NOT NULL, paper INTEGER NOT NULL, PRIMARY KEY (kind, name, paper)
) WITHOUT ROWID;
CREATE INDEX marks_by_paper ON marks (paper);
CREATE TABLE notes (paper INTEGER PRIMARY KEY, note TEXT NOT NULL, changed TEXT NOT NULL);
ALTER TABLE imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'add';
ALTER TABLE imports ADD COLUMN updated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN undone TEXT;
