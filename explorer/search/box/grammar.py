"""A tree of the box's tokens, by the precedence of their dialect.

Knows tokens and levels of operators, not what a term or a field means. Always true: every token but brackets and
operators is in a single leaf or field of the tree; what stands in brackets is closer than any operator; an operator
without an operand raises `BadQuery` with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from explorer.search.box.dialects import SCOPUS, Dialect, Operator
from explorer.search.box.lexer import Kind, Token
from explorer.search.box.query import BadQuery

_DEEPEST = 50  # brackets in brackets: the deepest of the forty strategies of the docs has 2
# Operators that are read from left to right nest as brackets do; what follows walks the tree by recursion.
_DEEPEST_TREE = 150


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a phrase in quotes; `within`: its words in any order, with at most so many more among them."""

    text: str
    phrase: bool
    place: tuple[int, int]
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Scoped:
    """What stands in a `field` of ours; `name` is the field as typed."""

    field: str
    name: str
    part: Node
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts joined by `operator`, AND or OR. `plain`: an AND of nothing but blanks.

    `near` is the operator of proximity that joins them, as typed at `place`.
    """

    operator: Operator
    parts: tuple[Node, ...]
    plain: bool = False
    near: str = ""
    place: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite of `part`."""

    part: Node


Node = Term | Scoped | Joined | Negated
_OPERATORS = {
    Kind.AND: Operator.AND, Kind.OR: Operator.OR, Kind.NOT: Operator.NOT,
    Kind.NEAR: Operator.NEAR, Kind.SAME: Operator.SAME,
}  # fmt: skip


def tree(dialect: Dialect, tokens: Sequence[Token], typed: str) -> Node | None:
    """The tree of `tokens`, which end with END; None for no tokens. Raises BadQuery where they do not fit together."""
    parser = _Parser(dialect, tokens, typed)
    if parser.end():
        return None
    node = parser.level(0)
    if not parser.end():
        raise parser.error("a bracket is closed and not opened")
    if _depth(node) > _DEEPEST_TREE:
        raise BadQuery(f"more than {_DEEPEST_TREE} operators are nested; ask in several questions", typed)
    return node


def _depth(node: Node) -> int:
    """How deep parts lie in parts."""
    deepest, left = 0, [(node, 1)]
    while left:
        part, depth = left.pop()
        deepest = max(deepest, depth)
        inner = part.parts if isinstance(part, Joined) else () if isinstance(part, Term) else (part.part,)
        left += ((each, depth + 1) for each in inner)
    return deepest


