"""OpenVINO: the ONNX files of ONNX Runtime, with its default precision, in float32, and with weights in float16."""

import json
import tempfile
from functools import cached_property
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
        self.folder = folder
        self.core = ov.Core()
        self.settings = {"INFERENCE_NUM_THREADS": threads}
        if setting == "float32":
            self.settings |= {"INFERENCE_PRECISION_HINT": "f32"}
        self.compressed = setting == "float16"

    @cached_property
    def names(self) -> list[str]:
        """The names of the outputs of the graph with taps."""
        return json.loads((files(self.folder) / NAMES).read_text(encoding="utf-8"))

    @cached_property
    def every_tap(self) -> ov.CompiledModel:
        """The graph with taps, compiled when it is first used."""
        return self.open(TAPS)

    @cached_property
    def only_logits(self) -> ov.CompiledModel:
        """The graph without taps."""
        return self.open(LOGITS)

    def open(self, name: str) -> ov.CompiledModel:
        """Loads and compiles a graph."""
        model = self.core.read_model(files(self.folder) / name)
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
