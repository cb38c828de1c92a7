-- A typed title opens its paper: looked up for every question, so that it must not read all papers.
CREATE INDEX IF NOT EXISTS papers_by_title ON papers (folded_title);
