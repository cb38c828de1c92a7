"""The parts of an open library that several libraries together, or many machines, work with.

Always true: nothing is decided here; only `explorer.libraries` and `explorer.shards` ask for them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.index.snapshot import Snapshot
from explorer.library.encoder import LibraryEncoder, illegible
from explorer.library.library import Library
from explorer.store import Store


@dataclass(frozen=True)
class Insides:
    """What an open library reads with."""

    store: Store
    encoder: LibraryEncoder

    @classmethod
    def of(cls, library: Library) -> Insides:
        """Those of `library`."""
        return cls(library._store, library.encoder)

    def illegible(self, arrays: Snapshot) -> NDArray[np.bool_]:
        """Rows of papers that the model cannot read, (n,)."""
        return arrays.rows(illegible(self.store, self.encoder)) if arrays.illegible is None else arrays.illegible
