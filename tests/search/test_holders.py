"""Word scores that are looked up are those of a whole query, and the best by them the best."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.search import bm25, holders, segment, words
from explorer.search.bm25 import Bm25, HeldScores
from explorer.search.holders import Held, Part, Words
from explorer.search.words import WordIndex

# A word each, the first in nearly every paper, the last in hardly any.
WORDS = ["model", "learning", "network", "graph", "kernel", "bogs", "voles", "peat", "tundra", "lichen", "moss", "fern"]


@pytest.fixture(scope="module")
def index():
    """Three segments of papers whose words are as unevenly frequent as a language's; some papers are dead."""
    dice = np.random.default_rng(3)
    segments = []
    for start in (0, 500, 1100):
        texts = []
        for key in range(start, start + 500):
            here = [word for place, word in enumerate(WORDS) if dice.random() < 0.9 / (1 + place) ** 1.2]
            repeated = np.repeat(here, dice.integers(1, 4, len(here))).tolist()
            body = " ".join([*repeated, *["filler"] * int(dice.integers(0, 30))])
            texts.append((key, here[-1] if here else "", body, "Graph, Ada\nPeat, Bo" if dice.random() < 0.1 else ""))
        segments += WordIndex.of(texts).segments
    return WordIndex(segments, dice.random(sum(map(len, segments))) < 0.9)


@pytest.fixture(autouse=True)
def all_looked_up(monkeypatch):
    """Nothing is so short that it is read whole."""
    monkeypatch.setattr(bm25, "_QUICK", 0)


def question(seed):
    dice = np.random.default_rng(seed)
    return " ".join([*dice.choice(WORDS, dice.integers(4, 9)).tolist(), "models", "absent"])


@pytest.mark.parametrize("even", [64, 8192])
@pytest.mark.parametrize("sparse", [0.0, 0.1, 2.0])
def test_scores_and_the_best_are_those_of_a_whole_query(index, monkeypatch, sparse, even):
    monkeypatch.setattr(holders, "_SPARSE", sparse)
    monkeypatch.setattr(holders, "_PIECE", 1000)
    monkeypatch.setattr(holders, "_EVEN", even)
    scorer, keys = Bm25(index), index.keys
    for seed in range(25):
        whole, made = scorer.query(question(seed), keys), scorer.lookup(question(seed), keys)
        assert made.bound == pytest.approx(whole.bound) and made.name == whole.name
        if not isinstance(made.scores, Held):
            continue
        rows = np.sort(np.random.default_rng(seed).permutation(len(keys))[:300])
        np.testing.assert_allclose(made.scores[rows], whole.scores[rows], atol=1e-4)
        allowed = np.random.default_rng(seed).random(len(keys)) < 0.5
        for depth, mask in ((20, None), (20, allowed), (5000, None)):
            scores = np.where(True if mask is None else mask, whole.scores, 0)
            best = made.scores.best(depth, mask)
            least = np.sort(scores)[::-1][min(depth, len(scores)) - 1]
            assert (np.diff(best) > 0).all() and (scores[best] > 0).all()
            assert set(np.flatnonzero(scores > max(least, 0) + 1e-4).tolist()) <= set(best.tolist())
            assert (scores[best] >= least - 1e-4).all()


@pytest.mark.parametrize("sparse", [0.1, 9.0])
def test_a_word_says_of_a_paper_what_its_forms_say_together(index, monkeypatch, sparse):
    """Not what each says apart: that is more. What a common word says is rounded up by a step at most."""
    monkeypatch.setattr(holders, "_SPARSE", sparse)
    norms = np.linspace(0.3, 2.0, len(index.live)).astype(np.float32)
    read, forms = Words(index, norms, 1.2), ["model", "filler", "graph", "bogs"]
    rows, times = index.counted(lambda segment: segment.of_words(forms))
    wanted = np.zeros(len(index.live), np.float32)
    for names, norm in ((False, norms[rows]), (True, np.float32(1.2))):
        wanted[rows] = 3 * times / (times + norm)
        part = Part.of(read, tuple(tuple(segment.of_words(forms)) for segment in index.segments), 3.0, names=names)
        assert (part.of_all is None) == (sparse == 9.0)
        read._late.clear()
        for _ in range(2):  # arrays that wait for the next question are zeros again
            sums = np.zeros(len(index.live), np.float32)
            (part.raise_ if part.of_all else lambda sums, part=part: part.add(sums, read))(sums)
            more = (sums - wanted)[index.live]
            assert more.min() > -1e-5 and more.max() < (3 / 255 + 1e-5 if part.of_all else 1e-5)


