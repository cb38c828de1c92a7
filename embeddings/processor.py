"""What the processor can compute in: read from its flags, never assumed, and proved on a few abstracts.

Knows how Linux lists flags and the variables that cap them. Always true: imports nothing heavy; where nothing can be
read, the answer is no.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import numpy as np

from embeddings.vectors import Matrix

_CPUINFO = Path("/proc/cpuinfo")
# Products in bf16 are faster than in single precision with one of these, slower without.
_HALF = {"avx512_bf16", "amx_bf16"}
# oneDNN, which computes the products, can be capped below them; AVX512_CORE_BF16 and all that hold it are not below.
_CAPPED = re.compile(r"(?i)(sse41|avx|avx2|avx2_vnni|avx2_vnni_2|avx512_core|avx512_core_vnni)")

_CLOSE = 0.9995  # least cosine of a text of the self-test with its vector in single precision; bf16 reaches 0.9999


def half_precision(cpuinfo: Path = _CPUINFO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this processor multiplies bf16 numbers in hardware and nobody has capped it."""
    if _CAPPED.fullmatch(environment.get("ONEDNN_MAX_CPU_ISA", environment.get("DNNL_MAX_CPU_ISA", ""))):
        return False
    return bool(_HALF & flags(cpuinfo))


def flags(cpuinfo: Path = _CPUINFO) -> set[str]:
    """The flags of the first processor as Linux lists them; empty where there is no such file."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    match = re.search(r"(?m)^(?:flags|Features)\s*:(.*)$", text)
    return set(match[1].split()) if match else set()


def self_test_texts() -> list[str]:
    """Twelve short abstracts of six fields, in pairs, to compare a precision with single precision on."""
    return files("embeddings").joinpath("selftest.txt").read_text(encoding="utf-8").strip().split("\n\n")


def agree(vectors: Matrix, right: Matrix) -> bool:
    """Whether `vectors` of a few texts are `right`, both (n, d) unit rows: each by itself, and who is nearest to it."""
    if not np.isfinite(vectors).all() or (np.einsum("ij,ij->i", vectors, right) < _CLOSE).any():
        return False
    nearest = [np.argmax(matrix @ matrix.T - 2 * np.eye(len(matrix)), axis=1) for matrix in (vectors, right)]
    return bool((nearest[0] == nearest[1]).all())
