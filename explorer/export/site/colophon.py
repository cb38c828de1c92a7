"""What a page says of itself: what it is, whose its parts are, what it keeps to itself, and when it was made.

Knows words, not papers. Always true: text that came from outside is escaped.
"""

from __future__ import annotations

from html import escape
from string import Template

MODEL = (
    'Questions are read by all-MiniLM-L6-v2 of the Sentence-Transformers project (<a href="LICENSE.txt">Apache License '
    "2.0</a>; after Microsoft’s MiniLM), in your browser. It was changed: its weights are rounded to a byte each."
)
WORDS_ONLY = (
    "Questions are compared by their words only: the papers were embedded with a model that does not fit into a page. "
    "What is near to a paper shows by its vectors all the same."
)
_TEXT = Template("""<h2>About this page</h2>
<p>$papers, as a map and a search by meaning. Everything is in these files: the page sends nothing to anybody,
and works without a network. Similarity is the cosine between vectors of title and abstract; near on the map usually is
near, far may not be far.</p>
<h3>Made</h3>
<p>$date, with Explorer $version (<a href="LICENSE.txt">Apache License 2.0</a>), the code of this page included.</p>
<h3>The model</h3>
<p>$model</p>
<h3>The papers</h3>
<p>$rights Links lead to the publishers’ and archives’ own pages.</p>
<h3>What is not in it</h3>
<p>Notes, tags, collections, folders, saved searches, and which papers were seen or hidden stay in the library; so do
the names of files and where records came from.</p>""")
_ABSTRACTS = (
    "The abstracts belong to their authors and publishers; no licence to them comes with this page. Whoever puts it on "
    "a public host answers for their being there; explorer export --no-abstracts leaves them out."
)
_NO_ABSTRACTS = "Titles, names and years are bibliographic facts; abstracts were left out."


def colophon(papers: str, version: str, date: str, *, model: bool, abstracts: bool) -> str:
    """The text as HTML."""
    return _TEXT.substitute(
        papers=escape(papers), version=escape(version), date=escape(date), model=MODEL if model else WORDS_ONLY,
        rights=_ABSTRACTS if abstracts else _NO_ABSTRACTS,
    )  # fmt: skip
