"""Titles, compared: whether two may name one paper, and how much a title says.

Holds pure functions on titles. Knows nothing of what else a paper has. Always true: titles that differ in a number, a
part, a month, or in a word such as "erratum" name two papers.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import pairwise

from explorer.identity.abstracts import script
from explorer.patterns import regex
from explorer.text import fold

_DISTINCTIVE = 6  # words that carry meaning; shorter titles are thought of twice

# Titles that many papers share: all their words say what kind of text it is, none what it is about.
_GENERIC = frozenset(
    "abstract abstracts acknowledgement acknowledgements acknowledgment acknowledgments advert advertisement agenda "
    "announcement announcements appendix article articles author authors available award awards back bibliography "
    "board book books calendar call chair chairs commentary comment comments committee conclusion conclusions "
    "conference content contents contributors copyright correction corrections correspondence corrigendum cover "
    "current daily dedication discussion editor editorial editorials editors errata erratum events foreword "
    "forthcoming front from further glossary guest highlights image in index information interview introduction "
    "introductory invited issue journal keynote letter letters list masthead matter meeting meetings member members "
    "memoriam memory message minutes miscellaneous nachruf new news newsletter no not note notes notice notices "
    "obituary obituaries of opening organizers our overview page pages panel papers past perspective perspectives "
    "postscript preface president press presidential prize proceedings program programme publications publisher "
    "questions answers reader readers rebuttal recent references referees remarks reply report reports response "
    "responses results retraction review reviewer reviewers reviews section session society special speakers staff "
    "subject summary supplement symposium table talk talks thanks this tutorial tribute untitled upcoming "
    "volume welcome with workshop s respond responds chief clinical club month week picture pictures images quiz photo "
    "case cases oral poster posters plenary lecture lectures viewpoint viewpoints briefs crossword puzzle to the a an "
    "and for on at by book editorialboard frontmatter backmatter "
    "editoriale editorials avant propos remerciements sommaire resume vorwort editorialbeitrag einleitung einfuhrung "
    "inhalt inhaltsverzeichnis nachwort buchbesprechung buchbesprechungen rezension impressum prefacio introduccion "
    "indice prologo presentacion resena resenas agradecimientos apresentacao introducao resenha premessa prefazione "
    "introduzione voorwoord inleiding 编辑部 社论 前言 编者按 目录 卷首语 书评 序言 後記 編集後記 目次 巻頭言".split()
)
# Words of what comes out again and again: the same title and authors are then of another year or issue.
_SERIES = regex(
    r"\b(?:report\w*|bulletin|newsletter|yearbook|jahrbuch|jahresbericht|bericht\w*|annual\w*|yearly|annuaire|rapport\w*"
    r"|biannual\w*|biennial\w*|quarterly|monthly|weekly|daily|statistics|statistik\w*|census|survey\w*|monitor\w*|outlook"
    r"|update\w*|proceedings|abstracts|minutes|guidelines?|recommendations?|highlights|activities|overview|trends|progress"
    r"|advances|developments|findings|results of the|year in|year of|state of|informe\w*|relatorio\w*|anuario|memoria"
    r"|boletin|records? of|new species|new records?|new taxa|checklist|catalogue|notes on|contributions? to|list of"
    r"|obituar\w*|in memoriam|season|nomenclature|programme|program|meeting)\b|年报|年度|年鑑|年鉴|報告|报告|白皮书"
)
_NO_SERIES = regex(r"\b(?:case reports?|report of (?:a|one|two|three|\d+) (?:case|patient)\w*|self reports?)\b")
_OFTEN = regex(r"\b(?:bulletin|newsletter|quarterly|monthly|weekly|daily|minutes|update\w*|news|obituar\w*)\b")

# Words that, in only one of two titles, make another paper of it.
_ANOTHER = frozenset(
    "erratum errata corrigendum corrigenda correction corrections corrected retraction withdrawal notice addendum "
    "reply response rejoinder comment comments commentary supplement supplementary appendix concern berichtigung "
    "korrektur erwiderung replik antwort replique reponse erreur correccion respuesta comentario errate correcao "
    "resposta translation lettre leserbrief kommentar commentaire carta lettera commento letter correspondence "
    "rebuttal 勘误 勘誤 更正 撤稿声明 訂正 正誤表 "
    "回复 答复 评论 討論 정정".split()
)
# Beginnings that make a text about a paper, or what belongs to it, of the paper's title.
_ABOUT = regex(
    r"\W*(?:(?:in )?re\s*:|(?:discussion|closure)\s*(?::|of\b|to\b|on\b)|editorial\s*:|fe de erratas?\b"
    r"|errata corrige\b|supporting information\b|(?:replication |research |raw )?data(?:sets?)?\s*(?::|from\b|for\b)"
    r"|(?:source |computer )?(?:code|software)\s*(?:for|from)?\s*[:\"“]|(?:talk|slides|poster)\s*:"
    r"|review of\s*[:\"“])",
    re.IGNORECASE,
)
_PART = regex(
    r"\d+(?:st|nd|rd|th|x|d)?|[ivx]+|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|[a-h]|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|spring|summer|autumn|winter|[一二三四五六七八九十上中下]"
)
_MARKED = regex(
    r"^\W*(?:retracted(?: article| paper)?|withdrawn|article retracted|preprint|已?撤稿)\W*[:：.\-–—\]]\W*"
    r"|\s*[\[(](?:this (?:article|paper) has been )?(?:retracted|withdrawn)\b[^\])]*[\])]\W*$",
    re.IGNORECASE,
)
_TAG = regex(r"</?[A-Za-z][\w:]{0,11}(?:\s[^<>]{0,200})?/?>")
_LANGUAGE = regex(r"\b([A-Za-z])(\+\+|#)(?![\w#+])")  # C++, C#: another than C
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi "
        "chi psi omega".split(),
        strict=True,
    )
)
_LITTLE = frozenset("a the an of on in for and to sub sup inf".split())


def titles_agree(first: str, second: str, *, loosely: bool = False) -> bool:
    """Whether two titles may name the same paper: equal, or with a subtitle or a word more; no title agrees.

    A word may be spelt otherwise (effect, effects), none replaced by another. `loosely`, when something else speaks for
    the same paper: half of the words are enough, a number may be missing, and a title in another alphabet agrees (the
    original beside its translation).
    """
    ours, theirs = title_words(first), title_words(second)
    if not ours or not theirs or ours == theirs or "".join(ours) == "".join(theirs):
        return True
    if _is_cut(first, second):
        return True
    only_ours, only_theirs = _only(ours, theirs), _only(theirs, ours)
    if another_work(first, second) or (not loosely and any(map(_PART.fullmatch, only_ours + only_theirs))):
        return False
    if loosely and script(first) != script(second):
        return True
    fewer, more = sorted((len(set(ours)), len(set(theirs))))
    if loosely:
        return fewer - min(len(only_ours), len(only_theirs)) >= 0.5 * fewer
    if only_ours and only_theirs:
        return False
    short, long = sorted((ours, theirs), key=len)
    begins = short in (long[: len(short)], long[-len(short) :])  # or ends
    return fewer >= 3 and (begins or (fewer >= 4 and more - fewer <= max(1, more // 4)))


def begins_alike(first: str, second: str) -> bool:
    """Whether either title is the other with a subtitle, however short, in which no number or part stands."""
    short, long = sorted((title_words(first), title_words(second)), key=len)
    return _is_cut(first, second) or (
        bool(short) and long[: len(short)] == short and not any(map(_PART.fullmatch, long[len(short) :]))
    )


def _is_cut(first: str, second: str) -> bool:
    """Whether a title is the cut beginning of the second, or the reverse: "Peat and climate in …"."""
    for short, long in ((first, second), (second, first)):
        words = title_words(short.rstrip(" .…"))
        if short.rstrip().endswith(("…", "...")) and len(words) >= 3 and title_words(long)[: len(words)] == words:
            return True
    return False


def another_work(first: str, second: str) -> bool:
    """Whether two titles name two papers: both have a number or part of their own, or only one of them is a
    reply, an erratum, a supplement.
    """
    ours, theirs = title_words(first), title_words(second)
    if not ours or not theirs or ours == theirs:
        return False
    only_ours, only_theirs = _only(ours, theirs), _only(theirs, ours)
    if (set(only_ours) | set(only_theirs)) & _ANOTHER or bool(_ABOUT.match(first)) != bool(_ABOUT.match(second)):
        return True
    return all(any(map(_PART.fullmatch, only)) for only in (only_ours, only_theirs))


def is_generic(title: str) -> bool:
    """Whether a title, such as "Editorial Board", says only what kind of text it is; so does one without words."""
    folded = fold(title)
    return _GENERIC.issuperset(folded.split()) or folded in ("title page", "no title", "title not available")


def is_serial(title: str) -> bool:
    """Whether a title is of something that comes out again and again, such as a report of every year."""
    folded = fold(title)
    return bool(_SERIES.search(_NO_SERIES.sub(" ", folded)))


def is_periodical(title: str) -> bool:
    """Whether a title may come out several times a year, such as a weekly bulletin."""
    return bool(_OFTEN.search(fold(title)))


def is_distinctive(title: str) -> bool:
    """Whether a title says so much that two works of the same people hardly share it."""
    return len(title_words(title)) >= _DISTINCTIVE and not is_serial(title)


@lru_cache(maxsize=4096)
def title_words(title: str) -> tuple[str, ...]:
    """The words of a title that carry meaning, folded, in their order; without the mark of a retraction."""
    plain = _TAG.sub("", html.unescape(title)) if "&" in title or "<" in title else title  # CO<sub>2</sub>
    plain = _LANGUAGE.sub(lambda name: name[1] + ("sharp" if name[2] == "#" else "plusplus"), plain)
    words = fold(_MARKED.sub("", plain)).split()
    spelt = (_spelt(word, before) for word, before in zip(words, ["", *words], strict=False))
    return tuple(word for word in spelt if word not in _LITTLE) or tuple(words)


def _spelt(word: str, before: str) -> str:
    """A word as those write it who have no Greek letters, and numbers in digits: "part ii", "part two" → "part 2"."""
    if word in ("i", "v", "x"):
        return _NUMBERS[word] if before in _NUMBERED else word
    if not word.isascii() and sum(letter in _GREEK for letter in word) == 1:  # more are a Greek word
        word = "".join(_GREEK.get(letter, letter) for letter in word)
    return _NUMBERS.get(word, word)


_NUMBERS = {
    word: str(number)
    for words in ("one two three four five six seven eight nine ten", "i ii iii iv v vi vii viii ix x")
    for number, word in enumerate(words.split(), 1)
}
_NUMBERED = frozenset("part volume vol chapter phase type section book paper stage level class grade teil band".split())


def _only(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[str]:
    """The words of `ours` that stand in `theirs` in no spelling, also not in two pieces."""
    there = set(theirs) | {a + b for a, b in pairwise(theirs)}
    pieces = {piece for a, b in pairwise(ours) if a + b in there for piece in (a, b)}
    unlike = (word for word in dict.fromkeys(ours) if word not in there and word not in pieces)
    return [word for word in unlike if not any(_alike(word, other) for other in theirs)]


def _alike(word: str, second: str) -> bool:
    """Whether two words are one in two spellings: an ending more, or a letter more, less or replaced."""
    short, long = sorted((word, second), key=len)
    if len(short) < 4 or short[0] != long[0] or any(map(str.isdigit, word + second)):
        return False
    if (long.startswith(short) and len(long) - len(short) <= 2) or _american(short) == _american(long):
        return True
    return len(short) >= 6 and len(long) - len(short) <= 1 and _one_edit(short, long)


def _american(word: str) -> str:
    """A word in American spelling: "colour", "organisation", "analyse", "anaemia", "fibre", "modelling"."""
    for pattern, written in _BRITISH:
        word = pattern.sub(written, word)
    return word


_BRITISH = (
    (re.compile(r"our(?=$|s$|al|ed|ing|ful|able|less|ist|ite)"), "or"),
    (re.compile(r"(?<=..)is(?=e|ing|ation)"), "iz"),
    (re.compile(r"ys(?=e|ing)"), "yz"),
    (re.compile(r"ae(?!$)|^oe|(?<=f)oe(?=t)|(?<=rh)oe|(?<=^c)oe(?=l)"), "e"),
    (re.compile(r"(?<=[tb])re(?=s?$)"), "er"),
    (re.compile(r"ll(?=ed|ing|er)"), "l"),
    (re.compile(r"ogue$"), "og"),
    (re.compile(r"ence$"), "ense"),
)


def _one_edit(short: str, long: str) -> bool:
    start = next((i for i, char in enumerate(short) if char != long[i]), len(short))
    return short[start:] == long[start + 1 :] or short[start + 1 :] == long[start + 1 :]
