"""Several libraries opened together: a question to all of them, and papers copied or moved from a library to another.

Knows what `explorer.library` opens and does; nothing here is stored but by its verbs. Always true: all are of the same
model, so that similarities can be compared; a paper that several hold is a single result; a list over all is that of
a single library of all their papers, but for chance.
"""
