"""Text as language: kinds of words, phrases, sentences. Knows no papers and no library."""
