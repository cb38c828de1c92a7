"""Blocks: the texts that are embedded together, and whose vectors are committed together or not at all.

Holds how pending texts are divided; knows hashes and lengths, not texts, encoders or stores. Always true: the leading
bits of a text's hash choose its block, so each block is a fair sample of the pending texts, whatever files they came
from and in whatever order; a block depends on its own texts alone, so those that are left after an interruption are
the blocks they were; inside a block the longest text comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.store import Pending

# Texts in a block at most, on average; at least half as many. Sorted by length, 256 abstracts leave little to pad: a
# pass over texts of like length. On two cores they take 3 to 9 seconds, which a kill loses at most.
SIZE = 256
_PREFIX = 8  # hexadecimal digits of a hash that are looked at: 32 bits


@dataclass(frozen=True)
class Blocks:
    """Pending texts divided by the first `bits` of their hashes: blocks in the order of these bits, none empty."""

    bits: int
    blocks: tuple[tuple[Pending, ...], ...]

    @classmethod
    def of(cls, pending: Sequence[Pending], bits: int | None = None) -> Blocks:
        """Blocks of `pending`, with the `bits` that an interrupted embedding has left, where those still serve."""
        if bits is not None:
            left = divided(pending, bits)
            # Of an interrupted embedding whole blocks are left. Where many are nearly empty, or all too large, most of
            # the texts came since: they are divided anew.
            if left and SIZE / 4 <= len(pending) / len(left) <= 2 * SIZE:
                return cls(bits, left)
        fresh = bits_of(len(pending))
        return cls(fresh, divided(pending, fresh))


def bits_of(texts: int) -> int:
    """The bits that divide so many texts into blocks."""
    return max(0, (texts - 1) // SIZE).bit_length()


def divided(pending: Sequence[Pending], bits: int) -> tuple[tuple[Pending, ...], ...]:
    """The blocks of `pending`, which may be a part of all texts, by the first `bits` of their hashes."""

    def number(text: Pending) -> int:
        return int(text.text_hash[:_PREFIX], 16) >> (4 * _PREFIX - bits)

    ordered = sorted(pending, key=lambda text: text.text_hash)
    groups = (list(group) for _, group in groupby(ordered, number))
    return tuple(tuple(sorted(group, key=lambda text: (-text.length, text.text_hash))) for group in groups)
