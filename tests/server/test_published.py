"""Arrays that pages publish for the browser."""

import numpy as np

from explorer.server.published import publish, published


def test_the_latest_arrays_are_there_and_equal_ones_have_one_path():
    def path(*values):
        return publish(np.array(values, np.uint8))

    first = path(200, 1)
    paths = [path(number % 256, number // 256, 7) for number in range(1024)]
    assert len(set(paths)) == 1024
    assert published(paths[0].rsplit("/", 1)[1]) == b"\x00\x00\x07"
    assert published(first.rsplit("/", 1)[1]) is None
    assert path(0, 0, 7) == paths[0]
    assert publish(None) is None
