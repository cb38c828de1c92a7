"""What is no language of a box: sentences, pasted abstracts, titles; and what a sentence wants to be without.

Knows English's words of grammar, not operators' meaning. Always true: the text that is left of a sentence is the
sentence without the phrases that name what is unwanted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.language.lexicon import FUNCTIONS
from explorer.search.box.lexer import Kind, Token

# Words above which a text may be a pasted abstract: of the 1,386 questions of three test sets 29 are longer.
PASTED = 30
# Share of words of grammar among a text's bare words: 3,000 abstracts have 0.21 to 0.57, forty strategies 0 to 0.15.
_GRAMMAR = 0.2

_FILLERS = (
    r"using|use of|the use of|usage of|requiring|relying on|depending on|depend on|rely on|based on|need for|needing"
    r"|the need for|the need of|need of|require|use|need|involving|involve|any|a|an|the|explicit"
    r"|having|with|by|access to"
)
_WITHOUT = re.compile(
    rf"""(?<![^\s,;])[,;]?\s*(?:(?:(?:that|which|who)\s+)?(?:do|does|did|is|are|was|were|be)\s+not|but\s+not
         |(?:and|but|with)\s+no
         |(?<!\bwith\ or\ )(?<!\bwith\ and\ )without
         |w/o|lacking|devoid\s+of|free\s+(?:of|from)|in\s+the\s+absence\s+of|excluding|except(?:ing)?(?:\s+for)?|(?:other|rather)\s+than|instead\s+of|not)\s+
         ((?:(?:{_FILLERS})\s+)*)(?P<rest>(?=[\w*+#/.'-]))""",
    re.IGNORECASE | re.VERBOSE,
)
NO_NEGATION = frozenset(
    "only just yet all necessarily even so too merely simply always every because what to enough"
    " known clear understood possible well".split()
)
_WORD = re.compile(r"[^\s,;:.?!()\[\]\"]+(?:\.[^\s,;:.?!()\[\]\"]+)*")
_OR = re.compile(r"\s+n?or\s+", re.IGNORECASE)
_MOST = 3  # words of what is unwanted


def is_prose(tokens: Sequence[Token]) -> bool:
    """Whether a text of these tokens is a pasted text, in which quotes, minus signs and capitals mean nothing."""
    words = [token.text for token in tokens if token.kind is Kind.WORD]
    spoken = sum(token.text.count(" ") + 1 for token in tokens if token.kind in (Kind.WORD, Kind.PHRASE))
    if spoken <= PASTED or len(words) <= PASTED // 2:
        return False
    grammar = sum(word.strip(".,;:()").lower() in FUNCTIONS for word in words)
    return grammar > _GRAMMAR * len(words)


def unwanted(text: str) -> tuple[str, list[str]]:
    """A sentence less what it wants to be without, and what that is: "SLAM without lidar" → "SLAM", ["lidar"]."""
    names: list[str] = []
    place = 0 if text.count(" ") < 2 * PASTED else len(text)  # a longer text describes, it does not ask
    while match := _WITHOUT.search(text, place):
        name, end = _name(text, match.start("rest"))
        before = text[: match.start()].rstrip(" ,;")
        if not name or not re.search(r"\w", before + text[end:]):
            place = match.start("rest")
            continue
        names.append(name)
        while (more := _OR.match(text, end)) and (also := _name(text, more.end()))[0]:
            name, end = also
            names.append(name)
        text = f"{before}{text[end:]}"
        place = len(before)
    return " ".join(text.split()), names


_LESS = re.compile(
    r"""(?<!\S)(?:(?P<free>[^\W\d_][\w+#]*)[-‐–](?:free|less)(?!\S)|non[-‐–\s](?P<non>[^\W\d_][\w+#]*)(?!\S)
        |(?:(?<=[,;]\s)|\A)(?:no|not)\s+(?P<no>[^\W\d_][\w+#]*)(?=\s+\S))""",
    re.IGNORECASE | re.VERBOSE,
)


def maybe_unwanted(text: str) -> list[tuple[str, tuple[str, str], str]]:
    """What a sentence may want to be without, or name: "lidar-free SLAM" does, "model-free control" does not.

    Each as typed, in two words as papers write it where it is a name, and what would be unwanted.
    """
    pieces = []
    for match in _LESS.finditer(text):
        kind = match.lastgroup or ""
        name = match[kind]
        pieces.append((match[0], (name, "free") if kind == "free" else (kind, name), name))
    return pieces


def left_out(names: Sequence[str]) -> str:
    """What to say of names that a sentence wants to be without."""
    unwanted_names = " and ".join(f"“{name}”" for name in names)
    signs = " ".join(f'-"{name}"' if " " in name else f"-{name}" for name in names)
    return (
        f"{unwanted_names} does not count, as the question is to be without it; to leave such papers out, write {signs}"
    )


def _name(text: str, start: int) -> tuple[str, int]:
    """What is named at `start`, up to a word of grammar, a mark or three words; and where it ends."""
    words, end = list[str](), start
    for match in _WORD.finditer(text, start):
        if match.start() > end and text[end : match.start()].strip():
            break
        word = match[0].lower()
        if word in FUNCTIONS or (not words and word in NO_NEGATION) or len(words) == _MOST:
            break
        words.append(match[0])
        end = match.end()
    return " ".join(words), end
