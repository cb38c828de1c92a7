"""The commands by subject: each takes its options, calls a verb of `Library`, prints, and returns its exit code."""
