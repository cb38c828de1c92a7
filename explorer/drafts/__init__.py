"""A manuscript and what it does not cite."""
