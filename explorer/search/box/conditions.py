"""What a tree of the box means: the condition that papers must fulfil, and the text that they are ranked by.

Knows what terms and fields mean, not how papers are looked up. Always true: a bare word is no condition unless an
operator or a field says so, or the service it is written for; what is negated is not in the text; what this library
cannot know is left out of the condition with a remark, never in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explorer.filter import STATES, All, Condition, Either, Field, Near, Not, Pattern, Phrase, Prefix, Years
from explorer.search.box.dialects import Dialect, Operator
from explorer.search.box.grammar import Joined, Negated, Node, Scoped, Term
from explorer.search.box.proximity import proximity
from explorer.search.box.query import BadQuery
from explorer.text import fold

_TEXTS = ("", "title", "abstract", "text", "headings")
_MAYBE = 5  # signs of a phrase for a letter that may be there or not: each doubles what is looked for
# A word cut short: two signs of a word at least before the star. It looks first how the word ends: else a long word is
# tried at every pair of places.
_PREFIX = re.compile(r"([^\s*?$]*+(?<=[^\x00-\x7f])|(?=[^\s*?$]*+(?<=\w)\*\Z)[^\s*?$]*\w[^\s*?$]*\w)\*")
_ID = re.compile(
    r"((?:(?:doi|pmid|arxiv):|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/[^\s,;]+|(?:pmid:|arxiv:)\d[\d.]*\d)[,;]?\Z",
    re.ASCII,
)
_RANGE = re.compile(r"(\d{4})?\s*(\.\.|-|–|/)?\s*(\d{4})?")
_COMPARED = re.compile(r"([<>]=?)(\d{4})")
_MARKS = {"liked": "liked", "hidden": "hidden", "to-read": "to read", "unread": "to read"}
_STATES = {**{state: state for state in STATES}, "concerning": "concern"}
_BEFORE, _AFTER = "([{<'`,;:!?", ")]}>'`,;:!?."  # around a word, not of it
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_HALVES = {close: start for start, close in _PAIRS.items()}


@dataclass
class Meaning:
    """What a text asks for: its conditions, the words to rank by in their order, and remarks on it."""

    condition: Condition | None
    words: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def meaning(node: Node, dialect: Dialect, typed: str) -> Meaning:
    """What `node`, the tree of `typed`, asks for. Raises BadQuery for a term that its field cannot hold."""
    reader = _Reader(dialect, typed)
    condition = reader.condition(node, needed=dialect.bare)
    return Meaning(condition, reader.words, reader.remarks)


class _Reader:
    def __init__(self, dialect: Dialect, typed: str) -> None:
        self._dialect, self._typed = dialect, typed
        self.words: list[str] = []
        self.aside, self.headings, self.same = list[str](), list[str](), list[str]()

    @property
    def remarks(self) -> list[str]:
        """What is read otherwise than it may look."""
        kinds = (
            (self.same, "read as AND: only in addresses it is more"),
            (self.headings, "looked for in title and abstract: the library holds no subject headings"),
            (self.aside, "passed over: the library does not hold that"),
        )
        listed = ((list(dict.fromkeys(names)), verdict) for names, verdict in kinds if names)
        return [f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {verdict}" for names, verdict in listed]

    def condition(
        self, node: Node, *, needed: bool, scope: Scoped | None = None, wanted: bool = True
    ) -> Condition | None:
        """The condition of `node`; None for what only ranks.

        `needed`: words without quotes are conditions; `scope`: the field they stand in; `wanted`: not negated.
        """
        if isinstance(node, Term):
            return self._term(node, needed, scope, wanted)
        if isinstance(node, Negated):
            if isinstance(node.part, Negated):
                return self.condition(node.part.part, needed=True, scope=scope, wanted=wanted)
            inner = self.condition(node.part, needed=True, scope=scope, wanted=False)
            return None if inner is None else inner.part if isinstance(inner, Not) else Not(inner)
        if isinstance(node, Scoped):
            if node.field == "aside":
                self.aside.append(self._shown(node.place))
                return None
            return self.condition(node.part, needed=True, scope=node, wanted=wanted)
        if (
            scope is not None
            and scope.field not in _TEXTS
            and node.plain
            and all(_is_word(part) for part in node.parts)
        ):
            first, last = node.parts[0], node.parts[-1]
            assert isinstance(first, Term) and isinstance(last, Term)
            name = " ".join(part.text for part in node.parts if isinstance(part, Term))
            return self._term(Term(name, True, (first.place[0], last.place[1])), needed, scope, wanted)
        return self._joined(node, needed, scope, wanted)

    def _joined(self, node: Joined, needed: bool, scope: Scoped | None, wanted: bool) -> Condition | None:
        needed = needed or (len(node.parts) > 1 and not node.plain)
        parts = [self.condition(part, needed=needed, scope=scope, wanted=wanted) for part in node.parts]
        conditions = tuple(dict.fromkeys(part for part in parts if part is not None))
        if node.near and node.near != "SAME":
            return proximity(node, parts, self._dialect, self._typed)
        if node.near:
            self.same.append(node.near)
        if not conditions:
            return None
        if len(conditions) == 1:
            return conditions[0]
        return Either(conditions) if node.operator is Operator.OR else All(conditions)

    def _shown(self, place: tuple[int, int]) -> str:
        text = " ".join(self._typed[slice(*place)].split())
        return f"“{text if len(text) <= 60 else text[:60] + '…'}”"

    # ---------------------------------------------------------------------------------------------------- terms

    def _term(self, term: Term, needed: bool, scope: Scoped | None, wanted: bool) -> Condition | None:
        kind = scope.field if scope else ""
        if scope is not None and kind not in _TEXTS:
            return self._value(term, scope)
        if scope is None and needed and not term.phrase and not self._dialect.bare and (named := _ID.match(term.text)):
            return Field("id", named[1])
        if kind == "headings" and scope is not None:
            kind = "text"
            self.headings.append(scope.name)
        clean = term.text.partition("/")[0] if scope and scope.field == "headings" else term.text
        clean = clean if term.phrase else bare(clean)
        condition = self._words(term, clean, kind) if term.within is None else self._spread(term, clean, kind)
        if condition is None:
            if scope is not None or (needed and self._dialect.name == ""):
                raise self._error(f"no word to look for stands in {self._shown(term.place)}", term)
            return None
        if wanted and fold(clean):
            ranking = [word.removesuffix("*") for word in clean.split() if not re.search(r"[?*$]\w|\A\*\Z", word)]
            cut = needed or term.phrase or isinstance(condition, Prefix)
            self.words += ranking if cut else [term.text]
        return condition if needed or term.phrase or isinstance(condition, Prefix) else None

    def _words(self, term: Term, clean: str, kind: str) -> Condition | None:
        """What holds words, of which some may be cut short or have signs that stand for letters."""
        if not fold(clean.replace("*", "")):
            return None
        if term.phrase or not self._dialect.bare:
            clean = clean.rstrip("? ")
        signs = [sign for sign in clean if sign in self._dialect.wild]
        if not signs:
            return Phrase(clean, kind)
        words = clean.split()
        if signs == ["*"] and _PREFIX.fullmatch(words[-1]):
            return _fitting(clean, kind, maybe=False)
        if any(len(re.sub(r"[\W_]", "", word)) < 2 for word in words if any(sign in word for sign in signs)):
            if self._dialect.bare:
                raise self._error("two letters at least must stand beside * and ?", term)
            return Phrase(" ".join(clean.replace("*", "").split()), kind)  # "A* search": a star of its own
        if signs.count("$") > _MAYBE:
            raise self._error(
                f"in {self._shown(term.place)} more than {_MAYBE} letters may be there or not; write * for these", term
            )
        return _fitting(clean, kind, maybe="$" in self._dialect.wild)

    def _spread(self, term: Term, clean: str, kind: str) -> Condition | None:
        """What holds the words of a phrase in any order, with some more among them."""
        words = [part for word in clean.split() if (part := self._words(term, word, kind)) is not None]
        if len(words) < 2:
            return words[0] if words else None
        return Near(tuple(words), term.within or 0)

    def _value(self, term: Term, scope: Scoped) -> Condition:
        """What a field that is no text must be."""
        text = term.text if term.phrase else term.text.strip(",;")
        if scope.field == "year":
            return self._years(text, term)
        if scope.field == "authors":
            name = text.replace("_", " ").rstrip(".,").strip()
            if name.endswith("*") and (cut := _PREFIX.fullmatch(name.split()[-1])):
                return Prefix(" ".join((*name.split()[:-1], cut[1])), "authors")
            text = name
        if not text.strip(' "*'):
            raise self._error(f"{scope.name}: is followed by nothing; write {scope.name}:name, or leave it out", term)
        if scope.field == "is":
            return self._state(text.lower(), term)
        if scope.field == "id":
            return Field("id", text)
        return Field(
            "author" if scope.field == "authors" else scope.field, text.rstrip("*") if scope.field == "venue" else text
        )

    def _years(self, text: str, term: Term) -> Condition:
        text = re.sub(r"(?<=\d{4})\+$", "..", text.strip().strip('"'))
        if compared := _COMPARED.fullmatch(text):
            sign, number = compared[1], int(compared[2])
            return Years(number + (sign == ">")) if sign[0] == ">" else Years(None, number - (sign == "<"))
        years = _RANGE.fullmatch(re.sub(r"(?<=\d{4})/\d\d?(?:/\d\d?)?", "", text))
        low, dots, high = years.groups() if years else (None, None, None)
        if not (low or high) or (high and not dots) or (low and high and low > high):
            raise self._error(
                f"year:{text} is no year or range; write year:2019, year:2018..2021, year:2018.. or year:..2010", term
            )
        first = int(low) if low else None
        return Years(first, (int(high) if high else None) if dots else first)

    def _state(self, name: str, term: Term) -> Condition:
        if name in _MARKS:
            return Field("collection", _MARKS[name])
        if name in _STATES:
            return Field("is", _STATES[name])
        names = ", ".join(f"is:{state}" for state in (*STATES, *_MARKS))
        raise self._error(f"is:{name} is no state of a paper; there are {names}", term)

    def _error(self, reason: str, term: Term) -> BadQuery:
        return BadQuery(reason, self._typed, term.place)


def _fitting(text: str, kind: str, *, maybe: bool) -> Condition:
    """What fits `text`; where it holds "$" and that may be a letter (`maybe`), with a letter there or without."""
    if not maybe or "$" not in text:
        words = text.split()
        if text.count("*") == 1 and "?" not in text and (last := _PREFIX.fullmatch(words[-1])):
            return Prefix(" ".join((*words[:-1], last[1])), kind)
        return Pattern(text, kind) if re.search(r"[?*]", text) else Phrase(text, kind)
    return Either(tuple(_fitting(text.replace("$", sign, 1), kind, maybe=True) for sign in ("", "?")))


def _is_word(node: Node) -> bool:
    return isinstance(node, Term) and not node.phrase


def bare(word: str) -> str:
    """`word` without the punctuation around it; the signs that belong to it stay: C++, .NET, C#, muon*."""
    first, last = 0, len(word)
    while first < last and word[first] in _BEFORE and (word[first] not in _PAIRS or _PAIRS[word[first]] not in word):
        first += 1
    while (
        first < last
        and word[last - 1] in _AFTER
        and (word[last - 1] not in _HALVES or _HALVES[word[last - 1]] not in word)
    ):
        last -= 1
    return word[first:last]
