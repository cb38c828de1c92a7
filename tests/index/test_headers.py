"""Headers of numpy's files are read as numpy reads them, and without Python's parser, which threads cannot share."""

import ast
import io

import numpy as np
import pytest

from explorer.index.files import _header

KINDS = ["bool", "i1", "u1", "<i2", "<u2", "<i4", ">i4", "<i8", "<f2", "<f4", "<f8", ">f8"]
SHAPES = [(), (0,), (7,), (3, 4), (2, 0, 5)]


def _file(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_header_is_read_as_numpy_reads_it_and_without_the_parser(kind, monkeypatch):
    monkeypatch.setattr(ast, "literal_eval", None)
    for shape in SHAPES:
        for order in "CF":
            array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind, order=order)
            data = _file(array)
            read_kind, read_shape, read_order, start = _header(data)
            read = np.frombuffer(data[start:], read_kind).reshape(read_shape, order=read_order)
            assert read.dtype == array.dtype and read.shape == shape
            np.testing.assert_array_equal(read, array)


def test_any_other_header_is_left_to_numpy():
    assert _header(_file(np.zeros(3, [("a", "<i4"), ("b", "<f8")])))[1] == (3,)
    with pytest.raises(ValueError):
        _header(_file(np.array([None])))
    with pytest.raises(ValueError):
        _header(b"no array")
