"""GPT-2 in NumPy: runs the model of a fixture on the ids of a golden file, and writes every tap to a trace.

It was written from fixtures/README.md alone. To compare the trace with the goldens:

    ci/python.sh python/examples/gpt2_numpy.py fixtures/tiny-gpt2 text target/trace.safetensors
    ./touchstone parity --ours target/trace.safetensors fixtures/tiny-gpt2

With --bug epsilon (or gelu, heads, mask) it has a bug that is known from other engines, which the comparison must find.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy import ndarray as Array

BUGS = ("epsilon", "gelu", "heads", "mask")
DTYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def read(file: Path, dtype: str) -> dict[str, Array]:
    """The tensors of this type in a safetensors file: 8 bytes with the header's length, a JSON header, the data."""
    data = file.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__" and entry["dtype"] == dtype:
            begin, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[start + begin : start + end], DTYPES[dtype]).reshape(entry["shape"])
    return tensors


def write(file: Path, tensors: dict[str, Array]) -> None:
    """Writes a safetensors file."""
    header, position = {}, 0
    types = {dtype: name for name, dtype in DTYPES.items()}
    for name, tensor in tensors.items():
        offsets = [position, position + tensor.nbytes]
        header[name] = {"dtype": types[tensor.dtype], "shape": tensor.shape, "data_offsets": offsets}
        position += tensor.nbytes
    head = json.dumps(header).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(len(head).to_bytes(8, "little") + head + b"".join(t.tobytes() for t in tensors.values()))


class Gpt2:
    """The equations of fixtures/README.md; `forward` stores every intermediate tensor in `taps`."""

    def __init__(self, folder: Path, bug: str | None) -> None:
        """Reads a model from a folder in Hugging Face's format; `bug` is one of BUGS or None."""
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = read(folder / "model.safetensors", "F32")
        self.bug = bug
        self.taps: dict[str, Array] = {}

    def forward(self, ids: Array) -> Array:
        """(T) -> (T, V)"""
        x = self.tap("wte", self.weights["wte.weight"][ids])
        x = self.tap("drop", x + self.tap("wpe", self.weights["wpe.weight"][: len(ids)]))
        for layer in range(self.config["n_layer"]):
            block = f"h.{layer}"
            x = x + self.attention(f"{block}.attn", self.norm(f"{block}.ln_1", x))
            x = self.tap(block, x + self.mlp(f"{block}.mlp", self.norm(f"{block}.ln_2", x)))
        return self.tap("logits", self.norm("ln_f", x) @ self.weights["wte.weight"].T)

    def attention(self, name: str, x: Array) -> Array:
        """(T, C) -> (T, C)"""
        q, k, v = np.split(self.linear(f"{name}.c_attn", x), 3, axis=1)
        for letter, tensor in zip("qkv", (q, k, v), strict=True):
            self.tap(f"{name}.{letter}", tensor)
        q, k, v = (self.heads(tensor) for tensor in (q, k, v))
        scores = q @ k.transpose(0, 2, 1) / np.float32(np.sqrt(q.shape[-1]))
        future = np.triu(np.ones((len(x), len(x)), bool), 2 if self.bug == "mask" else 1)
        scores = self.tap(f"{name}.scores", np.where(future, np.float32(-np.inf), scores))
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        probs = self.tap(f"{name}.probs", powers / powers.sum(axis=-1, keepdims=True))
        context = (probs @ v).transpose(1, 0, 2)
        if self.bug == "heads":
            context = context.transpose(0, 2, 1)
        context = self.tap(f"{name}.context", context.reshape(x.shape))
        return self.tap(name, self.linear(f"{name}.c_proj", context))

    def heads(self, x: Array) -> Array:
        """(T, C) -> (H, T, D)"""
        return x.reshape(len(x), self.config["n_head"], -1).transpose(1, 0, 2)

    def mlp(self, name: str, x: Array) -> Array:
        """(T, C) -> (T, C)"""
        h = self.linear(f"{name}.c_fc", x)
        cube = np.float32(0 if self.bug == "gelu" else 0.044715) * h * h * h
        h = self.tap(f"{name}.act", h / 2 * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (h + cube))))
        return self.tap(name, self.linear(f"{name}.c_proj", h))

    def norm(self, name: str, x: Array) -> Array:
        """(T, C) -> (T, C)"""
        epsilon = 1e-5 if self.bug == "epsilon" else self.config["layer_norm_epsilon"]
        centred = x - x.mean(axis=-1, keepdims=True)
        unit = centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(epsilon))
        return self.tap(name, unit * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])

    def linear(self, name: str, x: Array) -> Array:
        """(T, inputs) -> (T, outputs)"""
        return self.tap(name, x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])

    def tap(self, name: str, value: Array) -> Array:
        """Stores a tensor under its name and returns it."""
        self.taps[name] = np.ascontiguousarray(value)
        return value


def main() -> None:
    """Runs the model on one golden file of a fixture."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("fixture", type=Path, help="the folder of a GPT-2 fixture, such as fixtures/tiny-gpt2")
    arguments.add_argument("case", help="the golden file whose input_ids are run, such as text")
    arguments.add_argument("trace", type=Path, help="the file to write")
    arguments.add_argument("--bug", choices=BUGS, help="the bug to include")
    options = arguments.parse_args()
    ids = read(options.fixture / "goldens" / f"{options.case}.safetensors", "I64")["input_ids"]
    model = Gpt2(options.fixture, options.bug)
    model.forward(ids)
    write(options.trace, {"input_ids": ids, **model.taps})
    print(f"{len(model.taps)} taps of {len(ids)} tokens in {options.trace}")


if __name__ == "__main__":
    main()
