"""Questions of several parts, on vectors along the axes, where all can be worked out by hand."""

import numpy as np
import pytest

from conftest import paper
from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows
from explorer.errors import LibraryError, UnknownPaper
from explorer.filter import Filter
from explorer.library import Library
from explorer.search import examples, ranking
from explorer.search.examples import Background, Examples, agreement, interests
from explorer.search.pairs import random_pairs
from explorer.search.ranking import Corpus, Probe
from explorer.store import Kind

# Rows 0 to 5 lie about axis 0, rows 6 to 11 about axis 1, the other twelve each on an axis of its own.
VECTORS = unit_rows([[3.0 * (row < 6), 3.0 * (6 <= row < 12), *np.eye(24)[row]] for row in range(24)])
INDEX = VectorIndex.build(VECTORS)
NEIGHBOURS = INDEX.neighbours(5)[0].astype(np.int32)
PAIRS = random_pairs(VECTORS)


CORPUS = Corpus(INDEX, NEIGHBOURS, PAIRS)


def background():
    return Background.of(VECTORS)


def like(row):
    """The paper at `row` asks; its words are those of its topic."""
    words = np.where(np.arange(24) // 6 == row // 6, 2.0, 0.0).astype(np.float32)
    words[row] = 5.0
    return Probe(VECTORS[row], words, 10.0, (row,))


def answer(mix, k=10, **settings):
    return examples.rank_by_examples(CORPUS, mix, background, **settings).hits(k)


def rows(hits):
    return [hit.row for hit in hits]


def never():
    raise AssertionError("the background of the library is not needed")


def test_a_part_alone_asks_exactly_as_it_does_without_others():
    alone = ranking.rank(CORPUS, like(3)).hits(7)
    assert examples.rank_by_examples(CORPUS, Examples(liked=(like(3),)), never).hits(7) == alone
    text = Probe(VECTORS[4], like(4).words, 10.0)
    hits = examples.rank_by_examples(CORPUS, Examples(text=text), never).hits(7)
    assert hits == ranking.rank(CORPUS, text).hits(7)


def test_no_part_is_an_answer_and_all_others_are():
    mix = Examples((like(0), like(8)), (like(5),))
    assert set(rows(answer(mix, 100))) == set(range(24)) - {0, 8, 5}


def test_a_filter_is_kept():
    allowed = np.arange(24) % 2 == 0
    assert set(rows(answer(Examples((like(0), like(1))), 100, allowed=allowed))) == set(range(2, 24, 2))


def test_only_unliked_papers_say_nothing():
    with pytest.raises(LibraryError, match="add a liked paper or a text"):
        Examples(unliked=(like(1),))


def test_likes_of_one_interest_count_by_the_three_nearest():
    """Row 3 is nearest to three of four likes, row 12 to one: the mean of the best three of each decides."""
    vectors = unit_rows([*np.eye(6)[:4], [1, 1, 1, 0.2, 0, 0], [0, 0, 0, 3, 0, 1], [0, 0, 0, 0, 0, 1]])
    corpus = Corpus(VectorIndex.build(vectors), np.zeros((7, 0), np.int32), random_pairs(vectors))
    plain = Background(np.zeros(6), np.ones(6), np.eye(6))
    likes = tuple(Probe(vectors[row], np.zeros(7, np.float32), exclude=(row,)) for row in range(4))
    assert rows(examples.rank_by_examples(corpus, Examples(likes), lambda: plain).hits(3)) == [4, 5, 6]


def test_likes_of_two_topics_are_both_served_and_the_order_is_graded():
    mix = examples.rank_by_examples(CORPUS, Examples((like(0), like(8))), background)
    hits = mix.hits(22)
    assert {row // 6 for row in rows(hits)[:10]} == {0, 1}
    assert {row // 6 for row in rows(hits)[:2]} | {row // 6 for row in rows(hits)[8:10]} == {0, 1}
    relevances = [hit.relevance for hit in hits]
    assert relevances == sorted(relevances, reverse=True) and relevances[9] > relevances[10]
    assert rows(mix.hits(5)) == rows(hits)[:5]


def test_what_is_unliked_goes_down_and_its_neighbours_with_it():
    between = VECTORS[0] + VECTORS[6]
    text = Probe(between / np.linalg.norm(between), np.ones(24, np.float32))
    assert {row // 6 for row in rows(answer(Examples(text=text), 12))} == {0, 1}
    assert {row // 6 for row in rows(answer(Examples(text=text, unliked=(like(1),)), 6))} == {1}
    assert {row // 6 for row in rows(answer(Examples(text=text, unliked=(like(7),)), 6))} == {0}


def test_similarity_is_that_to_the_nearest_liked_paper():
    hits = answer(Examples((like(0), like(8))))
    assert [hit.similarity for hit in hits] == pytest.approx([0.9] * 10)  # (3 · 3) / (3² + 1)
    assert [hit.percentile for hit in hits] == pytest.approx([100 * (1 - 30 / 276)] * 10)  # 2 · 15 of 276 pairs
    assert all(0 <= hit.words <= 1 for hit in hits)


def test_agreement_counts_the_library_below():
    scores = np.stack([VECTORS @ VECTORS[row] for row in (0, 1, 8)])
    seen = agreement(scores, [0, 1, 8])
    # Of 23 others, the five of the same topic tie and 18 lie below; no other paper lies below the other topic.
    np.testing.assert_allclose(seen, [[1, 18 / 22, 0], [18 / 22, 1, 0], [0, 0, 1]], atol=1e-6)


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ({}, [(0,), (1,), (2,), (3,)]),
        ({(0, 1): 0.9}, [(0, 1), (2,), (3,)]),
        ({(2, 3): 0.9, (0, 2): 0.9, (0, 3): 0.7}, [(0, 2, 3), (1,)]),
        ({(0, 1): 0.9, (1, 2): 0.4}, [(0, 1), (2,), (3,)]),  # on average 0.2: one bridge does not join
        ({(0, 1): 0.7, (0, 2): 0.7, (0, 3): 0.7, (1, 2): 0.7, (1, 3): 0.7, (2, 3): 0.7}, [(0, 1, 2, 3)]),
    ],
)
def test_interests_are_joined_while_they_agree_on_average(pairs, wanted):
    agreement = np.eye(4, dtype=np.float32)
    for (a, b), value in pairs.items():
        agreement[a, b] = agreement[b, a] = value
    assert interests(agreement) == wanted


def test_the_telling_direction_leaves_what_all_have_in_common():
    # Axis 0 varies much, axis 1 little: a paper that is off on both is told by axis 1.
    around = Background(np.zeros(2), np.array([9.0, 1.0]), np.eye(2))
    told = around.discriminant(np.array([1.0, 1.0], np.float32))
    np.testing.assert_allclose(told, np.array([1 / 7, 1 / 3]) / np.hypot(1 / 7, 1 / 3), atol=1e-6)
    same = Background.of(unit_rows([[1, 0], [1, 0]]))
    np.testing.assert_allclose(same.discriminant(np.array([1.0, 0.0], np.float32)), [1, 0])


# ------------------------------------------------------------------------------------------------- the library


@pytest.fixture
def shelf(toy_with):
    """Ten papers on bees, ten on stars; each with a word of its own."""
    return toy_with(
        paper(f"{topic} {word}", f"{topic} {word} {other}", record=1, doi=f"10.1000/{topic}{n}")
        for topic, other in (("bees", "honey hive"), ("stars", "light sky"))
        for n, word in enumerate("alpha beta gamma delta epsilon zeta eta theta iota kappa".split())
    )


def ids(results):
    return [result.paper.id for result in results]


def test_the_old_call_gives_what_it_gave(shelf):
    first = shelf.snapshot.papers([0])[0].id
    assert shelf.similar(first) == shelf.similar(like=[first]) == shelf.similar(first, 10, unlike=[], text="")
    assert shelf.similar(text="bees honey") == shelf.search("bees honey")


def test_two_interests_in_one_basket_are_both_served(shelf):
    bees, stars = "10.1000/bees1", "10.1000/stars2"
    found = ids(shelf.similar(like=[bees, stars]))
    assert sum("bees" in name for name in found) == 5
    assert bees not in found and stars not in found


def test_an_unliked_kind_leaves_a_question(shelf):
    for unliked, left in (("bees9", "stars"), ("stars9", "bees")):
        found = ids(shelf.similar(text="alpha beta gamma delta", unlike=[f"10.1000/{unliked}"], k=3))
        assert all(left in name for name in found), found


def test_filters_typed_and_given_hold_for_baskets(shelf):
    liked = ["10.1000/bees1", "10.1000/bees2"]
    assert all("stars" in name for name in ids(shelf.similar(like=liked, text='sky "light sky"')))
    shelf.marks.put(Kind.TAG, "bees", *(one.id for one in shelf.snapshot.papers() if "bees" in one.id))
    assert len(shelf.similar(like=liked, k=20, within=Filter(tag="bees"))) == 8


def test_what_makes_no_question_is_said(shelf):
    with pytest.raises(LibraryError, match="add a liked paper or a text"):
        shelf.similar(unlike=["10.1000/bees1"])
    with pytest.raises(LibraryError, match="bees1 is both liked and unliked"):
        shelf.similar(like=["10.1000/bees1"], unlike=["10.1000/bees1"])
    with pytest.raises(UnknownPaper, match="nowhere"):
        shelf.similar(like=["nowhere"])


@pytest.fixture
def seeds(seed_folder):
    with Library.open(seed_folder, write=False) as library:
        yield library


def called(library, *parts):
    return [next(paper.id for paper in library.snapshot.papers() if part in paper.heading) for part in parts]


def test_three_likes_and_one_dislike_on_the_seeds(seeds):
    liked = called(seeds, "Abstracting Imperfect", "Update Equivalence", "Safe Search")
    found = [result.paper.heading for result in seeds.similar(like=liked, unlike=called(seeds, "Pretraining"), k=12)]
    assert len(found) == 8
    assert {heading.split()[0] for heading in found[:3]} <= {"A", "Scalable", "Learned", "Off-Belief", "No-Press"}
    videos = next(i for i, heading in enumerate(found) if heading.startswith("An important challenge"))
    assert videos >= 4  # what is near to the unliked paper comes late


def test_two_interests_on_the_seeds(seeds):
    found = [one.paper.heading for one in seeds.similar(like=called(seeds, "Pretraining", "Abstracting"), k=2)]
    assert {heading.split()[0] for heading in found} == {"An", "The"}  # the nearest of each


def test_a_text_is_refined_by_a_like_on_the_seeds(seeds):
    asked = "planning at decision time"
    plain = [one.paper.heading.split()[0] for one in seeds.search(asked, 12)]
    liked = seeds.similar(like=called(seeds, "Off-Belief"), text=asked, k=12)
    refined = [one.paper.heading.split()[0] for one in liked]
    assert refined.index("Learned") < plain.index("Learned")  # on beliefs in partially observable settings
