"""Names of authors out of the strings of files: between whatever stands between them, without what hangs on them.

Holds `authors`, for a field of many names, and `several`, for a field that should be a single name and may be more.
Knows nothing of records, files and formats.
Always true: order and form of the source stay ("Family, Given" and "Given Family" alike); a name is no placeholder and
no "et al.", and has no degree, footnote mark or number of DBLP; no function raises, each is linear in its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from explorer.placeholders import is_placeholder

_LONGEST = 500_000  # characters of a field; a paper of particle physics has 3,000 authors

_NAME = 300  # characters of a name

_STRONG = re.compile(r"\s*[;；؛|\n]\s*|\s*•\s*|\s+[·/]{1,2}\s+|(?<=\.)/(?=[^\W\d_])")
_HAN = "々〇㐀-鿿豈-﫿"
_MIDDLE_DOT = re.compile(rf"(?<=[{_HAN}])[・･](?=[{_HAN}])|(?<=[\uac00-\ud7af])[·ㆍ・](?=[\uac00-\ud7af])")
_UNSPACED = re.compile(rf"[{_HAN}\u3040-\u30ff\uac00-\ud7af]")
# "山田, 太郎" in a field of a single name; where both begin with a family name of China, they are two: "王伟, 李明".
_HAN_PAIR = re.compile(
    rf"([{_HAN}\u3040-\u30ff\uac00-\ud7af]{{1,3}})\s*,\s*([{_HAN}\u3040-\u30ff\uac00-\ud7af]{{1,4}})"
)
_CHINESE = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
    "田任姜范方石姚谭廖邹熊陆郝孔崔康邱秦江史顾侯邵孟龙雷段钱汤尹黎易常武乔贺赖龚文張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許呂蘇盧蔣"
)  # fmt: skip
_TWO_SIGNS = frozenset(
    "欧阳 司马 诸葛 上官 皇甫 慕容 令狐 尉迟 公孙 长孙 端木 东方 南宫 夏侯 司徒 歐陽 司馬 諸葛 東方 長孫".split()
)
_COMMA = re.compile(r"\s*[,，،]\s*")
_CLOSE_COMMA = re.compile(r"[，،]|,(?=[^\s\d])")
# "y", "e", "i" also stand within a family name (Ramón y Cajal), so there both sides must be whole names.
_AND = re.compile(r"[,，،]?\s+(?:and|und|et(?! ?al\b)|och|og|și|и|та|and\s*&|&)\s+|(?<=,)\s*&\s*", re.IGNORECASE)
_AND_WITHIN = re.compile(r",?\s+(?:y|e|i|en|ve|và|dan|і)\s+")
_HAN_AND = re.compile(rf"(?<=[{_HAN}])\s*[和与與及]\s*(?=[{_HAN}]{{2}})")
_BODY = re.compile(
    r"\b(?:committee|group|organi[sz]ation|ministry|department|institutes?|university|cent(?:er|re)s?|association|society|"
    r"consortium|collaboration|team|network|council|commission|agency|office|board|academy|college|federation|"
    r"foundation|initiative|bureau|administration|service|division|school|company|corporation|partnership|alliance|"
    r"project|force|panel|union|trust|investigators|ministerio|institut|gesellschaft|verband|academies|executive|authority|"
    r"laborator(?:y|ies)|bank|programme|program|secretariat|nations|industries|inc|ltd|gmbh|corp)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd|4th|junior|filho|neto)\.?", re.IGNORECASE)
_DEGREE = (
    r"(?:Ph\.?\s?D|M\.?\s?D|D\.?Phil|Dr\.?(?: ?med| ?rer\. ?nat)?|M\.?P\.?H|M\.?B\.?A|M\.?Sc|B\.?Sc|MSN?|B\.?A|MSW|RN|"
    r"Pharm\.?D|D\.?D\.?S|D\.?V\.?M|D\.?O|D\.?M\.?D|Psy\.?D|Ed\.?D|Sc\.?D|Dr\.?P\.?H|FRCP|FRCS|FACS|FACP|FAAN|FAHA|FACC|"
    r"MRCP|MBBS|MBChB|M\.?Phil|Dipl|Esq|CNM|PT|DPT|LCSW|OTR|MHS|MEd|MPharm|MRes|BSN|DNP|Prof|P\.?E|CFA|JD|LL\.?M)"
)
_DEGREES = re.compile(
    rf"\s*\(\s*{_DEGREE}\.?(?:\s*,\s*{_DEGREE}\.?)*\s*\)\s*$|(?:\s*,\s*{_DEGREE}\.?)+\s*$|(?<=[a-z]{{2}})\s+(?:PhD|MD|MPH|MBBS|PharmD|DPhil)\.?\s*$"
)
_ONLY_DEGREE = re.compile(rf"{_DEGREE}\.?(?:[ /]{_DEGREE}\.?)*")
_ET_AL = re.compile(
    r"[\s,]*(?:\bet\.?\s?al\b\.?|\bet\s+alii\b|\bet\s+coll\b\.?|\band\s+others\b|\bи\s+др\b\.?|\bu\.\s?a\.|\.{3}|…|"
    r"[\[(+]?\s*\b(?:and|plus)?\s*\d{1,4}\s+(?:more|others?|(?:\w+ )?authors)\b\s*[\])]?)\s*$",
    re.IGNORECASE,
)
_HAN_ET_AL = re.compile(rf"(?<=[{_HAN}]{{2}})\s*(?:等人?|ほか|他)\.?\s*$|\s+외(?:\s*\d+\s*[명인])?\s*$")
# What is no part of a name: addresses, ORCID, years, numbers of affiliations in brackets; braces of BibTeX.
_ASIDE = re.compile(
    r"\s*[\[(<]\s*(?:[^()\[\]<>]{0,60}@[^()\[\]<>]{1,60}|(?:orcid|https?)\b[^()\[\]<>]{0,80}|\d{4}-\d{4}-\d{4}-\d{3}[\dX]"
    r"|(?:19|20)\d\d[a-z]?|\d{1,3}(?:\s*,\s*\d{1,3})*)\s*[\])>]|[{}]",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(
    r"(?<=[^\W\d_A-Z.])\d{1,2}$|(?<=[^\W\d_A-Z.]{2}|\b[A-Z]\.)\d[\d,\s]{0,40}$|\s+0\d{3}$|[\s*†‡§¶‖#^]+$|[¹²³⁰-⁹,ᵃ-ᵛ]+$"
    r"|\((?i:eds?|hrsg|ed)\.?\)$"
)
_ROLE = re.compile(r"\(?(?:eds?|editors?|hrsg)\.?\)?", re.IGNORECASE)
_BEHALF = re.compile(
    r"^(?:[&.…*†‡§¶#\s]+|by\s+|(?:and\s+)?on behalf of\s+(?:the\s+)?|for the\s+|and\s+)", re.IGNORECASE
)
_BRACKETS = re.compile(r"[\[(<{}]")
_MARK_ONLY = re.compile(r"[\W\d_]*|[a-z]")


def authors(value: str) -> list[str]:
    """The names in a field of any number of them: "Smith, J. A., Doe, K., & Roe, L." are three."""
    text = _without_et_al(_folded(value[:_LONGEST]))
    before, behalf, team = text.partition(" on behalf of ")
    if behalf and before.strip(" ,;&|") and not _STRONG.search(team):
        return [*authors(before), *several(re.sub(r"^the\s+", "", team))]
    lines = text.split("\n")
    if len(lines) > 1 and any(line.rstrip().endswith((",", " and", "&", "-")) for line in lines[:-1]):
        text = " ".join(lines)  # a list that was wrapped at a width
    pieces = [piece for piece in _STRONG.split(text) if piece]
    for sign in _RARE if len(pieces) == 1 else ():
        if _all_names(parts := sign.split(text)):
            pieces = parts
    listed = len(pieces) > 1 or text.endswith((";", "；", "؛", "|"))
    names = (name for piece in pieces for name in (several(piece) if listed else _between_and(piece)))
    return [name for name in map(cleaned, names) if name]


_RARE = (
    re.compile("/"),
    re.compile(r"(?<=[A-Za-zÀ-ÿ.])[・·](?=[A-ZÀ-Þ])"),
    re.compile(r"\s[-–—]\s"),
)  # between whole names only


def several(text: str) -> list[str]:
    """The names in a field that should be a single name: it is left whole where it may be."""
    text = _folded(text[:_LONGEST])
    pieces = [piece for piece in _STRONG.split(text) if piece] if _STRONG.search(text) else [text]
    return [name for piece in pieces for name in _within(_without_et_al(piece))]


def _folded(text: str) -> str:
    """`text` with single blanks and commas, so that no pattern has long runs of them to try."""
    return _RUNS.sub(lambda run: "\n" if "\n" in run[0] else run[0][0], text.strip())


_RUNS = re.compile(r"\s{2,}|,(?:\s*,)+")


def _without_et_al(text: str) -> str:
    return text[:-_TAIL] + _ET_AL.sub("", text[-_TAIL:])


_TAIL = 100  # characters


def _within(text: str) -> list[str]:
    if pair := _HAN_PAIR.fullmatch(text.strip()):
        two = all(name[0] in _CHINESE and len(name) > 1 for name in pair.groups())
        return list(pair.groups()) if two else [", ".join(pair.groups())]
    if _UNSPACED.search(text):
        return _unspaced(text)
    if "،" in text:
        return _between_commas(text)
    parts = [part for part in _AND.split(text) if part]
    if len(parts) > 1 and "," not in text and all(map(_is_full, parts)) and not _BODY.search(text):
        return parts  # "Hanna Weber and Jan Dom"
    if len(parts) > 1 and all(_COMMA.search(part) for part in parts):  # "Smith, J. and Doe, K."
        return [name for part in parts for name in _between_commas(part)]
    commas = _COMMA.split(text)
    pairs = len(commas) > 3 and all(map(is_initials, commas[1::2]))
    listed = len(commas) > 1 and all(map(_family_and_initials, commas))
    return _between_commas(text) if pairs or listed else [text]


def _between_and(text: str) -> list[str]:
    if _UNSPACED.search(text):
        return _unspaced(text)
    parts = _whole_bodies(text, [part for part in _AND.split(text) if part.strip(" ,&")])
    if len(parts) == 1:
        parts = _between_and_within(text)
    return [
        name for part in parts for name in ([part] if _is_list_of_body(part) else _between_commas(part.strip(" ,&")))
    ]


def _is_open_body(name: str) -> bool:
    """Whether the name of a body may go on behind "and": "Centers for Disease Control"."""
    return bool(_BODY.search(name) and _OF.search(name))


def _is_list_of_body(text: str) -> bool:
    """Whether commas stand within the name of a body: "Academies of Sciences, Engineering, and Medicine"."""
    first, *rest = _AND.sub(", ", text).split(", ")
    return bool(rest) and _is_open_body(first) and not any(" " in each or is_initials(each) for each in rest)


_OF = re.compile(r"\b(?:of|for|on|in|de|für)\b")


def _between_and_within(text: str) -> list[str]:
    """The sides of "y", "e", "i" where each is a whole name; "Pérez i Soler, X." has its initials behind the second."""
    both, start = list[str](), 0
    last = re.split(r",?\s", text)[-1]
    for match in [*_AND_WITHIN.finditer(text), None]:
        side = text[start : match.start() if match else len(text)]
        if match is None or not is_initials(last) or len(_COMMA.split(side)) % 2 == 0:
            both.append(side)
            start = match.end() if match else 0
    whole = len(both) > 1 and all(map(_is_whole, both))
    return both if whole and ("," in both[0] or "," not in both[-1]) else [text]


def _whole_bodies(text: str, parts: list[str]) -> list[str]:
    """`parts` of a text between "and", a body's name in its whole: "Centers for Disease Control and Prevention"."""
    joined: list[str] = []
    for part in parts:
        before = joined[-1] if joined else ""
        open_body = _is_open_body(before.rpartition(", ")[2]) or _is_list_of_body(before)
        half = before.isalpha() and before.istitle() and _BODY.search(part)  # "Food and Agriculture Organization"
        if (open_body or half) and "," not in part and not is_initials(part.split(" ")[0]):
            start = text.find(before)
            end = text.find(part, start + len(before)) + len(part)
            joined[-1] = text[start:end]
        else:
            joined.append(part)
    return joined


