"""Sentences that publishers repeat over many abstracts: copyright, licences. They tell nothing of a paper.

Holds `without_boilerplate`, by what is known of publishers, and `without_repeats`, by what many texts share. Knows
nothing of papers. Always true: what is taken off stands at the beginning or the end of a text; a text that is nothing
but what is known of publishers stays; the text is only ever cut, never reworded; linear in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from explorer.patterns import regex

_REACH = 700  # characters at each end in which such sentences are looked for

_YEAR = r"(?:19|20)\d\d"
_SIGN = r"(?:©|\([cC]\)|&copy;|Copyright\b)"
_TO_POINT = r"(?:[^.!?]|\.(?=\S)|(?<=\b[A-Z])\.){0,300}"
# To the end of the text a sentence may go on after "Inc.": "Wiley, Inc. J Moss 2012."
_TO_END = r"(?:[^.!?]|\.(?=\S)|(?<=\b[A-Z])\.|(?<=\bInc)\.|(?<=\bLtd)\.|(?<=\bCo)\.){0,300}"
_PARTS = r"""
(?:Crown\s+)?SIGN\s*(?:SIGN\s*)?(?:of\s+)?(?:The\s+(?:Author|Copyright)|YEAR|the\s+author|Author|IEEE|Elsevier|Springer|
    Wiley|John\s+Wiley|Taylor|American|Society|World|Royal|Institute)SENTENCE[.!]?
|Published\s+by\s+(?:Elsevier|Wiley|John\s+Wiley|Oxford|Cambridge|Springer|BMJ|SAGE|Taylor|the\s+BMJ|Informa|Mosby|
    Lippincott|Wolters|Nature|AIP|IOP|MDPI|De\s+Gruyter|Karger|S\.\s?Karger|The\s+Royal)SENTENCE[.!]?
