-- What notices in the library say of other papers is asked for with every list, so that it must not read all papers.
CREATE INDEX IF NOT EXISTS papers_with_notices ON papers (notices, doi, pmid) WHERE notices != '[]';