def _is_whole(name: str) -> bool:
    words = name.replace(",", " ").split()
    return len(words) > 1 and all(word[0].isupper() or word.islower() for word in words) and words[0][0].isupper()


def _is_full(name: str) -> bool:
    """Whether a part is a name in full, of two to four words of which the first and the last have capitals."""
    words = name.split()
    return 1 < len(words) < 5 and all(word[0].isupper() for word in (words[0], words[-1])) and not name.isupper()


def _all_names(parts: list[str]) -> bool:
    """Whether what stands between slashes are names: each of two words, or of Chinese characters."""
    return len(parts) > 1 and all(
        len(part.replace(",", " ").split()) > 1 or (2 <= len(part.strip()) <= 4 and _UNSPACED.match(part.strip()))
        for part in parts
    )


def _unspaced(text: str) -> list[str]:
    """Names of scripts without blanks: 杨育伟、蔡洪; 山田太郎・鈴木花子; ジョン・スミス and 王，伟 are whole names."""
    text = _HAN_ET_AL.sub("", text.strip(" ,，、"))
    words = text.split(" ")
    if len(words) > 1 and all(
        (len(word) in (2, 3) and word[0] in _CHINESE) or (len(word) in (3, 4) and word[:2] in _TWO_SIGNS)
        for word in words
    ):
        return words
    pieces = [part for part in re.split(r"\s*、\s*", _MIDDLE_DOT.sub("、", _HAN_AND.sub("、", text))) if part]
    return [name for piece in pieces for name in _between_commas(piece)]


