"""Values of BibTeX as text: accents, braces, addresses and names.

Holds pure functions from text to text. Knows nothing of entries or files.
Always true: formulas between dollars stay as written; other commands stay too, with their arguments, for
`explorer.text.readable` to show; no function raises on any text, and all take time linear in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.text import readable

_PLAIN = re.compile(r"[^\\{}~$`'\-]*\Z")
_FORMULA = re.compile(r"(?<!\\)\$[^$]{1,2000}(?<!\\)\$")
_ACCENT = re.compile(
    r"\\[`'^\"~=.]\s?(?:\{\s?(?:\\[ij](?![A-Za-z])|[^\W\d_])?\s?\}|\\[ij](?![A-Za-z])\s?(?:\{\})?|[^\W\d_])"
    r"|\\[cvuHkrbdt](?:\s?\{\s?(?:\\[ij](?![A-Za-z])|[^\W\d_])\s?\}|\s(?:\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_LETTER = re.compile(
    r"\\(?:ss|SS|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j|dh|DH|th|TH|dj|DJ|ng|NG|textendash|textemdash|textquoteright|"
    r"textquoteleft|textquotedblleft|textquotedblright|textquotesingle|textquotedbl|textellipsis|ldots|dots|"
    r"textdegree|textregistered|texttrademark|copyright|textcopyright|textbullet|guillemotleft|guillemotright|pounds|"
    r"textonehalf|textmu|texteuro|slash|P|S)(?![A-Za-z])(?:\s?\{\}|\s)?"
)
_LETTERS = {"textendash": "–", "textemdash": "—", "slash": "/", "textquotedbl": '"', "textquotesingle": "'"}
_STYLE = re.compile(
    r"\\(?:emph|text(?:it|bf|rm|sc|tt|sf|up|md|sl|normal)|mbox|hbox|enquote|MakeUppercase|uppercase|nocase|mkbibquote|"
    r"mkbibemph|texorpdfstring|ensuremath|underline|lowercase|bibstring|protect|relax|noopsort|ignorespaces)\s?(?=\{)"
    r"|\\textsuperscript\s?(?=\{(?:st|nd|rd|th)\})"
    r"|\\(?:em|it|bf|rm|sc|tt|sf|sl|upshape|itshape|bfseries|scshape|protect|relax)(?![A-Za-z])\s?"
    r"|\\[/,;:!@\-](?![A-Za-z{])|\\(?=\n)"
)
_INLINE = re.compile(r"\\\(([^$\\]{0,200}(?:\\[^()][^$\\]{0,200}){0,50})\\\)")  # \( … \) is $ … $
_ORDINAL = re.compile(r"\\\(\s?(?:\{\})?\^\{(?:\\\w{4,8}\{)?(st|nd|rd|th)\}{1,2}\s?\\\)")
_NOT_BARE = re.compile(r"[\\{}$<]")
_LINE_END = re.compile(
    r"(?:\$\\backslash\$|\{\\backslash\})n(?!(?:u|e|eq|abla|eg|i|ot|otin|mid|leq|geq|orm|ewline|atural)(?![a-z]))"
)
_NEW_LINE = re.compile(r"(?<!\\)\\\\(?=\s|\Z|\[)(?:\[[^\[\]]{0,20}\])?\s*")
_ADDRESS = re.compile(r"\\(?:url|path|nolinkurl|href)\s?(?=\{)")
# Literal characters, which must not be taken for LaTeX's own: they wait as characters no text holds.
_LITERAL = re.compile(
    r"\{?\\(?:(textbackslash|backslash)|(textasciitilde|sim)|(textasciicircum)|(textless)|(textgreater)|(textbar)|"
    r"(textunderscore)|(textdollar)|(lbrace|textbraceleft)|(rbrace|textbraceright)|([&%#_$ {}])|([~^])\s?\{\})"
    r"(?:(?<=[a-z])(?![A-Za-z])\s?(?:\{\})?)?\}?"
)
_WAITING = str.maketrans({"{": "\ue0f0", "}": "\ue0f1", "\\": "\ue0f2", "$": "\ue0f3", "~": "\ue0f4"})
_ARRIVED = str.maketrans({"\ue0f0": "{", "\ue0f1": "}", "\ue0f2": "\\", "\ue0f3": "$", "\ue0f4": "~"})
_NAMED = ("\\", "~", "^", "<", ">", "|", "_", "$", "{", "}")
_BRACED = re.compile(r"[{}]")
_ARGUMENT = re.compile(r"(?:\\[A-Za-z]{1,40}\*?\s?|[_^]|\\[^A-Za-z\s]\s?)\Z")
_TAIL = 48  # characters before a brace by which it is known for an argument: the longest command and a blank


def plain(value: str) -> str:
    """`value` with accents as letters, without braces that only protect; formulas and other commands as written."""
    if _PLAIN.match(value):
        return value
    value = _in_unicode(_unescaped(value))
    pieces, start = [], 0
    for formula in _FORMULA.finditer(value):
        pieces += [_prose(value[start : formula.start()]), formula[0].translate(_WAITING)]
        start = formula.end()
    pieces.append(_prose(value[start:]))
    return _without_braces("".join(pieces)).translate(_ARRIVED)


def address(value: str) -> str:
    r"""`value` as an address or an id: `\url{https://x.org/a\_b}` → "https://x.org/a_b"."""
    if not _NOT_BARE.search(value):
        return value.strip()
    value = _ADDRESS.sub("", _LINE_END.sub(" ", value)).replace("$<$", "<").replace("$>$", ">").replace("\\-", "-")
    value = value.replace("{\\%}", "%").replace("\\%", "%").replace("$\\sim$", "~").replace("\\~{}", "~")
    value = re.sub(r"\{?\\([_&%#~$])(?:\{\})?\}?", r"\1", value)
    for name, char in {"asciitilde": "~", "less": "<", "greater": ">", "underscore": "_"}.items():
        value = value.replace(f"\\text{name}", char)
    bare = re.sub(r"[{}]", "", value)
    return bare.strip().strip("<>").strip() if bare.strip().startswith("<") else bare.strip()


_INNER = r"((?:[^{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}){0,400})"
_ENSURED = re.compile(rf"\\ensuremath\s?\{{{_INNER}\}}")
_SMALL_CAPITALS = re.compile(r"(?:\\[,;:]\s?)?(?:\{\s*\\sc\s+|\\textsc\s?\{)([ivx]{1,5})\s*\}")  # ions: O\,{\sc iii}


def _in_unicode(value: str) -> str:
    """`value` with symbols that stand alone and ions as Unicode has them."""
    if "\\" not in value:
        return value
    value = _ENSURED.sub(lambda match: _symbols(match[1]), value)
    return _SMALL_CAPITALS.sub(lambda match: f" {match[1].upper()}", value)


def _symbols(formula: str) -> str:
    """A formula in Unicode; where Unicode lacks a character, the formula as it was."""
    text = readable(f"${formula}$")
    whole = not text or not any(mark in text for mark in "\\${}^_")
    return text if whole else f"${formula}$"


def _unescaped(value: str) -> str:
    # Mendeley escapes LaTeX once more: {\$}{\backslash}alpha{\$} is a formula, {\backslash}n a line's end.
    if "\\(" in value:
        value = _INLINE.sub(r"$\1$", _ORDINAL.sub(r"\1", value))
    if "\\backslash" not in value:
        return value
    value = _LINE_END.sub(" ", value)
    value = (
        value.replace("$\\backslash$", "\\").replace("{\\backslash}", "\\").replace("{\\$}", "$").replace("\\$", "$")
    )
    value = value.replace("{\\_}", "_").replace("{\\^{}}", "^").replace("{\\&}", "&").replace("{\\~{}}", "~")
    return value.replace("{\\{}", "{").replace("{\\}}", "}")


def _prose(text: str) -> str:
    if "\\" in text:
        text = _NEW_LINE.sub(" ", text)
        text = _LITERAL.sub(_literal, text)
        text = _ACCENT.sub(lambda match: readable(match[0]) or match[0], text)
        text = _LETTER.sub(_letter, text)
        text = _STYLE.sub("", _ADDRESS.sub("", text))
    if "~" in text:
        text = re.sub(r"(?<!\\)~", " ", text)
    if "--" in text:
        text = re.sub(r"(?<!-)---(?!-)", "—", text)
        text = re.sub(r"(?<!-)--(?!-)", "–", text)
    return text.replace("``", "“").replace("''", "”") if "``" in text else text


def _literal(match: re.Match[str]) -> str:
    index = match.lastindex or 1
    char = _NAMED[index - 1] if index <= len(_NAMED) else match[index]
    whole = match[0]
    # A brace taken with the character belongs to it only when both are there.
    before = "{" if whole.startswith("{") and not whole.endswith("}") else ""
    after = "}" if whole.endswith("}") and not whole.startswith("{") and not whole.endswith(("{}", "\\}")) else ""
    return before + char.translate(_WAITING) + after


def _letter(match: re.Match[str]) -> str:
    name = match[0].strip("\\{} \n\t")
    blank = " " if match[0][-1:].isspace() and len(name) > 6 else ""
    return (_LETTERS.get(name) or readable(f"\\{name}{{}}")) + blank


def _without_braces(text: str) -> str:
    """`text` without its braces, except those around an argument of a command."""
    if "{" not in text and "}" not in text:
        return text
    pieces: list[str] = []
    arguments: list[bool] = []
    start = 0
    ends_argument = False
    for brace in _BRACED.finditer(text):
        before = text[start : brace.start()]
        pieces.append(before)
        start = brace.end()
        if brace[0] == "{":
            follows = ends_argument and not before
            arguments.append(follows or bool(_ARGUMENT.search(text[max(0, brace.start() - _TAIL) : brace.start()])))
            pieces.append("{" if arguments[-1] else "")
            ends_argument = False
        elif arguments:
            ends_argument = arguments.pop()
            pieces.append("}" if ends_argument else "")
    pieces.append(text[start:])
    return "".join(pieces)


# ----------------------------------------------------------------------------------------------------------- names

_TOKEN = re.compile(r"\\.|[{}]|(?<!\S)and(?!\S)|[,;]|[\s~]+", re.DOTALL | re.IGNORECASE)
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_NAME_LENGTH = 2000  # characters; what is longer is no name, and pylatexenc reads some 70,000 a second
_OTHERS = frozenset(("others", "et al", "et al.", "..."))
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)


def names(value: str) -> list[str]:
    """The people of an author field as "Family, Given", organisations whole, "others" left out."""
    if "{" not in value and not _AND.search(value) and _is_list(value):
        return [_fold(plain(name)) for name in _listed(value) if name.strip().casefold() not in _OTHERS]
    people = (_name(parts) for whole in _split(_DBLP.sub("", value)) for parts in _between_commas(whole))
    return [name for name in people if name and name.casefold() not in _OTHERS]


_DBLP = re.compile(r"(?<=\w)\s+0\d{3}(?=\s+and\s|\s*$)")  # its number of a namesake: "Wei Wang 0001"


def _is_list(value: str) -> bool:
    parts = value.split(",")
    return ";" in value or len(parts) > 3 or (len(parts) == 3 and not any(_SUFFIX.fullmatch(p.strip()) for p in parts))


def _listed(value: str) -> list[str]:
    """Names of a field that is not BibTeX's: "Smith, J.; Jones, A." or "J. Smith, A. Jones, C. White"."""
    if ";" in value:
        return value.split(";")
    names = [name.strip() for name in value.split(",")]
    if all(" " not in name or re.fullmatch(r"(?:[A-Z]\.\s?)+", name) for name in names) and len(names) % 2 == 0:
        return [f"{family}, {given}" for family, given in zip(names[::2], names[1::2], strict=True)]
    return names


