"""The texts nearest to labels: the same as if all were sorted, no label encoded twice."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.map.sought import Sought, nearest


@pytest.mark.parametrize(("rows", "count"), [(10, 400), (900, 40), (20_000, 400)])
def test_the_nearest_are_those_of_a_full_sort(rows: int, count: int) -> None:
    close = np.random.default_rng(0).normal(size=(5, rows)).astype(np.float32)
    close[1] = np.round(close[1], 1)  # many ties
    close[2, ::13] += 9  # what the even sample sees hardly
    close[3] = 0
    for row, some in zip(close, nearest(close, count), strict=True):
        assert some.tolist() == np.argsort(-row, kind="stable")[:count].tolist()


def test_no_label_is_encoded_twice() -> None:
    seen: list[str] = []

    def encode(labels):  # type: ignore[no-untyped-def]
        seen.extend(labels)
        return np.eye(3, dtype=np.float32)[[len(label) % 3 for label in labels]]

    sought = Sought(np.eye(3, dtype=np.float32), encode)
    sought.seek(["a", "bb", "a"])
    sought.seek(["bb", "ccc"])
    assert seen == ["a", "bb", "ccc"]
    assert [int(sought.near(label)[0]) for label in seen] == [1, 2, 0]
    assert sought.alike("a", "bb") == 0 and sought.alike("a", "a") == 1 and sought.alike("a", "never") == 0
    assert len(sought.near("never")) == 0
