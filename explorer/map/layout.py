"""The map: a neighbour graph and its vectors to one place (x, y) for every paper, and a place for a newcomer.

Holds t-SNE with a density field, and classical scaling for a handful of papers. Pure arrays in, arrays out: knows
nothing of papers, indexes, files or screens. Always true: coordinates are float32, finite, centred on the origin and
within [-1, 1]; the same arrays and seed give the same bits, whatever the number of threads (so no BLAS product is
taken here over more than a few numbers: how it adds up depends on the threads).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Matrix, Rows
from explorer.map.springs import IntMatrix, springs_of

_Double = NDArray[np.float64]

FEW = 30  # below this the whole table of similarities says more than a graph of neighbours
_MOMENTUM = 0.8
_SPACING = 0.5  # the kernels are about 1 wide: half of that is the coarsest grid that still sees them
_MOST_CELLS = 512  # a side; bounds memory and time of one step however far a map spreads
_START = 1e-2  # deviation of the first places; small, so that the first steps decide by attraction alone
_SPACING_ROUNDS = 40  # of the overview; 20 kept 0.02 fewer triplets in order
_PAIRS = 30  # random partners of each paper in the overview: 10 gave 0.754 of triplets, 20 0.793, 30 0.797
_CROWD = 0.99  # the share of papers that sets the scale: the few beyond it are drawn in
_TWINS = 1e-3  # places closer than this look like one dot until the map is zoomed twentyfold
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


class _Stage(NamedTuple):
    steps: int
    exaggeration: float  # of the attraction between neighbours
    anchor: float  # pull towards the paper's place in the overview


# Gather the groups, arrange them, let them breathe. Without anchors 10,000 papers kept 0.725 of random triplets in
# order, with these 0.744, for 0.003 of trustworthiness; an anchor of 0.01 to the end cost 0.02 of it.
_STAGES = (_Stage(100, 12.0, 0.2), _Stage(150, 2.0, 0.02), _Stage(100, 1.2, 0.004))
# A drawing that begins with old places, which are its overview. Of 10,000 papers, 3,000 of them new, the old moved by
# 0.7 % of the map (median), from nothing by 3.1 %; trustworthiness 0.973 and 0.968, triplets 0.737 and 0.739.
_AGAIN = (_Stage(100, 2.0, 0.05), _Stage(100, 1.2, 0.02))


class Start(NamedTuple):
    """What a drawing begins with: `places` (n, 2) float32, and `tied` (n,), which of them are to stay about there.

    The others, newcomers of which neighbours tell too little, go where they belong: tied to places, 3,000 papers of
    four new subjects had 0.285 of their neighbours near, free 0.356, and the others moved less.
    """

    places: Matrix
    tied: NDArray[np.bool_]


def lay_out(
    vectors: Matrix, neighbours: IntMatrix, similarities: Matrix, *, seed: int = 0, start: Start | None = None
) -> Matrix:
    """Places of all papers, (n, 2) float32 in [-1, 1]: close on the map where close in meaning.

    `vectors` (n, d) float32 unit rows; `neighbours` (n, k) row numbers, best first, without the row itself, -1 where
    there is none; `similarities` (n, k) float32 of those neighbours. `seed` only breaks ties between equal papers;
    with a `start`, places stay near to those.
    t-SNE (van der Maaten and Hinton 2008) whose repulsion is read from a field convolved by FFT (Linderman et al.
    2019; Pezzotti et al. 2020), tied to an overview of random pairs so that far groups keep their order; fewer than 30
    papers by scaling alone (Torgerson 1952; de Leeuw 1977).
    """
    count = len(vectors)
    if count == 0:
        return np.zeros((0, 2), np.float32)
    places = _few(vectors) if count < FEW else _tsne(vectors, neighbours, similarities, seed, start)
    return _without_twins(_fitted(_separated(_fitted(places))).astype(np.float32))


def place(positions: Matrix, similarities: Matrix) -> Matrix:
    """Places for newcomers among their neighbours on the map, (m, 2) float32: the weighted median of each row.

    `positions` (m, k, 2) float32, places of the k neighbours; `similarities` (m, k) float32, the weights; NaN in
    either marks a missing neighbour, and a row without any lands on the origin. The geometric median (Weiszfeld
    1937) stays in the crowd where a mean would fall between two.
    """
    present = np.isfinite(positions).all(axis=2) & np.isfinite(similarities)
    points = np.where(present[:, :, None], positions, 0).astype(np.float64)
    weights = np.where(present, np.maximum(similarities, 1e-3), 0).astype(np.float64) ** 2
    median = _weighted_mean(points, weights)
    for _ in range(20):  # within 1e-3 of the limit, less than a dot's width
        gaps = np.sqrt(((points - median[:, None, :]) ** 2).sum(axis=2))
        median = _weighted_mean(points, weights / np.maximum(gaps, 1e-6))
    turn = np.arange(len(median)) * _GOLDEN_ANGLE  # a newcomer must not hide the neighbour it fell on
    return (median + _TWINS * np.stack([np.cos(turn), np.sin(turn)], axis=1)).astype(np.float32)


def _weighted_mean(points: _Double, weights: _Double) -> _Double:
    total = np.maximum(weights.sum(axis=1), 1e-300)
    mean: _Double = (points * weights[:, :, None]).sum(axis=1) / total[:, None]
    return mean


# --- the overview: all papers, roughly -------------------------------------------------------------------------------


def _few(vectors: Matrix) -> _Double:
    """Places of a handful of papers, (n, 2): classical scaling, then every pair as far apart as it is unlike."""
    return _spaced(_scaled(vectors), vectors, np.arange(1, len(vectors) // 2 + 1), power=1).T


def _overview(vectors: Matrix, seed: int) -> _Double:
    """Places (2, n) that keep the order of far papers: the gaps of `_PAIRS` random pairs of each, fitted."""
    shifts = np.random.default_rng(seed).permutation(np.arange(1, (len(vectors) + 1) // 2))[:_PAIRS]
    return _spaced(_principal(vectors), vectors, shifts, power=4)  # 4: near pairs, which t-SNE knows better, fade


def _spaced(places: _Double, vectors: Matrix, shifts: Rows, *, power: int) -> _Double:
    """Move `places` (2, n) until the gap of each pair (i, i + shift) is (2 - 2 similarity) ** power.

    Majorisation of the stress (de Leeuw 1977), with few pairs instead of all.
    """
    wanted = [np.maximum(2 - 2 * _shifted_similarities(vectors, int(shift)), 0) ** power for shift in shifts]
    size = float(np.mean(wanted)) if len(shifts) else 0.0
    places = places * (size / max(float(places.std()), 1e-12))
    for _ in range(_SPACING_ROUNDS if len(shifts) else 0):
        moved = np.zeros_like(places)
        for shift, gap in zip(shifts.tolist(), wanted, strict=True):
            other = _turned(places, shift)
            apart = places - other
            stretch = apart * (gap / np.maximum(np.sqrt(apart[0] ** 2 + apart[1] ** 2), 1e-9))
            moved += other + stretch + _turned(places - stretch, -shift)
        places = moved / (2 * len(shifts))
        places -= places.mean(axis=1, keepdims=True)
    return places


def _turned(places: _Double, by: int) -> _Double:
    """As `np.roll` by `-by` along the papers, in a tenth of the time for a few."""
    return np.concatenate([places[:, by:], places[:, :by]], axis=1)


def _shifted_similarities(vectors: Matrix, shift: int) -> _Double:
    turn = len(vectors) - shift
    ahead = np.einsum("ij,ij->i", vectors[:turn], vectors[shift:])
    return np.concatenate([ahead, np.einsum("ij,ij->i", vectors[turn:], vectors[:shift])]).astype(np.float64)


def _scaled(vectors: Matrix) -> _Double:
    """Classical scaling, (2, n): the two leading axes of the centred table of similarities."""
    rows = vectors.astype(np.float64)
    rows = rows - rows.mean(axis=0)
    values, axes = np.linalg.eigh(np.einsum("ij,kj->ik", rows, rows))  # too small for LAPACK to use threads
    places = np.zeros((2, len(vectors)))
    leading = (axes[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0)))[:, :2]
    places[: leading.shape[1]] = leading.T
    return _oriented(places)


def _principal(vectors: Matrix, rounds: int = 15) -> _Double:
    """The two principal components, (2, n), by orthogonal iteration on at most 4,000 rows."""
    sample = vectors[:: max(1, len(vectors) // 4000)]
    sample = sample - sample.mean(axis=0)
    axes = np.random.default_rng(0).normal(size=(4, vectors.shape[1])).astype(np.float32)
    for _ in range(rounds):
        axes = np.stack([np.einsum("ij,i->j", sample, np.einsum("ij,j->i", sample, axis)) for axis in axes])
        axes = _orthonormal(axes)
    places = np.stack([np.einsum("ij,j->i", vectors, axis) for axis in axes[:2]]).astype(np.float64)
    return _oriented(places - places.mean(axis=1, keepdims=True))


def _orthonormal(axes: Matrix) -> Matrix:
    done: list[NDArray[np.float32]] = []
    for axis in axes:
        for other in done:
            axis = axis - np.einsum("i,i->", axis, other) * other
        done.append(axis / max(float(np.sqrt(np.einsum("i,i->", axis, axis))), 1e-20))
    return np.stack(done)


def _oriented(places: _Double) -> _Double:
    """An axis has no sign of its own: the paper farthest along each, the first of equals, lies on the positive side."""
    for axis in places:
        if axis[np.argmax(np.abs(np.round(axis, 6)))] < 0:
            axis *= -1
    return places


# --- t-SNE -----------------------------------------------------------------------------------------------------------


def _tsne(vectors: Matrix, neighbours: IntMatrix, similarities: Matrix, seed: int, start: Start | None) -> _Double:
    """Places (n, 2) by gradient descent with momentum and gains (Jacobs 1988)."""
    count = len(vectors)
    springs, field_ = springs_of(neighbours, similarities), _Field()
    overview = _overview(vectors, seed) if start is None else _centred(start.places)
    overview /= max(float(overview.std()), 1e-12)
    places = _START * (overview + 1e-4 * np.random.default_rng(seed).normal(size=overview.shape))
    step, gains = np.zeros_like(places), np.ones_like(places)
    tied = 1.0 if start is None else start.tied.astype(np.float64)
    guide = overview if start is None else overview * tied / float((overview**2 * tied).mean())
    for stage in _STAGES if start is None else _AGAIN:
        rate = count / stage.exaggeration  # Belkina et al. 2019
        for _ in range(stage.steps):
            scale = float((places * guide).mean())  # the overview grows with the map
            push = stage.exaggeration * springs.pull(places) + field_.repulsion(places)
            push += stage.anchor / count * tied * (scale * overview - places)
            gains = np.maximum(np.where(push * step > 0, gains + 0.2, gains * 0.8), 0.01)
            step = _MOMENTUM * step + rate * gains * push
            places = places + step
    return places.T


def _centred(places: Matrix) -> _Double:
    return np.asarray(places.T.astype(np.float64) - places.mean(axis=0, dtype=np.float64)[:, None])


# --- the field -------------------------------------------------------------------------------------------------------


@dataclass
class _Field:
    """Repulsion of all papers on each: spread onto a grid, convolved there, read back. Keeps its last kernels."""

    cells: int = 0
    spacing: float = 0.0
    kernels: list[NDArray[np.complex64]] = field(default_factory=list)

    def repulsion(self, places: _Double) -> _Double:
        """Normalised repulsive force on each paper, (2, n)."""
        from scipy import fft

        low, high = places.min(axis=1), places.max(axis=1)
        self._resize(float((high - low).max()))
        at = (places - (low + high)[:, None] / 2) / self.spacing + (self.cells - 1) / 2
        corner = np.floor(at).astype(np.int64)
        part = at - corner
        first = corner[0] * self.cells + corner[1]
        shares = [
            (first + dx * self.cells + dy, np.abs(1 - dx - part[0]) * np.abs(1 - dy - part[1]))
            for dx in (0, 1)
            for dy in (0, 1)
        ]
        size = self.cells**2
        mass = np.zeros(size)
        for cell, share in shares:
            mass += np.bincount(cell, share, size)
        padded = (2 * self.cells, 2 * self.cells)
        spectrum = fft.rfft2(mass.reshape(self.cells, self.cells).astype(np.float32), padded, workers=1)
        grids = [
            fft.irfft2(spectrum * kernel, padded, workers=1)[: self.cells, : self.cells].ravel()
            for kernel in self.kernels
        ]
        total, across, along = (sum(grid[cell] * share for cell, share in shares) for grid in grids)
        return np.stack([across, along]) / max(float(np.sum(total, dtype=np.float64)) - len(first), 1e-9)

    def _resize(self, extent: float) -> None:
        spacing = max(_SPACING, extent / (_MOST_CELLS - 4))
        if spacing > _SPACING:  # in steps of 5 %, so that most steps find their kernels ready
            spacing = _SPACING * 1.05 ** np.ceil(np.log(spacing / _SPACING) / np.log(1.05))
        cells = min(_MOST_CELLS, 32 * int(np.ceil((extent / spacing + 4) / 32)))
        if (cells, spacing) != (self.cells, self.spacing):
            self.cells, self.spacing, self.kernels = cells, spacing, _kernels(cells, spacing)


def _kernels(cells: int, spacing: float) -> list[NDArray[np.complex64]]:
    """Spectra of 1/(1+d²), x/(1+d²)² and y/(1+d²)² on a grid padded to twice its side."""
    from scipy import fft

    offset = spacing * np.concatenate([np.arange(cells), [0.0], np.arange(1 - cells, 0)])
    near = 1 / (1 + offset[:, None] ** 2 + offset[None, :] ** 2)
    tables = [near, near**2 * offset[:, None], near**2 * offset[None, :]]
    return [fft.rfft2(table.astype(np.float32), workers=1) for table in tables]


# --- onto the page ---------------------------------------------------------------------------------------------------


def _fitted(places: _Double) -> _Double:
    """Places (n, 2) centred, stragglers drawn in, scaled into [-1, 1] without changing the proportions."""
    places = places - places.mean(axis=0)
    radius = np.sqrt((places**2).sum(axis=1))
    limit = max(1.1 * float(np.quantile(radius, _CROWD)), 1e-12)
    beyond = np.maximum(radius / limit - 1, 0)
    places = places * ((1 + 0.2 * np.tanh(beyond)) / (1 + beyond))[:, None]
    places = places - (places.max(axis=0) + places.min(axis=0)) / 2
    return np.asarray(places / max(float(np.abs(places).max()), 1e-9))


def _separated(places: _Double) -> _Double:
    """Places that share a speck of the map spread over a small spiral, so that every dot can be pointed at."""
    for offset in (0.0, 0.5):  # twice: two neighbours may lie on both sides of a line of one raster, not of both
        speck = np.floor(places / _TWINS + offset).astype(np.int64)
        order = np.lexsort((speck[:, 1], speck[:, 0]))
        begins = np.concatenate([[True], (np.diff(speck[order], axis=0) != 0).any(axis=1)])
        position = np.arange(len(places))
        rank = np.empty(len(places))
        rank[order] = position - np.maximum.accumulate(np.where(begins, position, 0))
        spiral = np.stack([np.cos(rank * _GOLDEN_ANGLE), np.sin(rank * _GOLDEN_ANGLE)], axis=1)
        places = places + _TWINS * np.sqrt(rank)[:, None] * spiral
    return places


def _without_twins(places: Matrix) -> Matrix:
    """Two papers at the very same place, as two steps of a spiral can leave equal ones: the later steps inwards."""
    rank = np.arange(1, len(places) + 1)
    while len(again := np.setdiff1d(rank - 1, np.unique(places, axis=0, return_index=True)[1])):
        turn = rank[: len(again)] * _GOLDEN_ANGLE
        step = _TWINS * np.sqrt(rank[: len(again)])[:, None] * np.abs(np.stack([np.cos(turn), np.sin(turn)], axis=1))
        places[again] -= np.where(places[again] > 0, step, -step).astype(np.float32)
    return places