class _Parser:
    def __init__(self, dialect: Dialect, tokens: Sequence[Token], typed: str) -> None:
        self._dialect, self._tokens, self._typed = dialect, tokens, typed
        self._place = self._depth = 0
        # In ours NOT is the minus of its operand; elsewhere it stands between two.
        self._between = any(Operator.NOT in level for level in dialect.levels)

    @property
    def token(self) -> Token:
        return self._tokens[self._place]

    def end(self) -> bool:
        return self.token.kind is Kind.END

    def error(self, reason: str, token: Token | None = None) -> BadQuery:
        token = token or self.token
        end = token.end if token.kind is not Kind.END else token.start
        return BadQuery(reason, self._typed, (token.start, end))

    def _take(self) -> Token:
        token = self.token
        self._place += 1
        return token

    def level(self, number: int) -> Node:
        """What is joined by the operators of a level, or closer."""
        if number == len(self._dialect.levels):
            return self._operand()
        node, joined = self.level(number + 1), list[Token]()
        while (operator := self._operator()) in self._dialect.levels[number]:
            sign = self.token
            if operator is not Operator.SIDE:
                self._take()
            negated = operator is Operator.NOT
            if self._dialect is SCOPUS and negated:
                self._take()  # AND NOT is a single operator there
            if (self.token.kind in _OPERATORS and self.token.kind is not Kind.NOT) or self.token.kind in _ENDS:
                raise self.error(f"nothing stands after {sign.text}", sign)
            joined.append(sign)
            right = self.level(number + 1)
            node = _joined(operator, node, Negated(right) if negated else right, sign)
        return node

    def _operator(self) -> Operator | None:
        """The operator between what was read and what comes."""
        kind = self.token.kind
        after = self._tokens[min(self._place + 1, len(self._tokens) - 1)].kind
        if kind in _ENDS:
            return None
        if kind is Kind.AND and after is Kind.NOT and self._dialect is SCOPUS:
            return Operator.NOT
        if kind is Kind.NOT and not self._between:
            return Operator.SIDE
        if kind is Kind.NOT and self._dialect is SCOPUS:
            raise self.error("Scopus writes AND NOT; write that, or ours without its fields")
        return _OPERATORS.get(kind, Operator.SIDE)

    def _operand(self) -> Node:
        token = self.token
        if token.kind in (Kind.MINUS, Kind.NOT):
            self._take()
            if self.token.kind in _ENDS or self.token.kind in (Kind.AND, Kind.OR, Kind.NEAR, Kind.SAME):
                raise self.error(f"nothing stands after {token.text}", token)
            close = self._operand if token.kind is Kind.MINUS or self._between else self._near
            return Negated(self._deeper(close, token))
        if token.kind in _OPERATORS:
            raise self.error(f"nothing stands before {token.text}")
        if token.kind is Kind.CLOSE:
            raise self.error("nothing stands in the brackets")
        if token.kind is Kind.TAG:
            raise self.error("nothing stands before the tag")
        if token.kind is Kind.FIELD:
            return self._field()
        node = self._brackets() if token.kind is Kind.OPEN else self._term()
        while self.token.kind is Kind.TAG:
            tag = self._take()
            if tag.within is not None:
                if not isinstance(node, Term) or not node.phrase:
                    raise self.error(f"[{tag.text}] wants words in quotes before it", tag)
                node = replace(node, within=tag.within)
            name = tag.text if tag.text[0] in ".:/" else f"[{tag.text}]"
            node = Scoped(tag.field, name, node, (token.start, tag.end))
        return node

    def _near(self) -> Node:
        """An operand, or those that an operator of proximity joins."""
        return self.level(len(self._dialect.levels) - 1)

    def _brackets(self) -> Node:
        opened = self._take()
        node = self._deeper(lambda: self.level(0), opened)
        if self.token.kind is not Kind.CLOSE:
            raise self.error("a bracket is opened and not closed", opened)
        self._take()
        # Brackets keep their parts together: nothing is joined with what stands inside.
        return Joined(Operator.AND, (node,)) if isinstance(node, Joined) else node

    def _deeper(self, read: Callable[[], Node], token: Token) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.error(f"more than {_DEEPEST} brackets are nested", token)
        node = read()
        self._depth -= 1
        return node

    def _field(self) -> Node:
        field = self._take()
        apart = self._dialect.name in ("", "arXiv") and self.token.start > field.end
        if self.token.kind not in (Kind.WORD, Kind.PHRASE, Kind.OPEN) or apart or self.token.text == "":
            example = _EXAMPLES.get(field.field, "name")
            name = f"{field.text}:" if self._dialect.name in ("", "arXiv") else field.text
            raise self.error(f"{name} is followed by nothing; write {name}{example}, or leave it out", field)
        inner = self._brackets() if self.token.kind is Kind.OPEN else self._term(alone=True)
        return Scoped(field.field, field.text, inner, (field.start, self._tokens[self._place - 1].end))

    def _term(self, *, alone: bool = False) -> Node:
        """A word or phrase; where words side by side are a phrase, all of them."""
        begin = self._place
        first = last = self._take()
        if self._dialect.runs and first.kind is Kind.WORD and not alone:
            while self.token.kind is Kind.WORD:
                last = self._take()
        text = " ".join(token.text for token in self._tokens[begin : self._place])
        return Term(text, first.kind is Kind.PHRASE or last is not first, (first.start, last.end), first.within)


_ENDS = (Kind.END, Kind.CLOSE)
_EXAMPLES = {"year": "2019..2022", "authors": '"Noam Brown"', "collection": "liked", "is": "retracted"}


def _joined(operator: Operator, left: Node, right: Node, sign: Token) -> Node:
    """`left` and `right` as a node; a chain of equal operators is a single node."""
    kind = Operator.OR if operator is Operator.OR else Operator.AND
    near = sign.text if operator in (Operator.NEAR, Operator.SAME) else ""
    plain, place = operator is Operator.SIDE, (sign.start, sign.end)
    chain = isinstance(left, Joined) and len(left.parts) > 1 and left.operator is kind and left.near == near
    if isinstance(left, Joined) and chain and operator is not Operator.NEAR:
        return Joined(kind, (*left.parts, right), left.plain and plain, near, place)
    return Joined(kind, (left, right), plain, near, place)
