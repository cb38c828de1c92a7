"""The derived arrays of a library: built, written to disk, read back."""
