-- What became of a paper, as its records say ("retracted pmid:123"), and what the table of Retraction Watch that the user
-- gave says of ids: `id` is "doi:…" or "pmid:…", `about` the id at the other end.
ALTER TABLE papers ADD COLUMN notices TEXT NOT NULL DEFAULT '[]';
CREATE TABLE retractions (
    id TEXT NOT NULL, word TEXT NOT NULL, about TEXT NOT NULL, date TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (id, word, about)
) WITHOUT ROWID;