def _between_commas(text: str) -> list[str]:
    """Names of a list between commas: each of a single part, or of a family name and what goes before it."""
    parts = [part for part in _COMMA.split(_footless(text)) if not _MARK_ONLY.fullmatch(part)]
    parts = _with_suffixes(_without_degrees(parts))
    if len(parts) < 2:
        return parts
    if len(parts) == 2 and len(_COMMA.sub("", text)) < 5 and _UNSPACED.match(text) and 1 not in map(len, parts):
        return parts
    if _UNSPACED.match(parts[0]) and all(" " not in part for part in parts):
        return [", ".join(parts)] if len(parts) == 2 and len(parts[0]) == 1 else parts
    if any(is_initials(part) for part in parts[1:]):
        return list(_in_turn(parts))
    particle = parts[0].split()[0].lower() in _PARTICLES and not _family_and_initials(parts[0])
    given = len(parts) == 2 and particle and _family_and_initials(parts[1])
    if given or (len(parts) == 2 and not all(map(_natural_name, parts))):
        return [", ".join(parts)]
    alternate = len(parts) % 2 == 0 and all(_is_given(part) for part in parts[1::2])
    if alternate and not all(map(_natural_name, parts[::2])):
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def _without_degrees(parts: list[str]) -> list[str]:
    """`parts` less degrees; "M.D." after a family name alone is initials."""
    left: list[str] = []
    for part in parts:
        whole = left and (_natural_name(left[-1]) or is_initials(left[-1]) or len(left) % 2 == 0)
        if not (whole and _ONLY_DEGREE.fullmatch(part)) and not _AND_MORE.fullmatch(part):
            left.append(part)
    return left


