"""Papers as files, and everything a library tells as JSON."""
