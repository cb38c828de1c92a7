"""Operators that are not in capitals: "or", "not", "without", "|" between what is a condition without doubt.

Knows tokens, no trees. Always true: a text that has no sign of a strategy stays as it is; a small word becomes an
operator only between two conditions (phrases, brackets, fields, cut words), before a condition that it negates, or
among words that a capital operator makes conditions; where it stands in an idiom ("with or without") it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from explorer.search.box.dialects import ARXIV, OWN, PUBMED, Dialect
from explorer.search.box.lexer import Kind, Token
from explorer.search.box.prose import NO_NEGATION

_KINDS = {
    "and": Kind.AND, "&": Kind.AND, "+": Kind.AND, "∧": Kind.AND, "or": Kind.OR, "|": Kind.OR, "∨": Kind.OR,
    "and/or": Kind.OR, "not": Kind.NOT, "without": Kind.NOT, "w/o": Kind.NOT, "except": Kind.NOT, "excluding": Kind.NOT,
}  # fmt: skip
SMALL = frozenset(_KINDS)
"""Words and signs that may be operators, in small letters."""
_OPERATORS = (Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR)
_BEFORE = (Kind.WORD, Kind.PHRASE, Kind.CLOSE, Kind.TAG)
_AFTER = (Kind.WORD, Kind.PHRASE, Kind.OPEN, Kind.FIELD, Kind.MINUS, Kind.NOT)
_LITTLE = frozenset("a an the any using use of".split())  # between "without" and what is unwanted
_IDIOMS = (("with", "or", "without"), ("with", "and", "without"), ("whether", "or", "not"))


def with_operators(dialect: Dialect, tokens: Sequence[Token]) -> list[Token]:
    """`tokens` with what was meant as an operator as such."""
    if dialect is PUBMED:
        return [_of_pubmed(*near) for near in _threes(tokens)]
    if dialect not in (OWN, ARXIV) or not any(map(_is_sign, tokens)):
        return list(tokens)
    strict = any(token.kind in _OPERATORS for token in tokens)
    tokens = _without_idioms(tokens) if strict else tokens
    within, made = _in_fields(tokens), list[Token]()
    for place, token in enumerate(tokens):
        kind = _KINDS.get(token.text.lower()) if token.kind is Kind.WORD else None
        if kind is None:
            made.append(token)
        elif kind is Kind.NOT:
            made += _negation(made, token, tokens[place + 1 :], strict=strict or place in within)
        else:
            after = tokens[place + 1]
            sure = strict or place in within
            if made and made[-1].kind is Kind.FIELD and made[-1].end == token.start:
                joins = False
            elif sure:
                joins = bool(made) and made[-1].kind in _BEFORE and after.kind in _AFTER
            else:
                joins = bool(made) and _ends_condition(made) and _begins_condition(tokens[place + 1 :])
            made.append(replace(token, kind=kind) if joins else token)
    return _without_little(made)


def _negation(before: list[Token], token: Token, rest: Sequence[Token], *, strict: bool) -> list[Token]:
    """What "not" or "without" is: a NOT, or a word as it stands."""
    after = next(each for each in rest if each.kind is not Kind.WORD or each.text.lower() not in _LITTLE)
    skipped = rest[0] is not after
    if before and before[-1].kind is Kind.FIELD and before[-1].end == token.start:
        return [token]
    if after.kind is Kind.WORD and not after.text.endswith("*"):
        means = strict and after.text.lower() not in NO_NEGATION and after.text.lower() not in _KINDS
    else:
        means = after.kind in (Kind.PHRASE, Kind.OPEN, Kind.FIELD, Kind.WORD)
    if not means or (skipped and token.text.lower() == "not"):
        return [token]
    if before and before[-1].kind is Kind.WORD and before[-1].text.lower() == "but":
        before.pop()
    return [replace(token, kind=Kind.NOT)]


def _without_little(tokens: Sequence[Token]) -> list[Token]:
    """`tokens` less the little words behind a small NOT: "without using lidar"."""
    left = list[Token]()
    for token in tokens:
        last = left[-1] if left else None
        small = last is not None and last.kind is Kind.NOT and last.text.lower() in _KINDS and last.text != "NOT"
        if not (small and token.kind is Kind.WORD and token.text.lower() in _LITTLE):
            left.append(token)
    return left


def _of_pubmed(before: Token | None, token: Token, after: Token | None) -> Token:
    """In PubMed's words side by side are a phrase ("signs and symptoms"): only behind it stands an operator."""
    kind = _KINDS.get(token.text.lower()) if token.kind is Kind.WORD and token.text.isalpha() else None
    if kind is None or token.text.lower() not in ("and", "or", "not") or after is None or after.kind not in _AFTER:
        return token
    ended = before is not None and before.kind in (Kind.TAG, Kind.CLOSE, Kind.PHRASE)
    return replace(token, kind=kind) if ended else token


def _threes(tokens: Sequence[Token]) -> list[tuple[Token | None, Token, Token | None]]:
    return list(zip([None, *tokens], tokens, [*tokens[1:], None], strict=False))


def _is_sign(token: Token) -> bool:
    """Whether a token makes a text a strategy."""
    return token.kind not in (Kind.WORD, Kind.OPEN, Kind.CLOSE, Kind.END) or _is_cut(token)


def _is_cut(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text.endswith("*") and len(token.text) > 2


def _ends_condition(tokens: Sequence[Token]) -> bool:
    last = tokens[-1]
    of_field = len(tokens) > 1 and tokens[-2].kind is Kind.FIELD and tokens[-2].end == last.start
    return last.kind in (Kind.PHRASE, Kind.CLOSE) or _is_cut(last) or of_field


def _begins_condition(tokens: Sequence[Token]) -> bool:
    first = tokens[0]
    if first.kind is Kind.WORD and _KINDS.get(first.text.lower()) is Kind.NOT:
        return _begins_condition(tokens[1:])
    return first.kind in (Kind.PHRASE, Kind.OPEN, Kind.FIELD, Kind.MINUS, Kind.NOT) or _is_cut(first)


def _without_idioms(tokens: Sequence[Token]) -> list[Token]:
    left, place = list[Token](), 0
    while place < len(tokens):
        words = tuple(token.text.lower() for token in tokens[place : place + 3] if token.kind is Kind.WORD)
        place += 3 if words in _IDIOMS else 0
        left.append(tokens[place])
        place += 1
    return left


def _in_fields(tokens: Sequence[Token]) -> set[int]:
    """Places of tokens within the brackets of a field: title:(graph or tree)."""
    inside, depth = set[int](), 0
    for place, (before, token) in enumerate(pairwise([Token(Kind.END, "", -1, -1), *tokens])):
        opens = token.kind is Kind.OPEN and (depth or (before.kind is Kind.FIELD and before.end == token.start))
        depth += bool(opens) - (token.kind is Kind.CLOSE and depth > 0)
        if depth:
            inside.add(place)
    return inside