|This\s+article\s+is\s+protected\s+by\s+copyright[.!]?
|All\s+rights\s+(?:are\s+)?reserved[.!]?
|No\s+claim\s+to\s+original\s+U\.?S\.?\s+Government\s+works[.!]?
|This\s+is\s+an\s+open[\s-]access\s+article\s+(?:under|distributed\s+under|published\s+under|which)SENTENCE[.!]?
|(?:Open\s+access\s+)?Published\s+under\s+(?:the\s+terms|a\s+Creative|CC|licen[cs]e)SENTENCE[.!]?
|For\s+permissions?,?\s+please\s+e-?mail:?\s+\S+
|(?:\(?PsycINFO|\(?PsycInfo)\s+Database\s+Record\s+SENTENCE[.!)]{0,2}
|\[ABSTRACT\s+FROM\s+(?:AUTHOR|PUBLISHER)\]
|(?:Copyright\s+of\s+.{3,120}?\s+is\s+the\s+property\s+of)SENTENCE[.!]?
|However,\s+users\s+may\s+print,\s+download,\s+or\s+email\s+articles\s+for\s+individual\s+use[.!]?
|This\s+article\s+is\s+(?:part\s+of\s+(?:the|a|an|our)|categorized\s+under|also\s+part\s+of)\b:?SENTENCE[.!]?
|This\s+article\s+(?:has\s+been|was)\s+(?:accepted\s+for\s+publication|contributed\s+to\s+by\s+U|published\s+Open\s+Access)SENTENCE[.!]?
|(?:Supplementary|Supplemental)\s+(?:data|materials?|information)\s+(?:is|are)\s+available\s+(?:at|online|in|on|for)\bSENTENCE[.!]?
|Dieser\s+Artikel\s+ist\s+urheberrechtlich\s+gesch\u00fctztSENTENCE[.!]?
|(?:Alle\s+Rechte\s+vorbehalten|Tous\s+droits\s+r\u00e9serv\u00e9s|Todos\s+los\s+derechos\s+reservados|Todos\s+os\s+direitos\s+reservados
    |Tutti\s+i\s+diritti\s+riservati|\u7248\u6743\u6240\u6709)[.!。]?
|This\s+is\s+(?:a|the)\s+protocol\s+for\s+a\s+(?:Cochrane\s+)?(?:[Rr]eview|[Oo]verview)[^.:]{0,80}[.:]
    (?:\s*The\s+(?:main\s+)?objectives?\s+(?:are|is)\s+as\s+follows\s*:?)?
|This\s+abstract\s+may\s+be\s+abridged[.!]?
|No\s+warranty\s+is\s+given\s+about\s+the\s+accuracy\s+of\s+the\s+copy[.!]?
|Users\s+should\s+refer\s+to\s+the\s+original\s+published\s+version\s+of\s+the\s+material\s+for\s+the\s+full\s+abstract[.!]?
|\(Copyright\s+applies\s+to\s+all\s+Abstracts[.!]?\)
|\(Abstract\s+shortened\s+by\s+(?:UMI|ProQuest)[.!]?\)
"""
_SAYS = _PARTS.strip().replace("SIGN", _SIGN).replace("YEAR", _YEAR)
# None begins with a small letter: at most places no alternative need be tried. That took seven times as long.
_CAPITAL = r"(?![a-z\s\d.,;-])"
_ANY = regex(rf"{_CAPITAL}(?:{_SAYS.replace('SENTENCE', _TO_END)})", re.VERBOSE)
_NEXT = regex(rf"\s*(?:{_SAYS.replace('SENTENCE', _TO_END)})(?=\s|\Z)", re.VERBOSE)
_START = regex(rf"\s*(?:{_SAYS.replace('SENTENCE', _TO_POINT)})(?=\s|\Z)", re.VERBOSE)


def without_boilerplate(text: str) -> str:
    """`text` without the sentences of publishers at its beginning and end; whole where it is nothing else."""
    bare = _without_last(_without_first(text))
    return bare if bare.strip(" .;,") else text


def is_boilerplate(text: str) -> bool:
    """Whether a text is nothing but what is known of publishers."""
    return not _without_last(_without_first(text)).strip(" .;,")


def without_repeats(texts: Sequence[str]) -> list[str]:
    """`texts`, each less the sentences at its beginning and end that many of them share word for word.

    What _MANY papers say alike tells nothing of any: notes of a journal, of a series, of a conference.
    """
    ends = [_ends(text) for text in texts]
    counts = Counter(sentence for sentences in ends for sentence in set(sentences))
    common = {sentence for sentence, count in counts.items() if count >= _MANY}
    return (
        [_less(text, sentences, common) for text, sentences in zip(texts, ends, strict=True)] if common else list(texts)
    )


def _ends(text: str) -> list[str]:
    """The first sentence behind the title, and the last three."""
    sentences = _SENTENCES.split(text)
    return [part for part in dict.fromkeys((*sentences[1:2], *sentences[2:][-3:])) if len(part) >= _LEAST]


def _less(text: str, sentences: Sequence[str], common: Collection[str]) -> str:
    for sentence in sentences:
        if sentence in common:
            text = text.replace(sentence, "", 1)
    return text


_MANY = (
    5  # of 40,000 papers of conferences and arXiv no five share a sentence; of 10,000 of biomedicine, publishers' notes
)
_LEAST = 30  # characters: "Code is available." says little, and "We prove it." may be anybody's
_SENTENCES = regex(r"(?<=[.!?])\s+")
_SIGNED = regex(
    r"\s*This\s+is\s+(?:a|the)\s+protocol\b|\s*(?:Crown\s+)?(?:Copyright\s+)?(?:©|\([cC]\)|&copy;|Copyright\s+of\b)"
)


def _without_first(text: str) -> str:
    if not _SIGNED.match(text):  # "Copyright law …" is a topic
        return text
    for _ in range(6):
        match = _START.match(text, 0, _REACH)
        if not match or match.end() == len(text):
            break
        text = text[match.end() :].lstrip()
    return text


def _without_last(text: str) -> str:
    start = max(0, len(text) - _REACH)
    for match in _ANY.finditer(text, start):
        if (match.start() == 0 or text[match.start() - 1] in " \n.)") and _is_rest(text, match.start()):
            return text[: match.start()].rstrip()
    return text


def _is_rest(text: str, at: int) -> bool:
    """Whether from here on the text is such sentences to its end."""
    while at < len(text):
        match = _NEXT.match(text, at)
        if not match or match.end() == at:
            return not text[at:].strip(" .;,()\n")
        at = match.end()
    return True