def test_counts_of_many_forms_beyond_a_byte_are_added_up(monkeypatch):
    monkeypatch.setattr(holders, "_SPARSE", 2.0)
    index = WordIndex.of([(0, "", "vole " * 200 + "voles " * 200, ""), (1, "", "vole bog", "")])
    read, numbers = Words(index, np.ones(2, np.float32), 1.2), (tuple(index.segments[0].of_words(["vole", "voles"])),)
    sums = np.zeros(2, np.float32)
    Part.of(read, numbers, 1.0, names=False).add(sums, read)
    np.testing.assert_allclose(sums, [400 / 401, 1 / 2], rtol=1e-5)


def test_names_and_questions_of_few_words_are_scored_whole(index):
    made = Bm25(index).lookup("graph kernel", index.keys)
    assert isinstance(made, HeldScores) and isinstance(made.scores, np.ndarray) and made.name


def test_few_entries_of_a_large_segment_are_added_up_as_many_are(index, monkeypatch):
    def scores():
        return [Bm25(index).query(question(seed), index.keys).scores for seed in range(20)]

    monkeypatch.setattr(holders, "_SPARSE", 2.0)
    wanted = scores()
    monkeypatch.setattr(words, "_LARGE", 0)
    for share in (0.2, 2.0):
        monkeypatch.setattr(words, "_SPARSE", share)
        for made, each in zip(scores(), wanted, strict=True):
            np.testing.assert_array_equal(made, each)


def test_a_word_is_found_again_however_many_were_looked_up_since(index, monkeypatch):
    monkeypatch.setattr(segment, "_LATE", 3)
    lexicon = index.segments[0].lexicon
    every = lexicon.words()
    for _ in range(2):
        assert [lexicon.place(word) for word in every] == list(range(len(every)))
        assert lexicon.place("absent") == lexicon.place("zzz") == -1


@pytest.mark.parametrize("late", [0, 10_000, 80_000_000])
@pytest.mark.parametrize("sparse", [0.0, 0.1, 2.0])
def test_entries_are_those_of_the_index_however_they_are_held(index, monkeypatch, sparse, late):
    monkeypatch.setattr(holders, "_SPARSE", sparse)
    monkeypatch.setattr(holders, "_LATE", late)
    read, rows = Words(index, np.ones(len(index.live), np.float32), 1.2), np.flatnonzero(index.live)[::2]
    for word in [*WORDS, "absent", *WORDS[::-1]]:
        forms = [word, word + "s", "filler"]  # several are added up
        wanted, times = index.counted(lambda segment, forms=forms: segment.of_words(forms))
        numbers = tuple(tuple(segment.of_words(forms)) for segment in index.segments)
        entries = read.of(numbers)
        assert read.holders(numbers) == len(wanted) > 0
        np.testing.assert_array_equal(entries.listed[0], wanted)
        np.testing.assert_array_equal(entries.listed[1], times)
        every = np.zeros(len(index.live), np.float32)
        every[wanted] = times
        part = Part.of(read, numbers, 1.0, names=False)
        assert (part.of_all is None) == (not read.is_common(numbers))
        if part.of_all:
            np.testing.assert_array_equal(part.times(rows), every[rows])
        assert read._size == sum(map(holders._size, read._late.values())) <= late


def test_many_ask_at_once_and_each_has_its_answer(index, monkeypatch):
    monkeypatch.setattr(holders, "_LATE", 20_000)  # most of what is remembered goes at once
    scorer, asked = Bm25(index), [question(seed) for seed in range(40)]
    wanted = [Bm25(index).query(text, index.keys).scores for text in asked]
    with ThreadPoolExecutor(8) as pool:
        for made, each in zip(pool.map(lambda text: scorer.query(text, index.keys).scores, asked), wanted, strict=True):
            np.testing.assert_array_equal(made, each)
