"""Candidates: what comes first among them is what comes first among all."""

from dataclasses import replace

import faiss
import numpy as np
import pytest

from embeddings.codes import Codes
from embeddings.index import VectorIndex
from embeddings.vectors import unit_rows
from explorer.search import candidates, ranking
from explorer.search.examples import Background, Examples, rank_by_examples
from explorer.search.ranking import Corpus, Probe, rank

N, DIMENSION = 6000, 384
PAIRS = np.linspace(-1, 1, 100, dtype=np.float32)


@pytest.fixture(scope="module")
def crowd():
    """Papers around 60 subjects, so that a question has many that are nearly as good as each other."""
    dice = np.random.default_rng(5)
    middles, spread = dice.normal(size=(60, 24)), dice.normal(size=(24, DIMENSION)) / 24**0.5
    vectors = middles[dice.integers(0, 60, N)] + 0.7 * dice.normal(size=(N, 24))
    vectors = unit_rows(vectors @ spread + 0.2 * dice.normal(size=(N, DIMENSION)))
    index = VectorIndex.build(vectors)
    return Corpus(index, index.neighbours(5)[0].astype(np.int32), PAIRS)


@pytest.fixture(autouse=True)
def fewer(monkeypatch):
    """As many candidates for so few papers as a million have: a library is large from its first paper on."""
    for module, name, value in (
        (ranking, "WHOLE", 100), (ranking, "_DEPTH", 700), (ranking, "_HOLDERS", 400), (ranking, "_FINALS", 200),
        (ranking, "_SAMPLE", 1500), (candidates, "_FEW", 300),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


def whole(corpus):
    return replace(corpus, whole=N)


def probe_of(corpus, seed, *, own=False):
    """A question near to a paper, whose words some papers hold."""
    dice = np.random.default_rng(seed)
    row = int(dice.integers(N))
    vector = corpus.index.vectors()[row]
    words = np.where(dice.random(N) < 0.05, dice.gamma(2, 2, N), 0).astype(np.float32)
    if own:
        return Probe(vector, words, 20.0, (row,))
    return Probe(unit_rows((vector + 0.02 * dice.normal(size=DIMENSION))[None])[0], words, 20.0)


def same(hits, wanted):
    """Share of the wanted rows that are there; what is there is scored as in the whole ranking."""
    scores = {hit.row: hit.relevance for hit in wanted}
    for hit in hits:
        if hit.row in scores:
            assert hit.relevance == pytest.approx(scores[hit.row], abs=2)
    return np.mean([hit.row in {each.row for each in hits} for hit in wanted])


def masks(corpus, seed):
    dice = np.random.default_rng(seed)
    half, near_one = dice.random(N) < 0.5, corpus.index.vectors() @ corpus.index.vectors()[7] > 0.3
    few = np.zeros(N, bool)
    few[dice.integers(0, N, 40)] = True
    return {"none": None, "half": half, "of one subject": near_one, "few": few}


@pytest.mark.parametrize("name", ["none", "half", "of one subject", "few"])
def test_the_ten_best_are_those_of_the_whole_ranking(crowd, name):
    shares = []
    for seed in range(40):
        probe, allowed = probe_of(crowd, seed, own=seed % 3 == 0), masks(crowd, seed)[name]
        hits = rank(crowd, probe, allowed=allowed).hits(10)
        shares.append(same(hits, rank(whole(crowd), probe, allowed=allowed).hits(10)))
        assert not {hit.row for hit in hits} & set(probe.exclude)
        assert allowed is None or all(allowed[hit.row] for hit in hits)
    assert np.mean(shares) > 0.99


def test_what_few_papers_pass_is_ranked_to_the_last_paper(crowd):
    few = masks(crowd, 3)["few"]
    made = rank(crowd, probe_of(crowd, 3), allowed=few)
    assert sorted(made.rows.tolist()) == np.flatnonzero(few).tolist()


def test_what_passes_is_lifted_by_neighbours_that_do_not(crowd):
    """The best papers of the library may be hidden by a filter: who is near to them is good all the same."""
    probe = replace(probe_of(crowd, 12), words=np.zeros(N, np.float32))
    order = np.argsort(-(crowd.index.vectors() @ probe.vector))
    allowed, best, lifted = np.zeros(N, bool), order[:5], int(order[3500])
    allowed[order[2000:]] = True
    near = crowd.neighbours.copy()
    near[lifted], near[best, 0] = best, lifted
    corpus = replace(crowd, neighbours=near)
    for each in (whole(corpus), corpus):
        assert rank(each, probe, allowed=allowed).hits(1)[0].row == lifted


def test_who_has_a_good_neighbour_is_judged_by_all_of_its_neighbours(crowd):
    probe = replace(probe_of(crowd, 12), words=np.zeros(N, np.float32))
    order = np.argsort(-(crowd.index.vectors() @ probe.vector))
    some, near = order[210:260:5], crowd.neighbours.copy()
    near[some, :4], near[some, 4] = order[:4], order[order > N // 2][-1]  # the last is no candidate, and drags down
    corpus = replace(crowd, neighbours=near)
    for each in (whole(corpus), corpus):
        assert not set(some.tolist()) & {hit.row for hit in rank(each, probe).hits(150)}


def test_each_vector_is_read_once(crowd):
    read: list[int] = []
    codes, vectors = crowd.index.codes, crowd.index.vectors().copy()
    index = VectorIndex(vectors, check=lambda rows, _: read.extend(rows.tolist()), stored_codes=lambda: codes)
    rank(replace(crowd, index=index), probe_of(crowd, 3))
    assert len(read) == len(set(read)) > 700


def test_rows_that_are_wanted_are_scored_wherever_they_lie(crowd):
    probe = probe_of(crowd, 1)
    far = np.argsort(crowd.index.vectors() @ probe.vector)[:3].tolist()
    plain = rank(crowd, probe)
    assert not set(far) & set(plain.rows.tolist()) and len(plain.rows) < N / 2
    made = rank(crowd, probe, also=far)
    assert set(far) <= set(made.rows.tolist()) and made.led_by(far).hits(3)[0].row == far[0]


def test_papers_without_a_vector_come_by_their_words(crowd):
    embedded = np.random.default_rng(2).random(N) < 0.3
    corpus = replace(crowd, embedded=embedded)
    for seed in range(10):
        probe = probe_of(corpus, seed)
        hits, wanted = rank(corpus, probe).hits(10), rank(whole(corpus), probe).hits(10)
        assert same(hits, wanted) > 0.9
    nothing = replace(crowd, embedded=np.zeros(N, bool))
    probe = probe_of(corpus, 4)
    assert rank(nothing, probe).hits(10) == rank(whole(nothing), probe).hits(10)


@pytest.mark.parametrize("unliked", [0, 2])
@pytest.mark.parametrize("liked", [1, 4, 12])
def test_examples_ask_for_the_same_papers(crowd, liked, unliked):
    def background():
        return Background.of(crowd.index.vectors())

    shares = []
    for seed in range(6):
        probes = [probe_of(crowd, 100 * seed + number, own=True) for number in range(liked + unliked)]
        examples = Examples(tuple(probes[:liked]), tuple(probes[liked:]), probe_of(crowd, seed) if seed % 2 else None)
        hits, wanted = (rank_by_examples(corpus, examples, background).hits(10) for corpus in (crowd, whole(crowd)))
        shares.append(np.mean([hit.row in {each.row for each in hits} for hit in wanted]))
    assert np.mean(shares) > 0.95


def test_similarities_and_the_nearest_are_of_all_papers(crowd):
    probe = probe_of(crowd, 9)
    made, all_rows = rank(crowd, probe, allowed=masks(crowd, 9)["few"]), np.ones(N, bool)
    np.testing.assert_allclose(made.similarities, crowd.index.vectors() @ probe.vector, atol=1e-6)
    rows, cosines = made.nearest(10, all_rows)
    assert rows.tolist() == np.argsort(-made.similarities, kind="stable")[:10].tolist()
    np.testing.assert_allclose(cosines, made.similarities[rows], atol=1e-6)


def test_codes_are_the_same_to_the_bit_and_after_reading(tmp_path, crowd):
    vectors = crowd.index.vectors()
    for name in ("a", "b"):
        Codes.of(vectors).save(tmp_path / name)
    data = (tmp_path / "a").read_bytes()
    assert data == (tmp_path / "b").read_bytes() and len(data) < 60 * N
    read = Codes.of_bytes(np.frombuffer(data, np.uint8))
    assert (read.nearest(vectors[:5], 50) == crowd.index.codes.nearest(vectors[:5], 50)).all()


def earlier(vectors):
    """Codes as libraries of earlier versions have them."""
    index = faiss.IndexRaBitQFastScan(DIMENSION, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return Codes(index)


@pytest.mark.parametrize("made", [Codes.of, earlier])
def test_codes_in_pieces_choose_what_codes_in_one_piece_choose(monkeypatch, crowd, made):
    whole = made(crowd.index.vectors())
    wanted = whole.nearest(crowd.index.vectors()[:6], 300)
    for size in (2048, 4096):
        monkeypatch.setattr("embeddings.codes._SCANNED", size)
        rows = Codes(whole._index).nearest(crowd.index.vectors()[:6], 300)
        assert [set(row) for row in rows.tolist()] == [set(row) for row in wanted.tolist()]


def test_codes_of_earlier_versions_serve(tmp_path, crowd):
    earlier(crowd.index.vectors()).save(tmp_path / "codes")
    codes = Codes.of_bytes(np.fromfile(tmp_path / "codes", np.uint8))
    index = VectorIndex(crowd.index.vectors().copy(), stored_codes=lambda: codes)
    shares = []
    for seed in range(10):
        probe = probe_of(crowd, seed)
        hits, wanted = (rank(each, probe).hits(10) for each in (replace(crowd, index=index), whole(crowd)))
        shares.append(same(hits, wanted))
    assert np.mean(shares) > 0.98


@pytest.mark.parametrize(("count", "dimension"), [(40, 384), (5000, 50)])
def test_few_vectors_and_odd_dimensions_have_codes(count, dimension):
    vectors = unit_rows(np.random.default_rng(4).normal(size=(count, dimension)))
    index = VectorIndex.build(vectors)
    rows = index.nearly(vectors[:8], 30)
    assert rows.shape == (8, 30) and all(row in near for row, near in enumerate(rows.tolist()))


def test_of_what_lies_far_away_enough_is_there(crowd):
    """Papers that pass may be those least near: the search widens until enough are there."""
    query = crowd.index.vectors()[:1]
    allowed = (crowd.index.vectors() @ query[0]) < np.quantile(crowd.index.vectors() @ query[0], 0.2)
    rows = candidates.nearest(crowd.index, query, 500, allowed)
    wanted = np.flatnonzero(allowed)[np.argsort(-(crowd.index.vectors()[allowed] @ query[0]))][:100]
    assert allowed[rows].all() and len(rows) >= 500
    assert np.isin(wanted, rows).mean() > 0.95
