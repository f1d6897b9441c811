"""ONNX Runtime: the model exported by PyTorch with every tap as an output, as it is, optimised, and in int8."""

import json
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort
from exported import LOGITS, NAMES, TAPS, files
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
        exported = files(folder)
        self.names = json.loads((exported / NAMES).read_text(encoding="utf-8"))
        self.options = ort.SessionOptions()
        self.options.intra_op_num_threads = threads
        level = ort.GraphOptimizationLevel
        self.options.graph_optimization_level = (
            level.ORT_DISABLE_ALL if setting == "as-exported" else level.ORT_ENABLE_ALL
        )
        self.every_tap, self.only_logits = self.open(exported / TAPS), self.open(exported / LOGITS)

    def open(self, file: Path) -> ort.InferenceSession:
        """Loads a graph."""
        with tempfile.TemporaryDirectory() as work:
            if self.setting == "int8":
                quantised = Path(work) / "int8.onnx"
                quantize_dynamic(file, quantised, weight_type=QuantType.QInt8)
                file = quantised
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
