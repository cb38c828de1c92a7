"""The box against a brute-force reader of the same grammar: the same papers fulfil the conditions, whatever is typed.

The reader knows trees and papers only: it draws a question as a tree, writes it down in one of many spellings, and
decides paper by paper, with Python's words, whether the tree holds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import paper, shared
from embeddings.toy import ToyEncoder
from explorer.language.plurals import forms
from explorer.language.tokens import tokens
from explorer.library import Library
from explorer.library.lookup import look_up
from explorer.paper import Paper
from explorer.search.box.interpretation import typed_again
from explorer.search.parse import Mode, parse
from explorer.search.question import Question
from support.cost import examples

SOFT = ("lidar", "odometry", "robots", "C++", "IL-6", "games", "planning", "learning", "visual", "deep")
AUTHORS = ("Sandholm", "Levine", "Abbeel")
Rows = frozenset[int]
Stretch = tuple[str, int, int, int, bool]
Tree = tuple[str, ...] | tuple[object, ...]


@dataclass(frozen=True)
class Shelf:
    """A library, and its papers as lists of words with their places."""

    library: Library
    held: dict[tuple[str, tuple[str, ...], bool], Rows] = field(default_factory=dict)

    @cached_property
    def papers(self) -> list[Paper]:
        return self.library.snapshot.papers()

    @cached_property
    def words(self) -> list[dict[str, dict[int, set[str]]]]:
        """Of each paper, by field: what stands at each place."""
        result = []
        for each in self.papers:
            fields = {"title": each.title, "abstract": each.abstract, "authors": "\n".join(each.authors)}
            result.append({name: _places(text, name) for name, text in fields.items()})
        return result

    @cached_property
    def holders(self) -> dict[str, set[int]]:
        """The rows that hold each word, wherever it stands."""
        result: dict[str, set[int]] = {}
        for row, fields in enumerate(self.words):
            for places in fields.values():
                for word in set().union(*places.values()):
                    result.setdefault(word, set()).add(row)
        return result

    def rows(self, fits: Callable[[int], bool], among: Iterable[int] | None = None) -> Rows:
        return frozenset(row for row in (range(len(self.papers)) if among is None else among) if fits(row))

    def candidates(self, part: Tree) -> set[int]:
        """The rows that hold the words of `part`, in whatever order: only there is it looked for."""
        kind, *rest = part
        if kind in ("either", "near"):
            inner = [self.candidates(each) for each in rest[0]]
            if kind == "either":
                return set().union(*inner)
            return set.intersection(*inner)
        sought = [_most_telling(entry) for _, entry in sorted(_places(rest[0], "title").items())]
        rows = set(range(len(self.papers)))
        for step, word in enumerate(sought):
            begun = kind == "prefix" and step == len(sought) - 1
            written = [each for each in self.holders if each.startswith(word)] if begun else {word, *forms(word)}
            rows &= set().union(*(self.holders.get(each, ()) for each in written))
        return rows

    def holding(self, text: str, fields: tuple[str, ...], *, begins: bool = False) -> Rows:
        key = (text, fields, begins)
        if key not in self.held:  # trees of few words ask again and again
            self.held[key] = self._read(*key)
        return self.held[key]

    def _read(self, text: str, fields: tuple[str, ...], begins: bool) -> Rows:
        sought = [_most_telling(entry) for _, entry in sorted(_places(text, "title").items())]

        def stands(at: dict[int, set[str]], start: int, name: str) -> bool:
            for step, word in enumerate(sought):
                there = at.get(start + step, set())
                last = begins and step == len(sought) - 1
                either = {word} if name == "authors" else forms(word)
                if not (any(entry.startswith(word) for entry in there) if last else there & either):
                    return False
            return True

        return self.rows(
            lambda row: any(
                stands(self.words[row][name], start, name) for name in fields for start in self.words[row][name]
            ),
            self.candidates(("prefix" if begins else "phrase", text)),
        )

    def stretches(self, part: Tree, row: int) -> set[Stretch]:
        """Where `part` of a tree stands in a paper: field, first and last place, words of its own, anything between."""
        kind, *rest = part
        if kind == "either":
            return set().union(*(self.stretches(inner, row) for inner in rest[0]))
        if kind == "near":
            return self._near(rest, row)
        begins = kind == "prefix"
        sought = [_most_telling(entry) for _, entry in sorted(_places(rest[0], "title").items())]
        return {
            (name, start, start + len(sought) - 1, len(sought), False)
            for name in ("title", "abstract")
            for start in self.words[row][name]
            if self._stands(row, name, start, sought, begins)
        }

    def _near(self, near: list[object], row: int) -> set[Stretch]:
        parts, between, ordered = near
        joined = self.stretches(parts[0], row)
        for part in parts[1:]:
            here = self.stretches(part, row)
            joined = {
                (a[0], min(a[1], b[1]), max(a[2], b[2]), a[3] + b[3], True)
                for a in joined for b in here if a[0] == b[0] and _apart(a, b, ordered)
            }  # fmt: skip
        return {
            (name, first, last, last - first + 1, True)
            for name, first, last, held, _ in joined
            if last - first + 1 - held <= between
        }

    def _stands(self, row: int, name: str, start: int, sought: list[str], begins: bool) -> bool:
        at = self.words[row][name]
        for step, word in enumerate(sought):
            there = at.get(start + step, set())
            last = begins and step == len(sought) - 1
            if not (any(entry.startswith(word) for entry in there) if last else there & forms(word)):
                return False
        return True

    def passing(self, typed: str, mode: Mode = Mode.AUTO) -> Rows:
        """What the library lets pass."""
        query = look_up(Question(typed, mode=mode), self.library._store).query
        mask = self.library.snapshot.mask(query.within)
        return frozenset(range(len(self.papers))) if mask is None else frozenset(np.flatnonzero(mask).tolist())


def _apart(a: Stretch, b: Stretch, ordered: bool) -> bool:
    """Whether two stretches stand at different words; what has others between may have the second among them."""
    if a[2] < b[1]:
        return True
    if ordered:
        return False
    edges = {a[1], a[2]} & {b[1], b[2]}
    among_a = a[4] and a[1] < b[1] and b[2] < a[2]
    among_b = b[4] and b[1] < a[1] and a[2] < b[2]
    return b[2] < a[1] or among_a or among_b or (a[4] and b[4] and not edges)


def _places(text: str, name: str) -> dict[int, set[str]]:
    read = tokens(text, names=name == "authors")
    places: dict[int, set[str]] = {}
    for word, place in zip(read.words, read.places, strict=True):
        places.setdefault(place, set()).add(word)
    return places


def _most_telling(words: set[str]) -> str:
    return max(words, key=len)


# ------------------------------------------------------------------------------------------------ trees and spellings

PLACES = {
    "": ("title", "abstract", "authors"),
    "title": ("title",),
    "abstract": ("abstract",),
    "text": ("title", "abstract"),
}
terms = st.one_of(
    st.tuples(st.just("word"), st.sampled_from(SOFT)),
    st.tuples(
        st.just("phrase"), st.sampled_from(("lidar odometry", "visual odometry", "deep learning", "robots", "C++"))
    ),
    st.tuples(st.just("prefix"), st.sampled_from(("odom", "robo", "visual odo", "learn", "plan"))),
)
close = st.one_of(
    terms,
    st.tuples(st.just("either"), st.lists(terms, min_size=2, max_size=3)),
)
nears = st.recursive(
    st.tuples(st.just("near"), st.lists(close, min_size=2, max_size=2), st.integers(0, 6), st.booleans()),
    lambda inner: st.tuples(
        st.just("near"), st.tuples(st.one_of(close, inner), st.one_of(close, inner)).map(list),
        st.integers(0, 6), st.booleans(),
    ),
    max_leaves=3,
)  # fmt: skip
within = st.lists(st.tuples(st.just("word"), st.sampled_from(SOFT)), min_size=2, max_size=4)
leaves = st.one_of(
    terms,
    terms,
    nears,
    st.tuples(st.just("near"), within, st.integers(0, 5), st.just(False)),
    st.tuples(st.just("field"), st.sampled_from(("title", "abstract", "text")), terms),
    st.tuples(st.just("author"), st.sampled_from(AUTHORS)),
    st.tuples(st.just("year"), st.sampled_from(((2010, 2014), (2018, None), (None, 2012), (2016, 2016)))),
)


def _chains(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    item = st.tuples(st.sampled_from(("", "", "", "-", "NOT ")), parts)
    chain = st.lists(st.tuples(st.sampled_from((" ", " ", " AND ")), item), min_size=1, max_size=3)
    return st.tuples(st.just("or"), st.lists(chain, min_size=1, max_size=3))


trees = _chains(st.recursive(leaves, _chains, max_leaves=6))


def spelled(tree: Tree, chance: random.Random) -> str:
    """The tree in one of the ways to write it."""
    kind, *rest = tree
    if kind == "word":
        return rest[0]
    if kind == "phrase":
        first, last = chance.choice(('""', "“”", "„“", "«»", "＂＂", "「」"))
        return f"{first}{rest[0]}{last}"
    if kind == "prefix":
        return f'"{rest[0]}*"' if " " in rest[0] else f"{rest[0]}*"
    if kind == "field":
        return f"{rest[0]}:{spelled(rest[1], chance)}"
    if kind == "author":
        return chance.choice(("author:{}", 'author:"{}"', "author:({})")).format(rest[0])
    if kind == "year":
        first, last = rest[0]
        return f"year:{first}" if first == last else f"year:{first or ''}..{last or ''}"
    if kind == "either":
        return f"({' OR '.join(spelled(part, chance) for part in rest[0])})"
    if kind == "near":
        return _spelled_near(rest, chance)
    chains = []
    for chain in rest[0]:
        text = ""
        for place, (joint, (sign, part)) in enumerate(chain):
            inner = spelled(part, chance)
            sign = chance.choice("-–—−") if sign == "-" else sign
            inner = f"({inner})" if part[0] in ("or", "near") else inner
            text += (joint if place else "") + sign + inner
        chains.append(text)
    return f" {chance.choice(('', ' ', chr(0x3000)))}OR ".join(chains)


def _spelled_near(near: list[object], chance: random.Random) -> str:
    parts, between, ordered = near
    if all(part[0] == "word" for part in parts) and not ordered and (len(parts) > 2 or chance.random() < 0.3):
        return f'"{" ".join(part[1] for part in parts)}"~{between}'
    sign = chance.choice(("PRE/{}", "ONEAR/{}", "P/{}") if ordered else ("NEAR/{}", "W/{}", "near/{}", "N/{}"))
    texts = [spelled(part, chance) for part in parts]
    texts = [f"({text})" if part[0] == "near" else text for text, part in zip(texts, parts, strict=True)]
    return f" {sign.format(between)} ".join(texts)


def fulfilling(tree: Tree, shelf: Shelf, *, hard: bool = False) -> Rows | None:
    """The papers for which the tree holds, by looking at each; None for what only ranks."""
    kind, *rest = tree
    if kind == "word":
        return shelf.holding(rest[0], PLACES[""]) if hard else None
    if kind in ("phrase", "prefix"):
        return shelf.holding(rest[0], PLACES[""], begins=kind == "prefix")
    if kind == "field":
        inner, text = rest[1]
        return shelf.holding(text, PLACES[rest[0]], begins=inner == "prefix")
    if kind == "near":
        return shelf.rows(lambda row: bool(shelf.stretches(tree, row)), shelf.candidates(tree))
    if kind == "author":
        return shelf.holding(rest[0], ("authors",))
    if kind == "year":
        first, last = rest[0]
        return shelf.rows(lambda row: _between(shelf.papers[row].year, first, last))
    hard = hard or len(rest[0]) > 1
    either = [of_chain for chain in rest[0] if (of_chain := _of_chain(chain, shelf, hard)) is not None]
    return frozenset().union(*either) if either else None


def _of_chain(chain: list[tuple[str, tuple[str, Tree]]], shelf: Shelf, hard: bool) -> Rows | None:
    hard = hard or any(joint == " AND " for joint, _ in chain[1:])
    everything = frozenset(range(len(shelf.papers)))
    both: Rows | None = None
    for _, (sign, part) in chain:
        rows = fulfilling(part, shelf, hard=hard or bool(sign))
        if rows is not None:
            rows = everything - rows if sign else rows
            both = rows if both is None else both & rows
    return both


def _between(year: int | None, first: int | None, last: int | None) -> bool:
    return year is not None and (first or 0) <= year <= (last or 9999)


# -------------------------------------------------------------------------------------------------------- the tests


def compare(shelf: Shelf, tree: Tree, seed: int) -> None:
    typed = spelled(tree, random.Random(seed))
    expected = fulfilling(tree, shelf)
    expected = frozenset(range(len(shelf.papers))) if expected is None else expected
    assert shelf.passing(typed, Mode.STRATEGY) == expected, typed
    query = parse(typed, Mode.STRATEGY)
    again = parse(typed_again(query), Mode.STRATEGY)  # how it was read is a text that is read the same
    assert again.within.tree == query.within.tree, typed


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    chance = random.Random(0)
    words = (*SOFT, "odometries", "learned", "robotic", "a", "of", "lidar odometry", "visual odometry", "deep learning")
    with Library.open(tmp_path_factory.mktemp("small") / "library", encoder=ToyEncoder()) as library:
        library.add(
            paper(
                f"Paper {n} " + " ".join(chance.choices(words, k=3)), " ".join(chance.choices(words, k=6)), record=n,
                year=chance.randint(2005, 2020), authors=[f"{chance.choice(AUTHORS)}, A.", "Brown, Noam"],
            )
            for n in range(150)
        )  # fmt: skip
        yield Shelf(library)


@settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(tree=trees, seed=st.integers(0, 999))
def test_conditions_are_those_of_a_brute_force_reader(small: Shelf, tree: Tree, seed: int) -> None:
    compare(small, tree, seed)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    file = Path(shared("corpora", "conferences_10k.jsonl.gz"))
    with Library.open(tmp_path_factory.mktemp("large") / "library", encoder=ToyEncoder()) as library:
        library.add(file)
        yield Shelf(library)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_conditions_on_ten_thousand_papers(large: Shelf) -> None:
    @settings(max_examples=examples(100), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(tree=trees, seed=st.integers(0, 999))
    def check(tree: Tree, seed: int) -> None:
        compare(large, tree, seed)

    check()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_title_of_ten_thousand_is_its_paper(large: Shelf) -> None:
    """Found by its title, as typed and in capitals, whatever operators, quotes and fields stand in it."""
    store = large.library._store
    keys = large.library.snapshot.arrays.keys.tolist()
    for key, each in zip(keys, large.papers, strict=True):
        for typed in (each.title, each.title if "\\" in each.title else each.title.upper()):  # LaTeX has small letters
            assert key in look_up(Question(typed), store).keys, typed
    for each in large.papers[::100]:
        first = large.library.ask(Question(each.title), 1).results[0]
        same = {paper.id for paper in (first.paper, *first.copies)}
        assert each.id in same or first.paper.title.casefold() == each.title.casefold(), each.title


@pytest.mark.slow
def test_the_union_of_two_phrases_and_an_exclusion_on_real_papers(large: Shelf) -> None:
    assert len(large.passing('"lidar odometry" OR "visual odometry"')) == 48
    lidar = large.holding("lidar", PLACES[""])
    for typed in ("SLAM NOT lidar", "SLAM –lidar", "SLAM AND NOT lidar"):
        answer = large.library.ask(Question(typed), 20)
        assert len(answer.results) == 20
        assert not {result.row for result in answer.results} & lidar
    experiments = large.holding("experiment", PLACES[""])
    assert len(experiments & large.passing("-experience")) > 2000
