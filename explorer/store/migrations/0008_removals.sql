-- Counts the papers that went: a reader whose index still has them leaves out their rows, until the next is built.
CREATE TRIGGER IF NOT EXISTS removal AFTER DELETE ON papers BEGIN
    INSERT INTO settings VALUES ('removals', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1;
END;
CREATE TRIGGER IF NOT EXISTS return AFTER UPDATE OF key ON papers BEGIN
    INSERT INTO settings VALUES ('removals', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1;
END;
