"""A trace: the token ids of one forward pass, and the tensors that it computed, by the names of a fixture's taps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

STORED = {np.dtype("<f4"): "F32", np.dtype("<f8"): "F64", np.dtype("<i8"): "I64"}
IDS = "input_ids"


@dataclass
class Trace:
    """The ids and the taps of one sequence, without a batch axis. `write` saves them for `touchstone parity --ours`."""

    input_ids: list[int] = field(default_factory=list)
    taps: dict[str, Any] = field(default_factory=dict)
    """Arrays of any framework that NumPy can read, or PyTorch tensors."""

    def write(self, path: str | Path) -> None:
        """Writes a safetensors file. Types with fewer bits are widened to float32, which is exact."""
        if not self.input_ids:
            raise ValueError("the trace has no input_ids: no forward pass was captured")
        tensors = {IDS: np.asarray(self.input_ids, dtype="<i8")}
        tensors |= {name: array(tap) for name, tap in self.taps.items()}
        header, position = {}, 0
        for name, tensor in tensors.items():
            end = position + tensor.nbytes
            header[name] = {"dtype": STORED[tensor.dtype], "shape": tensor.shape, "data_offsets": [position, end]}
            position = end
        head = json.dumps(header).encode()
        data = b"".join(tensor.tobytes() for tensor in tensors.values())
        Path(path).write_bytes(len(head).to_bytes(8, "little") + head + data)


def array(tensor: Any) -> np.ndarray:  # noqa: ANN401
    """The tensor as float32, or as float64 if it is float64."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu()
        tensor = tensor if str(tensor.dtype) == "torch.float64" else tensor.float()
        tensor = tensor.numpy()
    tensor = np.asarray(tensor)
    return np.ascontiguousarray(tensor, dtype="<f8" if tensor.dtype == np.float64 else "<f4")


def trace_of(tensors: Mapping[str, Any]) -> Trace:
    """The trace of a mapping that has `input_ids` and taps."""
    if IDS not in tensors:
        raise ValueError(f"the trace has no {IDS}, only {', '.join(tensors) or 'nothing'}")
    ids = np.asarray(tensors[IDS]).reshape(-1).tolist()
    return Trace(ids, {name: tensor for name, tensor in tensors.items() if name != IDS})
