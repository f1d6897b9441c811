"""GPT-2 and Llama in one page, by the equations of fixtures/README.md, for array libraries with NumPy's interface.

Run as an engine, it computes with NumPy.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from protocol import Engine, Ids, config_of, serve
from safetensors import safe_open

Array = Any


def load(folder: Path) -> dict[str, np.ndarray]:
    """The weights in float32, without the prefixes of Hugging Face's modules."""
    weights = {}
    for file in sorted(folder.glob("*.safetensors")):
        if file.name == "batch.safetensors":
            continue
        with safe_open(file, "numpy") as tensors:
            for name in tensors.keys():  # noqa: SIM118
                short = name.removeprefix("transformer.").removeprefix("model.")
                weights[short] = float32(file, name, tensors)
    return weights


def float32(file: Path, name: str, tensors: Any) -> np.ndarray:  # noqa: ANN401
    """A tensor; NumPy has no bfloat16, whose bits are the upper half of a float32's."""
    piece = tensors.get_slice(name)
    if piece.get_dtype() != "BF16":
        return tensors.get_tensor(name).astype(np.float32)
    import json

    with open(file, "rb") as stream:
        start = 8 + int.from_bytes(stream.read(8), "little")
        entry = json.loads(stream.read(start - 8))[name]
        stream.seek(start + entry["data_offsets"][0])
        bits = np.frombuffer(stream.read(entry["data_offsets"][1] - entry["data_offsets"][0]), "<u2")
    return (bits.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])


