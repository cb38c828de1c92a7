"""Tokens of the search box: words, phrases, brackets, operators, fields and tags, each with its place in the text.

Knows characters, not what tokens mean together. Always true: every place is in the text as typed; a bracket or a
quote that belongs to a word, such as f(x), (R)-ketamine, 5" and :), is a part of that word; what is no token of the
language is a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from explorer.search.box.dialects import (
    ARXIV,
    EMBASE,
    FIELDS,
    OVID,
    OWN,
    PUBMED,
    REFUSED,
    SCOPUS,
    SCOPUS_FIELD,
    SCOPUS_FIELDS,
    SCOPUS_LIMIT,
    SCOPUS_YEAR,
    WOS,
    WOS_FIELD,
    WOS_FIELDS,
    Dialect,
    dialect_of,
    tag_of,
    within_of,
)
from explorer.search.box.foreign import refuse, with_round
from explorer.search.box.query import BadQuery
from explorer.search.box.suffixes import prefix, quoted, signs, suffix


class Kind(StrEnum):
    """Kinds of tokens; a FIELD stands before its terms, a TAG behind its term."""

    WORD = "word"
    PHRASE = "phrase"
    OPEN = "("
    CLOSE = ")"
    AND = "and"
    OR = "or"
    NOT = "not"
    NEAR = "near"
    SAME = "same"
    MINUS = "-"
    FIELD = "field"
    TAG = "tag"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """What stands from `start` to `end`; `field` is that of ours which a FIELD or TAG names.

    `within`: words in quotes may stand in any order, with so many more among them.
    """

    kind: Kind
    text: str
    start: int
    end: int
    field: str = ""
    within: int | None = None


# Character by character, so that places stay: blanks of all widths, quotes of all countries, full-width forms.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= dict.fromkeys(map(ord, "“”„‟«»‹›″＂「」『』《》〈〉〝〞〟❝❞"), ord('"'))
_PLAIN |= dict.fromkeys(map(ord, "‘’‚‛′＇"), ord("'"))
_PLAIN |= dict.fromkeys([*range(0x2000, 0x200C), 0xA0, 0x202F, 0x205F, 0x3000, 0x2028, 0x2029, 0xFEFF, 9, 10, 13], 32)
_DASHES = "-–—−‐‑‒―﹣－"
_MINUS = re.compile(rf"[{_DASHES}](?=[^\W\d_]|\d+[^\W\d_]|[\"(]|\.[^\W\d_])")
_NUMBER = re.compile(r"\d[\d.,]*(?:%|°\w?)?(?=[\s)]|$)")
_SIGN = re.compile(r"(AND|OR|NOT|ANDNOT)(?![^\s()\"\[])")
_ANYCASE = re.compile(r"(and|or|not)(?![^\s()\"\[{])", re.IGNORECASE)
_NEAR = re.compile(r"(?:(?i:NEAR|W|PRE|ONEAR|NEXT|N|P)/\d{1,4}|NEAR|NEXT|SAME)(?![^\s()\"\[{])", re.ASCII)
_ADJ = re.compile(r"(?i:adj)\d{0,2}(?![^\s()\"])", re.ASCII)
_WITHIN = re.compile(r"~(\d{1,3})(?![\w~])", re.ASCII)  # behind a phrase, as Lucene writes it
_TYPED_TWICE = re.compile(r"(?:&&|\|\|)(?=[\s(\"])")
_FIELD = re.compile(rf"({'|'.join(sorted([*FIELDS, *REFUSED], key=len, reverse=True))}):", re.IGNORECASE | re.ASCII)
_BANG = re.compile(r"[!¬](?=[\"(])|[!¬](?=[^\W\d_])")
_WEIGHT = re.compile(r"\^\d{1,3}(?:\.\d{1,3})?(?![^\s()])", re.ASCII)  # how much a term counts, as Lucene writes it
_SAME_AS = re.compile(r"(title|abstract|author|venue|journal)=(?=[\"(\w])", re.IGNORECASE | re.ASCII)
_YEAR_IS = re.compile(r"year\s?(?P<sign>[<>]=?|=)\s?(?P<year>\d{4})(?![\w.-])", re.IGNORECASE | re.ASCII)
_ODDS = re.compile(r"OR\s*[=:]?\s*(?!10\.\d{4,9}/|\d{4}\.\d{4,5}(?!\d))\d+[.,·]\d")  # an odds ratio
_DAY = r'"?(\d{4})(?:[/-]\d\d?){0,2}"?'
_DATES = re.compile(rf"{_DAY}\s*(?:\[([^\[\]]*)\])?\s*:\s*{_DAY}\s*\[([^\[\]]*)\]")
_TAG = re.compile(r"\s*\[([^\[\]]*)\]")
_JOINED = re.compile(rf"\w|[{_DASHES}/]\w")  # behind a bracket, what makes it a part of a word
_INNER_SIGN = re.compile(r"(?<!\S)(?:AND|OR|NOT)(?!\S)")
_CAPITALS = re.compile(r"(?:OF|THE|IN|FOR|ON|WITH|TO|BY|A|AN|FROM)")
_NEGATED = re.compile(rf"[{_DASHES}!¬](?=[^\W\d_]|[\"(])|NOT\s")
# A name of several words that no quotes hold together: author:J. Smith, author:Smith, J.
_INITIALED = re.compile(
    r"(?:[^\W\d_]\.[ -]?){1,3}[^\W\d_][\w'’-]+|[^\W\d_][\w'’-]+,[ ]?[^\W\d_]\.(?:[ -]?[^\W\d_]\.){0,2}(?!\w)"
)
_OPEN_FACE = frozenset(":;=8")  # before a bracket they make a face


def plain(typed: str) -> str:
    """`typed` with plain blanks, quotes and widths, as long as before."""
    return typed.translate(_PLAIN)


def tokens(typed: str) -> tuple[Dialect, list[Token]]:
    """The language of `typed`, and its tokens up to END.

    Raises BadQuery for a quote that is not closed, an unknown field or tag, and a bracket without its second half where
    operators, fields or quotes say that it is meant.
    """
    lexer = _Lexer(typed)
    return lexer.dialect, lexer.run()


def _quotes(text: str) -> tuple[dict[int, int], int | None]:
    """Where quoted phrases begin and end, and the place of a quote that is not closed."""
    spans, place = dict[int, int](), 0
    while (start := text.find('"', place)) >= 0:
        place = start + 1
        doubled = text.startswith('""', start) and not text.startswith('"""', start)
        if start and text[start - 1].isdigit() and not doubled:
            continue  # inches
        inner = start + 2 if doubled and text[start + 2 : start + 3].isalnum() else start + 1
        end = text.find('"', inner)
        if end < 0:
            return spans, start
        place = end + 2 if inner == start + 2 and text.startswith('""', end) else end + 1
        spans[start] = place
    return spans, None


