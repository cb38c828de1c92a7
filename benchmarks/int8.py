"""What int8 would gain: the bundled model by ONNX Runtime and OpenVINO beside ours and sentence-transformers.

    pip install onnx onnxruntime onnxscript openvino nncf
    python benchmarks/int8.py CORPUS [--papers 1000] [--rounds 2]

CORPUS is JSON lines of papers, gzipped or not. ONNX Runtime: weights by channel, states scaled as they come. OpenVINO:
weights by channel, states scaled by 300 calibrating texts after NNCF's SmoothQuant. Medians of seconds, CPU seconds and
overlap@10 with single precision, as `benchmarks/encoding.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from encoding import alternated, options_of, shipped_and_ours, texts_of

from embeddings import bundled
from embeddings.vectors import Matrix, unit_rows

_BATCH, _CALIBRATING = 32, 300
Run = Callable[[dict[str, Any]], Any]


class Batches:
    """Texts as padded word pieces, the longest first."""

    def __init__(self, texts: list[str]) -> None:
        from transformers import AutoTokenizer

        cut = AutoTokenizer.from_pretrained(str(bundled.folder()))
        self._pieces = [cut(text, truncation=True, max_length=256)["input_ids"] for text in texts]

    def __iter__(self) -> Iterator[tuple[list[int], dict[str, Any]]]:
        order = sorted(range(len(self._pieces)), key=lambda row: -len(self._pieces[row]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            ids = np.zeros((len(rows), len(self._pieces[rows[0]])), np.int64)
            mask = np.zeros_like(ids)
            for place, row in enumerate(rows):
                ids[place, : len(self._pieces[row])] = self._pieces[row]
                mask[place, : len(self._pieces[row])] = 1
            yield rows, {"ids": ids, "mask": mask}

    def vectors(self, run: Run) -> Matrix:
        """Mean states of the texts, (n, 384) unit rows, of what `run` makes of a batch."""
        means = np.empty((len(self._pieces), 384), np.float32)
        for rows, batch in self:
            mask = batch["mask"][..., None]
            means[rows] = (run(batch) * mask).sum(axis=1) / mask.sum(axis=1)
        return unit_rows(means)


def exported(folder: Path) -> Path:
    """The bundled model as an ONNX file in `folder`."""
    import torch
    from transformers import AutoModel

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(str(bundled.folder()), attn_implementation="eager").eval()

        def forward(self, ids: Any, mask: Any) -> Any:
            return self.model(ids, attention_mask=mask, token_type_ids=torch.zeros_like(ids)).last_hidden_state

    path, example = folder / "model.onnx", torch.ones(2, 16, dtype=torch.long)
    sizes = {name: {0: "texts", 1: "length"} for name in ("ids", "mask", "states")}
    names = {"input_names": ["ids", "mask"], "output_names": ["states"], "dynamic_axes": sizes}
    torch.onnx.export(States(), (example, example), str(path), dynamo=False, opset_version=17, **names)
    return path


def runs(model: Path, calibrating: list[str], threads: int) -> Iterator[tuple[str, Run]]:
    """The ways to run the model of the ONNX file, by their names."""
    import nncf
    import onnxruntime
    import openvino
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small, options = model.with_name("int8.onnx"), onnxruntime.SessionOptions()
    quantize_dynamic(model, small, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
    options.intra_op_num_threads = threads
    for name, path in (("ONNX Runtime, fp32", model), ("ONNX Runtime, int8", small)):
        session = onnxruntime.InferenceSession(str(path), options)
        yield name, lambda batch, session=session: session.run(None, batch)[0]  # type: ignore[misc]
    read = openvino.Core().read_model(str(model))
    texts = nncf.Dataset([batch for text in calibrating for _, batch in Batches([text])])
    quantized = nncf.quantize(read, texts, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(calibrating))
    for name, graph in (("OpenVINO, its choice", read), ("OpenVINO, int8", quantized)):
        compiled = openvino.Core().compile_model(graph, "CPU", {"INFERENCE_NUM_THREADS": threads})
        yield name, lambda batch, compiled=compiled: compiled(batch)[0]  # type: ignore[misc]


def main() -> None:
    import torch

    options = options_of(__doc__, papers=1000, rounds=2)
    texts = texts_of(options.corpus, options.papers)
    ways, batches = shipped_and_ours(texts), Batches(texts)
    with tempfile.TemporaryDirectory() as folder:
        for name, run in runs(exported(Path(folder)), texts[:_CALIBRATING], torch.get_num_threads()):
            ways[name] = lambda run=run: batches.vectors(run)  # type: ignore[misc]
        alternated(ways, len(texts), options.rounds)


if __name__ == "__main__":
    main()
