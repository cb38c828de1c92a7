"""What a sentence wants to be without in a word: "lidar-free SLAM", unless papers use it as a name.

Knows queries and the word index. Always true: what is left of a text still holds a word; conditions are never touched.
"""

from __future__ import annotations

from dataclasses import replace

from explorer.search.box.prose import PASTED, left_out, maybe_unwanted
from explorer.search.inversion import stem
from explorer.search.parse import Mode, Query
from explorer.search.words import WordIndex

_NAMED = 2e-5  # share of papers from which "model-free", "no regret" are names: of 10,000 none says "lidar-free"


def without_unwanted(query: Query, words: WordIndex) -> Query:
    """`query` less what it wants to be without, where papers do not use its words as a name: "lidar-free SLAM"."""
    if query.within or query.remarks or query.mode is not Mode.TEXT or query.text.count(" ") > PASTED:
        return query
    text, names = query.text, list[str]()
    for typed, phrase, name in maybe_unwanted(text):
        rare = words.together([stem(word.lower()) for word in phrase]) <= _NAMED * len(words)
        rest = " ".join(text.replace(typed, " ", 1).split())
        if rare and rest and words.frequency(stem(name.lower())):
            text = rest
            names.append(name)
    return replace(query, text=text, remarks=(left_out(names),), both=True) if names else query
