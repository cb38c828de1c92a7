-- What a library is made of: papers, what was read from where, vectors under their text's hash, imports.
CREATE TABLE papers (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, venue TEXT NOT NULL,
    doi TEXT NOT NULL, arxiv TEXT NOT NULL, pmid TEXT NOT NULL, url TEXT NOT NULL, keywords TEXT NOT NULL,
    folded_title TEXT NOT NULL, folded_authors TEXT NOT NULL, folded_venue TEXT NOT NULL,
    text_hash TEXT NOT NULL, text_length INTEGER NOT NULL
);
CREATE INDEX papers_by_text ON papers (text_hash);
CREATE TABLE sources (
    paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (paper, file, record)
) WITHOUT ROWID;
CREATE INDEX sources_by_key ON sources (key);
CREATE TABLE identities (
    identity TEXT NOT NULL, paper INTEGER NOT NULL REFERENCES papers ON DELETE CASCADE,
    PRIMARY KEY (identity, paper)
) WITHOUT ROWID;
CREATE TABLE vectors (
    text_hash TEXT NOT NULL, encoder TEXT NOT NULL, revision TEXT NOT NULL, vector BLOB NOT NULL,
    UNIQUE (text_hash, encoder, revision)
);
CREATE TABLE imports (
    import INTEGER PRIMARY KEY AUTOINCREMENT, files TEXT NOT NULL, started TEXT NOT NULL, finished TEXT,
    read INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0,
    without_abstract INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE problems (
    import INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
    file TEXT NOT NULL, record INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
