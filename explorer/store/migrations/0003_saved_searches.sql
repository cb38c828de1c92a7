-- `paper` and `record` are the last key and record number there were when a saved search was last viewed;
-- `shown` are ids of papers that were among its results: one that is taken away and comes back has a new key,
-- but is not new.
CREATE TABLE saved (
    name TEXT PRIMARY KEY, question TEXT NOT NULL, liked TEXT NOT NULL, unliked TEXT NOT NULL, filter TEXT NOT NULL,
    looked TEXT NOT NULL, paper INTEGER NOT NULL, record INTEGER NOT NULL,
    encoder TEXT, revision TEXT, vector BLOB
) WITHOUT ROWID;
CREATE TABLE shown (
    search TEXT NOT NULL REFERENCES saved ON DELETE CASCADE, id TEXT NOT NULL, PRIMARY KEY (search, id)
) WITHOUT ROWID;
