-- What lists and filters read of every paper, in indexes of their own: else each reading passes all abstracts.
CREATE INDEX papers_in_lists ON papers (year, venue);
CREATE INDEX records_by_file ON records (file, paper);
