"""The language of the search box, from characters to conditions; `explorer.search.parse` is its door.

In the order they run: `dialects` (whose language it is), `lexer` (tokens with their places), `grammar` (a tree by the
precedence of the dialect), `conditions` (the tree as a filter and a text), `prose` (what is no language at all), and
`interpretation` (the query written out again, with all brackets).
"""
