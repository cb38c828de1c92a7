"""The command line: a command for each verb of `Library`, with the options beside what it does."""

DONE, NOTHING, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; nothing found, or problems in the input; wrong use; interrupted."""
