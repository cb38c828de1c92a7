"""The word index on disk: what went on equals what was made anew, segments stay, and an extension costs what came."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.index import words
from explorer.search.bm25 import Bm25
from explorer.search.inversion import Text
from explorer.search.words import WordIndex, segment_folders

WORD = st.text(alphabet="abc ", max_size=12)
LIBRARY = st.dictionaries(st.integers(0, 9), st.tuples(WORD, WORD, WORD))


def texts(library: dict[int, tuple[str, str, str]]) -> list[Text]:
    return [(key, *library[key]) for key in sorted(library)]


def assert_equal(index: WordIndex, library: dict[int, tuple[str, str, str]]) -> None:
    """The index answers as one made of the library in memory does."""
    anew, keys = WordIndex.of(texts(library)), np.array(sorted(library), np.int64)
    np.testing.assert_array_equal(index.keys, keys)
    for word in ("a", "b", "ab", "abc", "c a", "a b c", "aa"):
        for field in (None, "title", "abstract", "authors"):
            np.testing.assert_array_equal(index.holding(word, keys, field), anew.holding(word, keys, field))
            np.testing.assert_array_equal(index.beginning(word, keys, field), anew.beginning(word, keys, field))
        np.testing.assert_allclose(Bm25(index).query(word).scores, Bm25(anew).query(word).scores, rtol=1e-5)
        assert index.frequency(word) == anew.frequency(word)
        assert index.together(word.split()) == anew.together(word.split())


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(LIBRARY, min_size=2, max_size=4))
def test_an_index_that_goes_on_equals_one_made_anew(states: list[dict]) -> None:
    """Papers come, go and change in any way, several times; nothing is left of what was."""
    with tempfile.TemporaryDirectory() as folder:
        previous, before = None, dict[int, tuple[str, str, str]]()
        for number, library in enumerate(states):
            changed = [text for text in texts(library) if before.get(text[0]) != text[1:]]
            gone = [key for key in before if before[key] != library.get(key)]
            target = Path(folder) / str(number)
            words.write(target, changed, previous=previous, gone=gone)
            assert_equal(WordIndex.load(target), library)
            previous, before = target, library


def test_segments_stay_as_they_are_and_are_merged_when_many(tmp_path: Path) -> None:
    def some(start: int, count: int) -> list[Text]:
        return [(key, f"word{key} common", "an abstract", f"Ann{key} Author") for key in range(start, start + count)]

    words.write(tmp_path / "0", some(0, 64))
    first = segment_folders(tmp_path / "0")[0] / "places.npy"
    numbers = []
    for step in range(1, 20):
        words.write(tmp_path / str(step), some(64 + step, 1), previous=tmp_path / str(step - 1))
        numbers.append(len(segment_folders(tmp_path / str(step))))
    assert (segment_folders(tmp_path / "19")[0] / "places.npy").stat().st_ino == first.stat().st_ino
    assert max(numbers) <= 6  # some log₂
    index = WordIndex.load(tmp_path / "19")
    assert len(index) == 64 + 19
    assert index.frequency("common") == 83
    # A segment of which most is gone is written anew; so is the same from the same, byte by byte.
    for name in ("less", "again"):
        words.write(tmp_path / name, [], previous=tmp_path / "19", gone=range(60))
    files = [sorted((tmp_path / name).rglob("*.npy")) for name in ("less", "again")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    less = WordIndex.load(tmp_path / "less")
    assert less.frequency("common") == 23 and len(less) == 23
    assert sum(map(len, less.segments)) == 23


def test_many_blocks_become_one_segment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("explorer.search.inversion.BLOCK", 7)
    monkeypatch.setattr(words, "_CHUNK", 10)
    library = {key: (f"a b{key % 5} c", f"ab {key} " * 3, f"Ann B{key % 3}") for key in range(40)}
    words.write(tmp_path / "words", texts(library))
    assert len(segment_folders(tmp_path / "words")) == 1
    monkeypatch.undo()
    assert_equal(WordIndex.load(tmp_path / "words"), library)


def test_an_index_that_another_process_deletes_is_not_taken_for_whole(tmp_path: Path) -> None:
    """Whatever is gone already when it is opened."""
    words.write(tmp_path / "0", texts({key: (f"a{key}", "b", "c") for key in range(40)}))
    words.write(tmp_path / "1", texts({40: ("a40", "b", "c")}), previous=tmp_path / "0")
    whole = tmp_path / "1"
    assert len(segment_folders(whole)) == 2
    for number in range(2):
        left = shutil.copytree(whole, tmp_path / f"without {number}")
        shutil.rmtree(segment_folders(left)[number])
        with pytest.raises(ValueError, match=r"rows, not 41"):
            WordIndex.load(left)
    shutil.rmtree(segment_folders(left)[0])
    with pytest.raises(ValueError, match=r"segments of 0 rows, not 41"):
        WordIndex.load(left)
