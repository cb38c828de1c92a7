"""Bytes to text: files, archives, encodings, limits."""
