"""OpenVINO: the ONNX files of ONNX Runtime, with its default precision, in float32, and with weights in float16."""

import json
import tempfile
from pathlib import Path

import numpy as np
import openvino as ov
from exported import LOGITS, NAMES, TAPS, files
from protocol import Engine, Ids, config_of, serve


class OpenVino(Engine):
    """One setting of OpenVINO."""

    name = "OpenVINO"
    version = ov.__version__.split("-")[0]

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """Settings: default, float32 (the hint for the precision of execution), float16 (compressed weights)."""
        self.vocabulary = config_of(folder)["vocab_size"]
        exported = files(folder)
        self.names = json.loads((exported / NAMES).read_text(encoding="utf-8"))
        self.core = ov.Core()
        self.settings = {"INFERENCE_NUM_THREADS": threads}
        if setting == "float32":
            self.settings |= {"INFERENCE_PRECISION_HINT": "f32"}
        self.compressed = setting == "float16"
        self.every_tap, self.only_logits = self.open(exported / TAPS), self.open(exported / LOGITS)

    def open(self, file: Path) -> ov.CompiledModel:
        """Loads and compiles a graph."""
        model = self.core.read_model(file)
        with tempfile.TemporaryDirectory() as work:
            if self.compressed:
                smaller = Path(work) / "float16.xml"
                ov.save_model(model, smaller, compress_to_fp16=True)
                model = self.core.read_model(smaller)
            return self.core.compile_model(model, "CPU", self.settings)

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """Every output."""
        results = self.every_tap(np.asarray([ids]))
        return {name: results[i].copy() for i, name in enumerate(self.names)}

    def logits(self, ids: Ids) -> np.ndarray:
        """(T) -> (T, V)"""
        return self.only_logits(np.asarray([ids]))[0][0].copy()

    def batch(self, rows: list[Ids]) -> list[np.ndarray] | None:
        """Of sequences of the same length: the export has no mask."""
        if len({len(row) for row in rows}) > 1:
            return None
        return list(self.only_logits(np.asarray(rows))[0].copy())


if __name__ == "__main__":
    serve(OpenVino)