def _split(value: str) -> Iterator[list[list[str]]]:
    """For each name its parts between commas, each a list of words; what is in braces is one word."""
    parts: list[list[str]] = [[]]
    word, depth, start = "", 0, 0
    for token in _TOKEN.finditer(value):
        kind = token[0]
        word += value[start : token.start()]
        start = token.end()
        if kind in "{}":
            depth = max(0, depth + (1 if kind == "{" else -1))
            word += kind
        elif depth or kind.startswith("\\") or kind == ";":
            word += kind
        else:
            if word:
                parts[-1].append(word)
                word = ""
            if kind == ",":
                parts.append([])
            elif kind.casefold() == "and":
                yield parts
                parts = [[]]
    word += value[start:]
    if word:
        parts[-1].append(word)
    yield parts


def _between_commas(parts: list[list[str]]) -> list[list[list[str]]]:
    """The names of "J. Smith, K. Doe", which commas part; as no family name begins with initials, they are several."""
    words = [" ".join(part) for part in parts]
    return [[part] for part in parts] if len(parts) > 1 and all(map(_INITIALS_FIRST.fullmatch, words)) else [parts]


_INITIALS_FIRST = re.compile(r"(?:[^\W\d_]\.[ -]?){1,4}(?:[^\W\d_]{1,3} ){0,2}[^\W\d_][^\W\d_'’-]+")


