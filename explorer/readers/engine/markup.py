"""Marked-up text as plain text: what elements of XML, or tags left in a string, say when read aloud.

Holds the rules for paragraphs, section labels, raised and lowered characters and formulas in JATS, MathML, PubMed's and
web markup. Knows nothing of files, papers, where in a record a text lies, or which tags a string may hold (`html`).
Always true: linear in the size of the text, however deep it is nested; no function raises; tags are known by their
local names, without prefix; one blank between words, one line feed between paragraphs, none in `line`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from explorer.readers.engine import html
from explorer.tables import tables_of

_BREAK, _LABEL = "\x02", "\x01"  # XML has neither character, and `string` drops them
_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_BLOCKS, _SECTIONS, _HEADINGS, _LEFT_OUT, _FORMULA = (
    frozenset(names.split()) for names in tables_of(__file__).values()
)
_SCRIPTS_IN_STRING = re.compile(r"<(?:jats:)?(su[bp])>([0-9+\-−=()n]{1,12})</(?:jats:)?\1>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BODY_OF_LATEX = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|$)", re.DOTALL)
_EMPTY_LINE = re.compile(r"\r\n?|\n[ \t]*\n")

_Part = str | Element


def line(element: Element | None) -> str:
    """What the element says, on one line."""
    return " ".join(prose(element).split())


def prose(element: Element | None) -> str:
    """What the element says, paragraphs on lines of their own and sections with their labels: "Methods: We …"."""
    if element is None:
        return ""
    if not len(element) and "<" not in (text := element.text or "") and "\n" not in text and "&" not in text:
        return " ".join(text.split()) if "\r" not in text else string(text)  # most elements are so simple
    return string("".join(_spelled(element)))


def string(text: str) -> str:
    """A text in which tags and entities may have been left as characters: `&lt;i&gt;E. coli&lt;/i&gt;`."""
    if "<" in text:
        text = _SCRIPTS_IN_STRING.sub(lambda match: script(match[1][-1].lower() == "p", match[2]), text)
    paragraphs: list[str] = []
    label = ""
    for part in _EMPTY_LINE.sub(_BREAK, text).split(_BREAK):
        if _LABEL in part and paragraphs:  # what came before was the heading of this
            label = paragraphs.pop()
        part = " ".join(_CONTROLS.sub("", part).split())
        for paragraph in html.plain(part).split("\n") if "<" in part or "&" in part else [part]:
            if paragraph := " ".join(paragraph.split()):
                paragraphs.append(labelled(label, paragraph))
                label = ""
    return "\n".join([*paragraphs, label] if label else paragraphs)


def labelled(label: str, text: str) -> str:
    """A part of an abstract with its label, "Methods: We …"; just the text when the label is empty."""
    label = " ".join(label.split()).rstrip(" :.")
    return f"{label}: {text}" if label and text else text


def script(raised: bool, text: str) -> str:
    """Digits and signs raised or lowered; any other text as it is, since Unicode has few such letters."""
    table = _SUPERSCRIPT if raised else _SUBSCRIPT
    return text.translate(table) if text and all(ord(char) in table for char in text) else text


def _spelled(element: Element) -> list[str]:
    texts: list[str] = []
    waiting: list[_Part] = list(reversed(_parts(element)))
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            if part:
                texts.append(part)
            continue
        name = part.tag.lower()
        if texts and "\n" in texts[-1][len(texts[-1].rstrip()) :]:
            bare = texts[-1].rstrip()  # pretty printers put a raised "2", or what is in brackets, on a line of its own
            texts[-1] = bare if name in ("sub", "sup", "inf") or bare.endswith(("(", "[")) else texts[-1]
        if name not in _LEFT_OUT and not (name == "xref" and part.get("ref-type") == "fn"):
            waiting.extend(reversed(_SPECIAL.get(name, _parts)(part)))
    return texts


def _parts(element: Element) -> list[_Part]:
    """What to say for an element, in order: strings, and elements still to be spelled."""
    name = element.tag.lower()
    if name in _FORMULA:
        return list(element) if name != "alternatives" else _one_of(element)
    parts: list[_Part] = [element.text or ""]
    children = list(element)
    if name in _SECTIONS and children and children[0].tag.lower() in _HEADINGS:
        heading = children.pop(0)
        label = _LABEL if len(heading) or (heading.text or "").strip() else ""
        parts += [_BREAK, heading, _BREAK, label, heading.tail or ""]
    elif name in ("abstract", "trans-abstract") and children and children[0].tag == "title":
        parts.append(children.pop(0).tail or "")
    for child in children:
        parts += [child, child.tail or ""]
    return [_BREAK, *parts, _BREAK] if name in _BLOCKS else parts


def _one_of(element: Element) -> list[_Part]:
    """Of a formula given as LaTeX, as MathML and as a picture, the one that reads best."""
    for name in ("math", "textual-form", "tex-math"):
        if (formula := element.find(name)) is not None:
            return [formula]
    return []


def _scripted(raised: bool | None) -> Callable[[Element], list[_Part]]:
    """What says an element of text alone raised, lowered or, with None, as it stands."""

    def parts(element: Element) -> list[_Part]:
        text = (element.text or "").strip()
        return _parts(element) if len(element) else [text if raised is None else script(raised, text)]

    return parts


def _formula(*marks: str) -> Callable[[Element], list[_Part]]:
    """The children of an element of MathML with a mark before each but the first: a fraction is "a/b"."""

    def parts(element: Element) -> list[_Part]:
        children = list(element)
        spelled: list[_Part] = [*children[:1]]
        for mark, child in zip(marks, children[1:], strict=False):
            simple = child.tag in ("mn", "mi", "mo") and not len(child)
            text = (child.text or "").strip()
            shown = script(mark == "^", text) if simple and mark in "^_" else text
            spelled += [shown] if shown != text else [mark, child]
        return spelled + children[len(marks) + 1 :]

    return parts


def _root(element: Element) -> list[_Part]:
    return ["√", *element] if len(element) == 1 else ["√(", *element, ")"]


def _latex(element: Element) -> list[_Part]:
    text = element.text or ""
    match = _BODY_OF_LATEX.search(text)
    return [" ".join((match[1] if match else text).split())]


_SPECIAL: dict[str, Callable[[Element], list[_Part]]] = {
    "sup": _scripted(True),
    "sub": _scripted(False),
    "inf": _scripted(False),
    "msup": _formula("^"),
    "msub": _formula("_"),
    "msubsup": _formula("_", "^"),
    "mfrac": _formula("/"),
    "msqrt": _root,
    "tex-math": _latex,
    **dict.fromkeys(("mi", "mn", "mo", "mtext", "ms", "cn", "ci", "csymbol"), _scripted(None)),
}
