"""Blocks: which texts lie together, whatever came between; and the same bytes for one block, however it came about."""

import hashlib
import random

import numpy as np
import pytest

from conftest import blocks_of, paper
from embeddings.toy import ToyEncoder
from embeddings.vectors import unit_rows
from explorer.library import Library
from explorer.library.blocks import SIZE, Blocks
from explorer.paper import embedding_text, text_hash
from explorer.store import Pending


def texts(count, begin=0):
    hashes = [hashlib.sha256(str(number).encode()).hexdigest()[:32] for number in range(begin, begin + count)]
    return [Pending(key, each, len(each) + key % 7) for key, each in enumerate(hashes, begin)]


@pytest.mark.parametrize("count", [1, 2, SIZE, SIZE + 1, 3 * SIZE, 10_000])
def test_blocks_hold_each_text_once_and_are_neither_large_nor_many(count):
    made = Blocks.of(texts(count)).blocks
    assert sorted(text for block in made for text in block) == sorted(texts(count))
    assert count / SIZE <= len(made) <= max(1, 2.1 * count / SIZE)
    assert max(map(len, made)) <= 1.3 * SIZE
    for block in made:
        lengths = [text.length for text in block]
        assert lengths == sorted(lengths, reverse=True)


def test_blocks_do_not_depend_on_the_order_of_the_texts():
    shuffled = random.Random(0).sample(texts(2000), 2000)
    assert Blocks.of(shuffled) == Blocks.of(texts(2000))


def test_what_is_left_after_any_blocks_are_done_are_the_blocks_that_were_left():
    whole = Blocks.of(texts(20 * SIZE))
    chance = random.Random(1)
    for _ in range(50):
        left = tuple(block for block in whole.blocks if chance.random() < chance.choice((0.1, 0.5, 0.9)))
        rest = chance.sample([text for block in left for text in block], sum(map(len, left)))
        assert not left or Blocks.of(rest, whole.bits).blocks == left


def test_each_block_is_a_fair_sample():
    made = Blocks.of(texts(40 * SIZE)).blocks
    means = [np.mean([text.key for text in block]) for block in made]
    deviation = 40 * SIZE / 12**0.5 / (SIZE / 2) ** 0.5  # of the mean of so many keys drawn evenly
    assert max(abs(mean - 20 * SIZE) for mean in means) < 5 * deviation


@pytest.mark.slow
def test_few_new_texts_are_not_spread_over_the_blocks_of_a_large_import_that_was_interrupted():
    interrupted = Blocks.of(texts(200 * SIZE))
    came = Blocks.of([*interrupted.blocks[-1], *texts(100, begin=10**6)], interrupted.bits)
    assert len(came.blocks) <= 2
    grown = Blocks.of([*Blocks.of(texts(2 * SIZE)).blocks[0], *texts(50 * SIZE, begin=10**6)], 1)
    assert max(map(len, grown.blocks)) <= 1.3 * SIZE


class Whispering(ToyEncoder):
    """Its vectors depend a little on all texts of a call, as those of a model do on its batch; counts its calls."""

    def __init__(self):
        self.calls = []

    def encode(self, texts):
        self.calls.append(list(texts))
        noise = np.random.default_rng(list(hashlib.sha256("\0".join(texts).encode()).digest()))
        return unit_rows(super().encode(texts) + 1e-3 * noise.random((len(texts), self.dimension), np.float32))


class Killed(Exception):
    pass


def kill_after(blocks):
    """Progress that ends the embedding before the block after so many."""
    steps = []

    def show(step):
        if step.stage == "Embedding":
            steps.append(step)
            if len(steps) > blocks:
                raise Killed

    return show


def some_papers(count, seed=0):
    chance = random.Random(seed)
    return [
        paper(f"Paper {n}", " ".join(chance.choices("ice sun moss fen tide rock".split(), k=chance.randint(3, 60))),
              record=n, key=f"k{n}", year=2000)
        for n in range(count)
    ]  # fmt: skip


def vectors_of(folder, encoder):
    with Library.open(folder, encoder=encoder, write=False) as library:
        by_id = dict(
            zip((p.id for p in library.snapshot.papers()), library.snapshot.arrays.index.vectors(), strict=True)
        )
        return {key: by_id[key].tobytes() for key in sorted(by_id)}


