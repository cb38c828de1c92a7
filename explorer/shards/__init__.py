"""A corpus as numbered shards: of papers, of texts, of vectors. For work beyond a single machine, without an engine.

`division.divide` reads a corpus into DIR, `vectors.embed` makes the vectors of a share of it, anywhere DIR can be
seen, `union.gather` makes a library of all. Knows files and libraries, not job schedulers. Always true: the library is
what `explorer add` makes of the corpus; each shard is written once, under its checksum; any step may be killed
and begun again, and two jobs may make the same shard.
"""