_AND_MORE = re.compile(r"(?:\+|and|plus)?\s*\d{1,4}\s+(?:more|others|authors|more authors)", re.IGNORECASE)


def _with_suffixes(parts: list[str]) -> list[str]:
    """`parts` with each "Jr." and "III" behind the part before."""
    joined: list[str] = []
    for part in parts:
        if joined and _SUFFIX.fullmatch(part):
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined


def _in_turn(parts: list[str]) -> Iterator[str]:
    """Names of a list in which family names and initials take turns, but for teams and full names between them."""
    name = ""
    begun = False  # whether `name` waits for its initials
    for part in parts:
        if begun and (is_initials(part) or _given_and_initials(part)):
            name, begun = f"{name}, {part}", False
        else:
            if name:
                yield name
            name, begun = part, " " not in part or not is_initials(part.split(" ")[0])
    if name:
        yield name


def _given_and_initials(part: str) -> bool:
    """ "John A." and "J. Edgar", which follow a family name in a list that has initials elsewhere."""
    words = part.split()
    return 1 < len(words) < 4 and any(map(is_initials, words)) and not is_initials(words[-1].rstrip("."))


def _family_and_initials(part: str) -> bool:
    """ "Doe K", "van Roe L.A.": what stands between commas where no comma stands within a name."""
    family, _, last = part.rpartition(" ")
    short = is_initials(family) and not ("." in last and "." not in family and len(family) > 1)  # "DOE K."
    return bool(family) and is_initials(last) and not short and family[:1].isalpha()