def _name(parts: list[list[str]]) -> str:
    filled = [part for part in parts if part]
    if not filled:
        return ""
    if len(filled) == 1:
        return _without_comma(filled[0])
    family = _joined(filled[0])
    if len(filled) == 2:
        return f"{family}, {_joined(filled[1])}"
    if len(filled) == 3 and _SUFFIX.fullmatch(_joined(filled[2])):  # "King, Martin Luther, Jr." is met too
        return f"{family}, {_joined(filled[1])} {_joined(filled[2])}"
    if len(filled) == 3:
        return f"{family}, {_joined(filled[2])} {_joined(filled[1])}"
    return ", ".join(_joined(part) for part in filled)


def _without_comma(words: list[str]) -> str:
    if len(words) == 1 or not any(char.isascii() and char.isalpha() for word in words for char in word):
        return _joined(words)
    last = len(words) - 1
    suffix = f" {_joined(words[-1:])}" if last > 1 and _SUFFIX.fullmatch(words[-1]) else ""
    words = words[:-1] if suffix else words
    last = len(words) - 1
    family = next((place for place in range(1, last) if _small(words[place])), last)
    if _small(words[0]) and last:
        family = 0
    given = _joined(words[:family])
    return f"{_joined(words[family:])}, {given}{suffix}" if given else _joined(words[family:]) + suffix


def _small(word: str) -> bool:
    """Whether a word begins with a small letter: "von", "de", not "{Max}"."""
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letter = next((char for char in plain(word) if char.isalpha()), "A")
    return letter.islower()


def _joined(words: list[str]) -> str:
    return _fold(plain(" ".join(words)))


def _fold(text: str) -> str:
    if len(text) < _NAME_LENGTH and ("\\" in text or "$" in text):
        text = readable(text)
    return " ".join(text.split())
