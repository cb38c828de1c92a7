-- The last few drawings of the map, as they were last shown: `keys` of papers (64-bit differences, deflated), `places`
-- (x, y in 32 bits, little endian), `drawn` and `topics` (a byte; 32 bits a level; deflated), `labels` in JSON; `before` is
-- the drawing shown before, `fit` the percent of near papers that were near on it when it was drawn, -1 if unknown.
CREATE TABLE drawings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, made TEXT NOT NULL, seed INTEGER NOT NULL, before INTEGER NOT NULL,
    papers INTEGER NOT NULL, fit INTEGER NOT NULL, keys BLOB NOT NULL, places BLOB NOT NULL, drawn BLOB NOT NULL,
    topics BLOB NOT NULL, labels TEXT NOT NULL,
    checksum INTEGER NOT NULL AS (checksum(
        number, made, seed, before, papers, fit, keys, places, drawn, topics, labels)) STORED
);
CREATE TRIGGER damaged_drawing BEFORE UPDATE ON drawings WHEN OLD.checksum != checksum(
    OLD.number, OLD.made, OLD.seed, OLD.before, OLD.papers, OLD.fit, OLD.keys, OLD.places, OLD.drawn, OLD.topics,
    OLD.labels)
BEGIN SELECT RAISE(ABORT, 'a drawing is not as it was written'); END;
