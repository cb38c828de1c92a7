"""Where the theme changes, worked out by hand on vectors along the axes."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.drafts import themes

TWO = np.repeat(np.eye(3, dtype=np.float32)[:2], 4, axis=0)  # four sentences of one theme, four of another


def test_the_valley_is_deepest_at_the_change_and_there_alone() -> None:
    depths = themes.depths(TWO)
    assert depths.shape == (7,)
    assert int(depths.argmax()) == 3
    assert depths[3] == pytest.approx(2.0)  # from 1 down to 0 and up to 1
    assert depths[0] == depths[6] == pytest.approx(0.0)


def test_a_text_without_changes_has_no_valleys_and_a_sentence_no_gap() -> None:
    assert themes.depths(np.repeat(np.eye(2, dtype=np.float32)[:1], 5, axis=0)) == pytest.approx(np.zeros(4))
    assert themes.depths(TWO[:1]).shape == (0,)
    assert themes.bound([]) == 0.0


def test_a_cut_lies_at_the_change_where_parts_fit() -> None:
    depths = themes.depths(TWO)
    assert themes.cuts(depths, [20] * 8, 160, themes.bound([depths])) == [4]
    assert themes.cuts(depths, [20] * 8, 160, 9.0) == []  # no valley is deep enough, and length forces none
    assert themes.cuts(depths, [5] * 8, 160, themes.bound([depths])) == []  # its parts would be too short
    assert themes.cuts(depths, [25] * 8, 160, 9.0) == [4]  # length forces a cut: the deepest


def test_no_part_is_too_long_unless_a_sentence_is() -> None:
    chance = np.random.default_rng(1)
    for _ in range(30):
        vectors = chance.normal(size=(40, 8)).astype(np.float32)
        sizes = chance.integers(1, 60, 40).tolist()
        cuts = themes.cuts(themes.depths(vectors), sizes, 100, 0.1)
        parts = [sum(sizes[a:b]) for a, b in zip([0, *cuts], [*cuts, 40], strict=True)]
        assert cuts == sorted(set(cuts)) and 0 not in cuts
        assert max(parts) <= 100 and sum(parts) == sum(sizes)
    assert themes.cuts(np.zeros(2), [10, 300, 10], 100, 0.0) == [1, 2]