@pytest.fixture(scope="module")
def calm_vectors(tmp_path_factory):
    """Those of an embedding that nothing interrupts."""
    folder = tmp_path_factory.mktemp("calm")
    with blocks_of(40) as size, Library.open(folder, encoder=Whispering()) as library:
        library.add(some_papers(4 * size))
    return vectors_of(folder, Whispering())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_blocks_give_the_same_bits(tmp_path, seed, small_blocks, calm_vectors):
    papers, chance = some_papers(4 * small_blocks), random.Random(seed)
    folder = tmp_path / "harried"
    for _ in range(3):
        with Library.open(folder, encoder=Whispering()) as library, pytest.raises(Killed):
            library.add(chance.sample(papers, len(papers)), progress=kill_after(chance.randint(0, 1)))
    with Library.open(folder, encoder=Whispering()) as library:
        library.add(papers)
    assert vectors_of(folder, Whispering()) == calm_vectors


def test_how_an_import_was_divided_is_forgotten_with_its_last_block(tmp_path, small_blocks):
    papers = some_papers(3 * small_blocks)
    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        with pytest.raises(Killed):
            library.add(papers, progress=kill_after(1))
        assert library._store.setting("blocks") == "2"

        def kill_at_the_end(step):
            if step.stage == "Embedding" and step.done == step.total:
                raise Killed

        with pytest.raises(Killed):
            library.add(papers, progress=kill_at_the_end)
        assert library._store.setting("blocks") == ""


def one_block_three_ways(folder, encoder, papers):
    """Bytes of the vectors of the last block, encoded alone, among all blocks, and after a kill."""
    hashes = {text_hash(embedding_text(each)): embedding_text(each) for each in papers}
    made = Blocks.of([Pending(0, each, len(text)) for each, text in hashes.items()])
    assert len(made.blocks) > 1
    alone = encoder.encode([hashes[text.text_hash] for text in made.blocks[-1]]).tobytes()
    ids = [
        next(each.id for each in papers if text_hash(embedding_text(each)) == text.text_hash)
        for text in made.blocks[-1]
    ]
    with Library.open(folder / "whole", encoder=encoder) as library:
        library.add(papers)
    with Library.open(folder / "killed", encoder=encoder) as library, pytest.raises(Killed):
        library.add(papers[::-1], progress=kill_after(len(made.blocks) - 1))
    with Library.open(folder / "killed", encoder=encoder) as library:
        assert 0 < library.records.info().vectors < len(papers)
        library.add(papers)
    ways = [alone]
    for name in ("whole", "killed"):
        vectors = vectors_of(folder / name, encoder)
        ways.append(b"".join(vectors[each] for each in ids))
    return ways


def test_one_block_alone_among_others_and_after_a_kill_has_the_same_bytes(tmp_path, small_blocks):
    alone, whole, killed = one_block_three_ways(tmp_path, Whispering(), some_papers(2 * small_blocks))
    assert alone == whole == killed


def test_one_block_three_ways_with_the_real_model(tmp_path, real_encoder):
    alone, whole, killed = one_block_three_ways(tmp_path, real_encoder, some_papers(SIZE + 40, seed=1))
    assert alone == whole == killed


class Half(ToyEncoder):
    """Computes in another precision than the library was made in."""

    def precision(self, texts):
        return "bf16"


def test_a_library_of_single_precision_grows_in_another_and_says_so(tmp_path):
    papers = some_papers(30)
    with Library.open(tmp_path, encoder=ToyEncoder()) as library:
        library.add(papers[:20])
        assert library.records.info().precisions == (("fp32", 20),)
    encoder = Half()
    with Library.open(tmp_path, encoder=encoder) as library:
        library.add(papers)
        info = library.records.info()
        assert (info.vectors, info.precisions) == (30, (("bf16", 10), ("fp32", 20)))
        assert len(library.similar(library.snapshot.papers()[25].id, 29)) == 29
        # A text that has both counts once, in the more precise.
        texts = library._store.vectors
        hashes = [text_hash(embedding_text(papers[0]))]
        texts.put("toy", "1", "bf16", hashes, np.ones((1, 64), np.float32))
        assert texts.precisions("toy", "1") == {"bf16": 10, "fp32": 20}
        np.testing.assert_array_equal(texts.all("toy", "1")[1][0], encoder.encode([embedding_text(papers[0])])[0])