class _Lexer:
    def __init__(self, typed: str) -> None:
        self._typed, self._text = typed, plain(typed)
        self._quote()
        self.dialect = dialect_of(self._bare)
        if self.dialect in (OWN, ARXIV):
            self._text = with_round(self._text, self._bare)
            self._quote()
        if (text := quoted(self.dialect, self._text)) != self._text:
            self._text = text
            self._quote()
        words = re.findall(r"[^\W\d_]+", self._bare)
        shouted = len(words) > 3 and self._bare.isupper() and any(map(_CAPITALS.fullmatch, words))
        self._operators = not (shouted and self.dialect is OWN)
        self._groups, self._loose = self._brackets()
        self._tokens: list[Token] = []

    def _quote(self) -> None:
        """Find the phrases in quotes; `_bare` is the text without what is in them."""
        self._spans, self._open = _quotes(self._text)
        self._ends = frozenset(self._spans.values())
        blank = list(self._text)
        for start, end in self._spans.items():
            blank[start + 1 : end - 1] = "x" * (end - start - 2)
        self._bare = "".join(blank)

    def run(self) -> list[Token]:
        place = 0
        while place < len(self._text):
            place = place + 1 if self._text[place] == " " else self._next(place)
        self._tokens.append(Token(Kind.END, "", place, place))
        self._refuse()
        return self._tokens

    def _refuse(self) -> None:
        strategy = any(token.kind is not Kind.WORD for token in self._tokens[:-1])
        refuse(self.dialect, self._text, self._bare, self._typed, strategy=strategy)
        if self._open is not None:
            rest = self._typed[self._open + 1 :].strip()[:40]
            reason = f"a quote is opened before “{rest}” and not closed; close it, or leave it out"
            raise BadQuery(reason, self._typed, (self._open, self._open + 1))
        if self._loose and strategy:
            place = self._loose[0]
            half = "opened and not closed" if self._text[place] == "(" else "closed and not opened"
            raise BadQuery(f"a bracket is {half}", self._typed, (place, place + 1))

    # ------------------------------------------------------------------------------------------------- brackets

    def _brackets(self) -> tuple[frozenset[int], list[int]]:
        """Places of the brackets that group, and of those that lack their second half."""
        groups, loose, stack = set[int](), list[int](), list[int]()
        for place, char in enumerate(self._bare):
            if char == "(":
                stack.append(place)
            elif char == ")":
                if not stack:
                    if not self._is_list_mark(place):
                        loose.append(place)
                    continue
                start = stack.pop()
                if self._groups_terms(start, place):
                    groups |= {start, place}
        return frozenset(groups), sorted(loose + [place for place in stack if not self._is_face(place)])

    def _is_list_mark(self, place: int) -> bool:
        """Whether a closing bracket ends a face or a number: ":)", "a)", "1)"."""
        number = place > 0 and self._bare[place - 1].isalnum() and self._bare[max(0, place - 2)] in " ("
        return self._is_face(place) or number or (place == 1 and self._bare[0].isalnum())

    def _is_face(self, place: int) -> bool:
        return place > 0 and self._bare[place - 1] in _OPEN_FACE

    def _groups_terms(self, start: int, end: int) -> bool:
        """Whether a pair of brackets holds terms; else it is a part of a word: f(x), (R)-ketamine."""
        begin = start
        while begin and self._bare[begin - 1] not in " ()":
            begin -= 1
        word = self._bare[begin:start]
        joined = (word and word[-1].isalnum() and not self._is_sign(word)) or (
            _JOINED.match(self._bare, end + 1) and not _SIGN.match(self._bare, end + 1)
        )
        if not joined or (self.dialect is SCOPUS and word.lower() in SCOPUS_FIELDS):
            return True
        return '"' in self._bare[start:end] or bool(_INNER_SIGN.search(self._bare, start + 1, end))

    def _is_sign(self, word: str) -> bool:
        pattern = _ANYCASE if self.dialect.anycase else _SIGN
        return bool(pattern.fullmatch(word) or _NEAR.fullmatch(word))

    # --------------------------------------------------------------------------------------------------- tokens

    def _add(self, kind: Kind, start: int, end: int, text: str = "", field: str = "") -> int:
        self._tokens.append(Token(kind, text or self._text[start:end], start, end, field))
        return end

    def _next(self, place: int) -> int:
        """Add the token at `place`; its end."""
        char = self._text[place]
        if place in self._spans:
            end = self._spans[place]
            if (dates := self._dates(place)) is not None:
                return dates
            inner = signs(self.dialect, self._text[place:end].strip('"').strip())
            loose = _WITHIN.match(self._text, end)
            within, end = (int(loose[1]), loose.end()) if loose else (None, end)
            self._tokens.append(Token(Kind.PHRASE, inner, place, end, within=within))
            return end
        behind = (place in self._ends or place - 1 in self._groups) and self.dialect in (OWN, ARXIV)
        if behind and (weight := _WEIGHT.match(self._text, place)):
            return weight.end()
        if place in self._groups:
            return self._add(Kind.OPEN if char == "(" else Kind.CLOSE, place, place + 1)
        if char == "{" and self.dialect is SCOPUS and (end := self._text.find("}", place)) > 0:
            return self._add(Kind.PHRASE, place, end + 1, self._text[place + 1 : end].strip())
        for read in (self._foreign, self._sign, self._minus, self._field):
            if (after := read(place)) is not None:
                return after
        return self._word(place)

    def _at_start(self, place: int) -> bool:
        before = self._text[place - 1] if place else " "
        return before in " " or place - 1 in self._groups or place in self._ends

    def _foreign(self, place: int) -> int | None:
        """A field or tag of a service."""
        if self.dialect is PUBMED:
            return self._dates(place) if self._text[place].isdigit() else self._tag(place)
        if self.dialect in (OVID, EMBASE):
            return self._mark(place)
        if self.dialect is SCOPUS:
            if limit := SCOPUS_LIMIT.match(self._text, place):
                self._add(Kind.FIELD, place, limit.start("year"), "LIMIT-TO", "year")
                self._add(Kind.WORD, limit.start("year"), limit.end("year"))
                return limit.end()
            if match := SCOPUS_YEAR.match(self._text, place):
                self._add(Kind.FIELD, place, match.start("year"), "PUBYEAR", "year")
                return self._add(Kind.WORD, match.start("year"), match.end(), _years(match["sign"], match["year"]))
            match, names = SCOPUS_FIELD.match(self._text, place), SCOPUS_FIELDS
        elif self.dialect is WOS:
            match, names = WOS_FIELD.match(self._text, place), WOS_FIELDS
        else:
            return None
        if match is None:
            return None
        return self._add(Kind.FIELD, place, match.end(), match["name"], names[match["name"].lower()])

    def _mark(self, place: int) -> int | None:
        """A field of Ovid or Embase behind its term, or a heading or limit."""
        last = self._tokens[-1].kind if self._tokens else None
        if last in (Kind.WORD, Kind.PHRASE, Kind.CLOSE) and (mark := suffix(self.dialect, self._text, place)):
            return self._add(Kind.TAG, place, mark.end, mark.text, mark.field)
        if not self._at_start(place) or not (mark := prefix(self.dialect, self._text, place)):
            return None
        self._add(Kind.FIELD, place, place, mark.text, mark.field)
        self._tokens.append(Token(Kind.PHRASE, signs(self.dialect, mark.term), place, mark.end))
        return mark.end

    def _dates(self, place: int) -> int | None:
        """A range of dates in PubMed's form."""
        match = _DATES.match(self._text, place) if self.dialect is PUBMED else None
        if match is None or tag_of(match[4]) != "year":
            return None
        self._add(Kind.FIELD, place, match.start(3), "dp", "year")
        return self._add(
            Kind.WORD, match.start(3), match.end(), f"{match[1]}..{'' if match[3] == '3000' else match[3]}"
        )

    def _tag(self, place: int) -> int | None:
        match = _TAG.match(self._text, place)
        if match is None or not self._tokens or self._tokens[-1].kind not in (Kind.WORD, Kind.PHRASE, Kind.CLOSE):
            return None
        field = tag_of(match[1])
        if field is None:
            raise BadQuery(f"[{match[1]}] is no tag of PubMed that is understood here", self._typed, match.span())
        self._tokens.append(Token(Kind.TAG, match[1].strip(), place, match.end(), field, within_of(match[1])))
        return match.end()

    def _sign(self, place: int) -> int | None:
        """An operator."""
        if not self._operators or not self._at_start(place):
            return None
        match = _NEAR.match(self._text, place)
        if match and ("/" in match[0] or (self.dialect.anycase and (match[0] != "NEXT" or self.dialect is EMBASE))):
            return self._add(Kind.SAME if match[0] == "SAME" else Kind.NEAR, place, match.end())
        if self.dialect is OVID and (match := _ADJ.match(self._text, place)):
            return self._add(Kind.NEAR, place, match.end())
        if match := _TYPED_TWICE.match(self._text, place):
            return self._add(Kind.AND if match[0] == "&&" else Kind.OR, place, match.end(), match[0])
        match = (_ANYCASE if self.dialect.anycase else _SIGN).match(self._text, place)
        if match is None or (self.dialect is OWN and _ODDS.match(self._text, place)):
            return None
        if match[1] == "ANDNOT":
            self._add(Kind.AND, place, place + 3)
            return self._add(Kind.NOT, place + 3, place + 6)
        return self._add(Kind(match[1].lower()), place, match.end())

    def _minus(self, place: int) -> int | None:
        """A minus before what is to be left out; before a number it is the number's sign."""
        if not self._at_start(place):
            return None
        last = self._tokens[-1].kind if self._tokens else None
        bang = _BANG.match(self._text, place) if self.dialect in (OWN, ARXIV) else None
        if bang and (self._text[place + 1] in '"(' or last in (Kind.AND, Kind.OR)):  # "!Kung" is a name
            return self._add(Kind.MINUS, place, bang.end())
        if not (match := _MINUS.match(self._text, place)):
            return None
        return self._add(Kind.MINUS, place, match.end())

    def _field(self, place: int) -> int | None:
        """A field of ours."""
        after_minus = bool(self._tokens) and self._tokens[-1].kind is Kind.MINUS and self._tokens[-1].end == place
        if not (self._at_start(place) or after_minus):
            return None
        if self.dialect in (OWN, ARXIV) and (year := _YEAR_IS.match(self._text, place)):
            self._add(Kind.FIELD, place, year.start("year"), "year", "year")
            sign = year["sign"] if year["sign"] != "=" else ""
            return self._add(Kind.WORD, year.start("year"), year.end(), f"{sign}{year['year']}")
        same = _SAME_AS if self.dialect in (OWN, ARXIV) else _FIELD
        if not (match := _FIELD.match(self._text, place) or same.match(self._text, place)):
            return None
        name = match[1].lower()
        rest = self._text[match.end() :]
        if not rest or rest[0] == " ":
            if place and rest.strip():  # "the death of the author: on reading"
                return None
        elif name in REFUSED:
            names = ", ".join(f"{name}:" for name in FIELDS_SHOWN)
            raise BadQuery(f"{match[0]} is no filter here; there are {names}", self._typed, match.span())
        elif negated := _NEGATED.match(rest):
            reason = f"a minus stands before the field, not behind it; write -{match[0]}…"
            raise BadQuery(reason, self._typed, (place, match.end() + negated.end()))
        if name in REFUSED:
            return None
        end = self._add(Kind.FIELD, place, match.end(), name, FIELDS[name])
        if FIELDS[name] == "authors" and (person := _INITIALED.match(self._text, end)):
            return self._add(Kind.WORD, end, end + len(person[0].rstrip()), person[0].rstrip())
        return end

    def _word(self, place: int) -> int:
        """The characters up to a blank, a quote, a group's bracket or a tag."""
        end = place + 1
        while end < len(self._text) and self._text[end] != " " and end not in self._spans and end not in self._groups:
            if self.dialect is PUBMED and self._text[end] == "[" and _TAG.match(self._text, end):
                break
            if self._text[end] in ".:/" and suffix(self.dialect, self._text, end):
                break
            end += 1
        return self._add(Kind.WORD, place, end, signs(self.dialect, self._text[place:end]))


FIELDS_SHOWN = (
    "year", "author", "title", "abstract", "text", "venue", "topic", "in", "tag", "file", "doi", "is",
)  # fmt: skip


def _years(sign: str, year: str) -> str:
    """A comparison of Scopus as a range of ours."""
    number = int(year)
    return {
        ">": f"{number + 1}..", "AFT": f"{number + 1}..", ">=": f"{number}..", "<": f"..{number - 1}",
        "BEF": f"..{number - 1}", "<=": f"..{number}",
    }.get(sign.upper(), year)  # fmt: skip
