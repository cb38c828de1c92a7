"""How far a map has drifted from what it was drawn for: papers that came since lie less well than those drawn.

Pure arrays in, figures and a sentence out. Always true: a share is the mean percent of a paper's nearest papers by
meaning that are near to it on the map; where nothing came, there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.map.trust import UNKNOWN, Bytes
from explorer.text import counted

# Of 7,000 papers and 3,000 that came, 57 % of the nearest lie near to old papers and 46 % to new: the whole map lost 3
# points, and a redraw won 6. Below a point nobody sees it.
_PAYS = 1.0
# A subject that the map has no room for, as 19 % where it is 57 %, is torn apart; of so many papers somebody sees it.
_TORN, _SOME = 2 / 3, 30


@dataclass(frozen=True, slots=True)
class Drift:
    """Of a map: `placed` papers of `papers` came after it was drawn; the share of near papers that are near on it, for
    the drawn and for the placed ones; by how many points that lowers the share of all."""

    papers: int
    placed: int
    drawn_share: float
    placed_share: float

    @property
    def lost(self) -> float:
        """Points of the share of all papers that are lost by the placed ones, at least 0."""
        return max(0.0, self.drawn_share - self.placed_share) * self.placed / self.papers

    @property
    def pays(self) -> bool:
        """Whether drawing the map anew makes it visibly better."""
        torn = self.placed >= _SOME and self.placed_share < _TORN * self.drawn_share
        return self.lost >= _PAYS or torn

    @property
    def words(self) -> str:
        """All of this in a few plain sentences."""
        came = counted(self.placed, "paper has", "papers have")
        they, each = ("it", "it") if self.placed == 1 else ("they", "each of them")
        return (
            f"{came} a provisional place on the map, which was drawn before {they} came. Of the papers nearest to "
            f"{each}, {self.placed_share:.0f} % lie near it there; for drawn papers it is {self.drawn_share:.0f} %. "
            f"{'A redraw pays.' if self.pays else 'A redraw would change little.'}"
        )


def drift_of(shares: Bytes, drawn: NDArray[np.bool_], there: NDArray[np.bool_]) -> Drift | None:
    """The drift of a map of n papers; None where none came since, or where there are no shares.

    `shares` (n,) as `trust.near_shares` gives them; `drawn` (n,) whether a place was drawn; `there` (n,) whether the
    paper is on the map.
    """
    known = shares != UNKNOWN
    old, new = shares[known & there & drawn], shares[known & there & ~drawn]
    if not len(old) or not len(new):
        return None
    return Drift(int(there.sum()), int((there & ~drawn).sum()), float(old.mean()), float(new.mean()))
