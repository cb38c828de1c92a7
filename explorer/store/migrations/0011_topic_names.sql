-- Names that people gave to topics: `label` is what the topic was called by itself, `papers` how many it had, `members`
-- keys of them (64-bit, little endian; of many, some), `newest` the last key there was: by these it is known again.
CREATE TABLE topic_names (
    name TEXT PRIMARY KEY, label TEXT NOT NULL, level INTEGER NOT NULL, newest INTEGER NOT NULL,
    papers INTEGER NOT NULL, members BLOB NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(name, label, level, newest, papers, members)) STORED
) WITHOUT ROWID;