class Equations:
    """A forward pass in the functions of `xp`, such as `numpy` or `jax.numpy`."""

    def __init__(self, xp: Any, erf: Callable[[Array], Array], config: dict[str, Any]) -> None:  # noqa: ANN401
        """`erf` is not among NumPy's functions."""
        self.xp, self.erf, self.config = xp, erf, config
        self.taps: dict[str, Array] = {}

    def forward(self, weights: dict[str, Array], ids: Array) -> dict[str, Array]:
        """All taps. (T) -> name -> (T, ...)"""
        self.taps, self.weights = {}, weights
        if self.config["model_type"] == "gpt2":
            self.gpt2(ids)
        else:
            self.llama(ids)
        return self.taps

    def gpt2(self, ids: Array) -> None:
        """The equations of GPT-2."""
        w, tap, config = self.weights, self.tap, self.config
        x = tap("drop", tap("wte", w["wte.weight"][ids]) + tap("wpe", w["wpe.weight"][: ids.shape[0]]))
        activation = self.gelu_new if config["activation_function"] == "gelu_new" else self.gelu
        for i in range(config["n_layer"]):
            h, attn, mlp = f"h.{i}", f"h.{i}.attn", f"h.{i}.mlp"
            y = self.layer_norm(f"{h}.ln_1", x)
            q, k, v = self.xp.split(self.conv1d(f"{attn}.c_attn", y), 3, axis=-1)
            scale = math.sqrt(q.shape[-1] // config["n_head"])
            scale *= i + 1 if config.get("scale_attn_by_inverse_layer_idx") else 1
            context = self.attend(attn, q, k, v, config["n_head"], config["n_head"], scale)
            x = x + tap(attn, self.conv1d(f"{attn}.c_proj", context))
            y = self.conv1d(f"{mlp}.c_fc", self.layer_norm(f"{h}.ln_2", x))
            x = tap(h, x + tap(mlp, self.conv1d(f"{mlp}.c_proj", tap(f"{mlp}.act", activation(y)))))
        head = w["wte.weight"] if config.get("tie_word_embeddings", True) else w["lm_head.weight"]
        tap("logits", self.layer_norm("ln_f", x) @ head.T)

    def llama(self, ids: Array) -> None:
        """The equations of Llama."""
        w, tap, config = self.weights, self.tap, self.config
        heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
        size = config.get("head_dim") or config["hidden_size"] // heads
        x = tap("embed_tokens", w["embed_tokens.weight"][ids])
        angles = self.xp.arange(ids.shape[0], dtype=np.float32)[:, None] * self.xp.asarray(frequencies(config, size))
        angles = self.xp.concatenate([angles, angles], axis=-1)
        cos, sin = self.xp.cos(angles), self.xp.sin(angles)
        tap("rotary_emb", self.xp.concatenate([cos, sin], axis=-1))
        for i in range(config["num_hidden_layers"]):
            layer, attn, mlp = f"layers.{i}", f"layers.{i}.self_attn", f"layers.{i}.mlp"
            y = self.rms_norm(f"{layer}.input_layernorm", x)
            q, k, v = (self.linear(f"{attn}.{letter}_proj", y) for letter in "qkv")
            q, k = self.rotate(q, cos, sin, heads), self.rotate(k, cos, sin, groups)
            context = self.attend(attn, q, k, v, heads, groups, math.sqrt(size))
            x = x + tap(attn, self.linear(f"{attn}.o_proj", context))
            y = self.rms_norm(f"{layer}.post_attention_layernorm", x)
            gate = self.linear(f"{mlp}.gate_proj", y)
            gate = tap(f"{mlp}.act_fn", gate / (1 + self.xp.exp(-gate)))
            down = self.linear(f"{mlp}.down_proj", gate * self.linear(f"{mlp}.up_proj", y))
            x = tap(layer, x + tap(mlp, down))
        head = w["embed_tokens.weight"] if config.get("tie_word_embeddings") else w["lm_head.weight"]
        tap("logits", self.rms_norm("norm", x) @ head.T)

    def attend(self, name: str, q: Array, k: Array, v: Array, heads: int, groups: int, scale: float) -> Array:
        """Causal attention. (T, H D), (T, G D), (T, G D) -> (T, H D)"""
        for letter, tensor in zip("qkv", (q, k, v), strict=True):
            self.tap(f"{name}.{letter}", tensor)
        xp, T = self.xp, q.shape[0]
        q = xp.swapaxes(q.reshape(T, heads, -1), 0, 1)
        k, v = (xp.repeat(xp.swapaxes(x.reshape(T, groups, -1), 0, 1), heads // groups, axis=0) for x in (k, v))
        future = xp.arange(T)[None, :] > xp.arange(T)[:, None]
        scores = self.tap(f"{name}.scores", xp.where(future, -xp.inf, q @ xp.swapaxes(k, 1, 2) / xp.float32(scale)))
        powers = xp.exp(scores - xp.max(scores, axis=-1, keepdims=True))
        probs = self.tap(f"{name}.probs", powers / xp.sum(powers, axis=-1, keepdims=True))
        return self.tap(f"{name}.context", xp.swapaxes(probs @ v, 0, 1).reshape(T, -1))

    def rotate(self, x: Array, cos: Array, sin: Array, heads: int) -> Array:
        """Rotary embeddings: channel i of a head is rotated with channel i + D / 2. (T, H D) -> (T, H D)"""
        x = x.reshape(x.shape[0], heads, -1)
        half = x.shape[-1] // 2
        turned = self.xp.concatenate([-x[..., half:], x[..., :half]], axis=-1)
        return (x * cos[:, None] + turned * sin[:, None]).reshape(x.shape[0], -1)

    def layer_norm(self, name: str, x: Array) -> Array:
        """(T, C) -> (T, C)"""
        centred = x - self.xp.mean(x, axis=-1, keepdims=True)
        variance = self.xp.mean(centred * centred, axis=-1, keepdims=True)
        unit = centred / self.xp.sqrt(variance + self.xp.float32(self.config["layer_norm_epsilon"]))
        return self.tap(name, unit * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])

    def rms_norm(self, name: str, x: Array) -> Array:
        """(T, C) -> (T, C)"""
        square = self.xp.mean(x * x, axis=-1, keepdims=True)
        unit = x / self.xp.sqrt(square + self.xp.float32(self.config["rms_norm_eps"]))
        return self.tap(name, unit * self.weights[f"{name}.weight"])

    def conv1d(self, name: str, x: Array) -> Array:
        """A linear layer that is stored as (inputs, outputs)."""
        return self.tap(name, x @ self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"])

    def linear(self, name: str, x: Array) -> Array:
        """A linear layer that is stored as (outputs, inputs), with or without a bias."""
        y = x @ self.weights[f"{name}.weight"].T
        bias = self.weights.get(f"{name}.bias")
        return self.tap(name, y if bias is None else y + bias)

    def gelu_new(self, x: Array) -> Array:
        """GELU by the hyperbolic tangent."""
        inner = self.xp.float32(math.sqrt(2 / math.pi)) * (x + self.xp.float32(0.044715) * x * x * x)
        return x / 2 * (1 + self.xp.tanh(inner))

    def gelu(self, x: Array) -> Array:
        """GELU by the error function."""
        return x / 2 * (1 + self.erf(x / self.xp.float32(math.sqrt(2))))

    def tap(self, name: str, value: Array) -> Array:
        """Stores a tensor under its name and returns it."""
        self.taps[name] = value
        return value


def frequencies(config: dict[str, Any], size: int) -> np.ndarray:
    """The angles per position, in float32 as Hugging Face computes them; those of Llama 3 are scaled."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    theta = rope.get("rope_theta") or config.get("rope_theta", 10000.0)
    inverse = np.float32(1) / np.float32(theta) ** (np.arange(0, size, 2, dtype=np.float32) / np.float32(size))
    if rope.get("rope_type", "default") == "default":
        return inverse
    if rope["rope_type"] != "llama3":
        raise ValueError(f"rope_type {rope['rope_type']} is not among the equations of this page")
    length = rope["original_max_position_embeddings"]
    low, high, factor = rope["low_freq_factor"], rope["high_freq_factor"], rope["factor"]
    wave = np.float32(2 * math.pi) / inverse
    smooth = (np.float32(length) / wave - np.float32(low)) / np.float32(high - low)
    mixed = (1 - smooth) * inverse / np.float32(factor) + smooth * inverse
    scaled = np.where(wave > length / low, inverse / np.float32(factor), inverse)
    between = (wave >= length / high) & (wave <= length / low)
    return np.where(between, mixed, scaled).astype(np.float32)


class NumPyPage(Engine):
    """The page with NumPy."""

    name = "NumPy, one page"
    version = np.__version__

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """NumPy's library of matrix products takes the number of threads from the environment."""
        config = config_of(folder)
        self.vocabulary, self.weights = config["vocab_size"], load(folder)
        self.equations = Equations(np, np.vectorize(math.erf, otypes=[np.float32]), config)

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """All taps."""
        return self.equations.forward(self.weights, np.asarray(ids))


if __name__ == "__main__":
    serve(NumPyPage)
