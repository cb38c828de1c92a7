-- A vector is kept under the precision it was computed in, too: those of one model and revision may be compared,
-- whatever their precision. All there were are of single precision.
ALTER TABLE vectors RENAME TO vectors_of_single_precision;
CREATE TABLE vectors (
    text_hash TEXT NOT NULL, encoder TEXT NOT NULL, revision TEXT NOT NULL, precision TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (text_hash, encoder, revision, precision)
);
INSERT INTO vectors SELECT text_hash, encoder, revision, 'fp32', vector FROM vectors_of_single_precision;
DROP TABLE vectors_of_single_precision;
