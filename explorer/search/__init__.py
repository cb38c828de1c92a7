"""One question, one answer. The files in the order they run: parse, words, bm25, ranking, examples, chance, certainty,
diversity, answer; and news, for questions that were saved.
"""
