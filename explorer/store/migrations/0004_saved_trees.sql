-- The query that the text of a saved search asks for, with its filter as a tree, and the version of the box's
-- language it was read in: a later language that would read the text otherwise takes the tree. NULL: saved
-- before there was one.
ALTER TABLE saved ADD COLUMN language INTEGER;
ALTER TABLE saved ADD COLUMN tree TEXT;
