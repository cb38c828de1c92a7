"""The bundled model for a page without a server: its weights in a byte each, and what they are worth when read back.

Knows a single architecture, that of `embeddings.minilm`. Always true: each row of a matrix has a scale of its own;
what the page computes with is what `RoundedWeights` gives, number for number.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import bundled
from embeddings.minilm import MiniLM

Array = NDArray[Any]
Floats = NDArray[np.float32]
# Steps on each side of zero. On 150 titles of 10,000 papers the ten nearest by vectors alone are shared to 0.979 with
# layers of 127 steps and words as they are, to 0.975 with words of 127 steps (10.9 MB as gzip), to 0.973 with 31
# (7.9 MB) and to 0.955 with 15 (6.4 MB); four bits without gzip give 0.94 (5.9 MB).
LAYER_STEPS, WORD_STEPS = 127, 31
_TABLE, _PLACES, _TYPE = (f"embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type"))
_LONGEST = 256  # places that the model was made for


def rounded(matrix: Floats, steps: int) -> tuple[NDArray[np.int8], Floats]:
    """A matrix (m, d) as whole numbers from -`steps` to `steps` and the scale of each row, (m,)."""
    scales = np.abs(matrix).max(axis=1, initial=0.0) / steps
    scales = np.where(scales > 0, scales, 1.0).astype(np.float32)
    return np.round(matrix / scales[:, None]).clip(-steps, steps).astype(np.int8), scales


class RoundedWeights:
    """The official weights by their names, rounded as the page has them."""

    def __init__(self, folder: Path) -> None:
        from safetensors import safe_open

        with safe_open(folder / "model.safetensors", framework="numpy") as weights:
            self._tensors = {name: weights.get_tensor(name) for name in weights.keys()}  # noqa: SIM118
        # A text has a single segment, whose vector is part of every place's.
        self._tensors[_PLACES] = self._tensors[_PLACES][:_LONGEST] + self._tensors[_TYPE][:1]
        self._tensors[_TYPE] = np.zeros_like(self._tensors[_TYPE])

    def whole(self, name: str) -> tuple[NDArray[np.int8], Floats]:
        """The matrix called `name` as whole numbers and scales."""
        return rounded(self._tensors[name], WORD_STEPS if name == _TABLE else LAYER_STEPS)

    def get_tensor(self, name: str) -> Floats:
        """The tensor called `name` as it is read back."""
        tensor: Floats = self._tensors[name]
        if tensor.ndim < 2 or name == _TYPE:
            return tensor
        numbers, scales = self.whole(name)
        return numbers.astype(np.float32) * scales[:, None]


def page_model() -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays of the words (and their pieces, a list), and of the layers, as page/encoder.js takes them together."""
    folder = bundled.weights().parent
    weights, config = RoundedWeights(folder), json.loads((folder / "config.json").read_text(encoding="utf-8"))
    numbers, scales = weights.whole(_TABLE)
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[: len(numbers)]
    words = {"pieces": pieces, "words": numbers, "words_scales": scales}
    layers: dict[str, Any] = {
        "heads": np.array([config["num_attention_heads"]], np.uint8),
        "layers": np.array([config["num_hidden_layers"]], np.uint8),
        "gain": weights.get_tensor("embeddings.LayerNorm.weight"),
        "shift": weights.get_tensor("embeddings.LayerNorm.bias"),
    }
    layers["places"], layers["places_scales"] = weights.whole(_PLACES)
    for number in range(int(config["num_hidden_layers"])):
        layers |= _layer(weights, number)
    return words, layers


def _layer(weights: RoundedWeights, number: int) -> dict[str, Array]:
    at = f"encoder.layer.{number}"
    matrices = {
        "qkv": [f"{at}.attention.self.{part}" for part in ("query", "key", "value")],
        "out": [f"{at}.attention.output.dense"],
        "wide": [f"{at}.intermediate.dense"],
        "narrow": [f"{at}.output.dense"],
    }
    made: dict[str, Array] = {}
    for name, parts in matrices.items():
        numbers, scales = zip(*(weights.whole(f"{part}.weight") for part in parts), strict=True)
        made[f"{number}.{name}"] = np.concatenate(numbers)
        made[f"{number}.{name}.scales"] = np.concatenate(scales)
        made[f"{number}.{name}.bias"] = np.concatenate([weights.get_tensor(f"{part}.bias") for part in parts])
    for name, part in (("out", f"{at}.attention.output.LayerNorm"), ("narrow", f"{at}.output.LayerNorm")):
        made[f"{number}.{name}.gain"] = weights.get_tensor(f"{part}.weight")
        made[f"{number}.{name}.shift"] = weights.get_tensor(f"{part}.bias")
    return made


def page_encoder() -> MiniLM:
    """The model with the weights that a page has."""
    folder = bundled.weights().parent
    return MiniLM(folder, RoundedWeights(folder))
