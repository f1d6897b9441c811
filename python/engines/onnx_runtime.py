"""ONNX Runtime: the model exported by PyTorch with every tap as an output, as it is, optimised, and in int8."""

import json
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime as ort
from exported import LOGITS, NAMES, TAPS, files, kept
from onnxruntime.quantization import QuantType, quantize_dynamic
from protocol import Engine, Ids, config_of, serve


class OnnxRuntime(Engine):
    """One setting of ONNX Runtime."""

    name = "ONNX Runtime"
    version = ort.__version__

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """Settings: as-exported (no optimisation), optimised (all), int8 (products quantised dynamically)."""
        self.setting = setting
        self.vocabulary = config_of(folder)["vocab_size"]
        self.folder = folder
        self.options = ort.SessionOptions()
        self.options.intra_op_num_threads = threads
        level = ort.GraphOptimizationLevel
        self.options.graph_optimization_level = (
            level.ORT_DISABLE_ALL if setting == "as-exported" else level.ORT_ENABLE_ALL
        )

    @cached_property
    def names(self) -> list[str]:
        """The names of the outputs of the graph with taps."""
        return json.loads((files(self.folder) / NAMES).read_text(encoding="utf-8"))

    @cached_property
    def every_tap(self) -> ort.InferenceSession:
        """The graph with taps, loaded when it is first used."""
        return self.open(TAPS)

    @cached_property
    def only_logits(self) -> ort.InferenceSession:
        """The graph without taps."""
        return self.open(LOGITS)

    def open(self, name: str) -> ort.InferenceSession:
        """Loads a graph."""
        file = files(self.folder) / name
        if self.setting == "int8":
            exact = file
            file = kept(
                self.folder,
                f"int8-{self.version}-{name}",
                lambda out: quantize_dynamic(exact, out, weight_type=QuantType.QInt8),
            )
        return ort.InferenceSession(file, self.options, providers=["CPUExecutionProvider"])

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """Every output of the graph."""
        return dict(zip(self.names, self.every_tap.run(None, {"ids": np.asarray([ids])}), strict=True))

    def logits(self, ids: Ids) -> np.ndarray:
        """(T) -> (T, V)"""
        return self.only_logits.run(None, {"ids": np.asarray([ids])})[0][0]

    def batch(self, rows: list[Ids]) -> list[np.ndarray] | None:
        """Of sequences of the same length: the export has no mask."""
        if len({len(row) for row in rows}) > 1:
            return None
        return list(self.only_logits.run(None, {"ids": np.asarray(rows)})[0])


if __name__ == "__main__":
    serve(OnnxRuntime)