# Small words that begin a family name: "Lo Monaco, Maria R" is a single name.
_PARTICLES = frozenset(
    "lo la le de di da del della dello van von der den ter ten dos das du el al san santa st saint mac abu ben".split()
)


def _is_given(part: str) -> bool:
    words = part.split()
    return len(words) == 1 or (len(words) < 4 and any(map(is_initials, words[1:])))


def _natural_name(part: str) -> bool:
    """Whether a part is a whole name, so that two of them are two authors: "John Smith, Karin Doe"."""
    words = part.split()
    if len(words) == 1:
        return bool(_CLOSE_NAME.fullmatch(part))
    if _family_and_initials(part):
        return True
    return len(words) > 1 and not words[0].islower() and not all(map(is_initials, words))


_CLOSE_NAME = re.compile(r"(?:[A-ZÀ-Þ]\.-?){1,3}[A-ZÀ-Þ][^\W\d_A-Z]+")  # "J.Smith"


def is_initials(part: str) -> bool:
    """Whether `part` is initials in any alphabet, with or without points: "J.-P.", "JA", "Ya.", "И.И.", "Ä."."""
    first, _, last = part.rpartition(" ")
    part = first if first and _SUFFIX.fullmatch(last) else part
    if len(part) > 16 or _SUFFIX.fullmatch(part):
        return False
    pieces = re.split(r"[\s.\-‐‑–’']+", part.strip(" ."))
    pointed = "." in part
    if pointed and _UNPOINTED.search(part):
        return False
    return bool(pieces) and all(map(str.isalpha, pieces)) and all(_is_initial(piece, pointed) for piece in pieces)


_UNPOINTED = re.compile(
    r"[^\W\d_]{2,}\s|\.(?:[\s-][^\W\d_]{2,3}|[^\W\d_]{3}|(?!Yu|Ya|Ye|Ch|Sh|Zh|Kh|Ts)[A-Z][a-z])$"
)  # short family names: "LI M.", "Z. Wei"


def _is_initial(piece: str, pointed: bool) -> bool:
    if len(piece) == 1:
        return not piece.islower() or pointed
    if pointed:  # "Yu.", "Zh.", "Chr."
        return len(piece) < 4 and piece[0].isupper() and (piece[1:].islower() or piece.isupper())
    return len(piece) < 4 and piece.isupper()


def _footless(text: str) -> str:
    """`text` without the numbers of affiliations between its commas: "John Smith1,2, Karin Doe1"."""
    return (
        re.sub(r"(?<=[^\W\d_])\d{1,2}(?:,\d{1,2})*[*†‡§¶#]*(?=\s*(?:,|$))", "", text)
        if re.search(r"\d", text)
        else text
    )


def cleaned(name: str) -> str:
    """A name without what hangs on it; empty for what is nobody's: a placeholder, "et al.", a mark."""
    name = _BEHALF.sub("", " ".join(name.split()).strip(" ,;&|"))
    if _BRACKETS.search(name) and len(name) < _NAME:
        name = _ASIDE.sub("", name).strip(" ,;&|")
    for pattern in (_ET_AL, _DEGREES, _FOOTNOTE, _FOOTNOTE) if len(name) < _NAME else ():
        bare = pattern.sub("", name).rstrip(" ,;")
        if pattern is _FOOTNOTE and " " not in bare and bare.isascii():
            continue  # "Qwen2"
        if any(map(str.isalpha, bare)) and (pattern is not _DEGREES or "," in bare or _natural_name(bare)):
            name = bare
    if _CLOSE_COMMA.search(name):
        name = _COMMA.sub(", ", name)
    if not any(map(str.isalnum, name)) or is_placeholder("authors", name) or _ROLE.fullmatch(name):
        return ""
    return name


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their order, each once."""
    return tuple(dict.fromkeys(name for name in names if name))
