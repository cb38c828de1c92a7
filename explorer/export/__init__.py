"""Papers and answers as files and JSON."""
