"""The page of equations.py in tinygrad, which generates and compiles its own kernels."""

import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from equations import Equations, load
from protocol import Engine, Ids, config_of, serve
from tinygrad import Tensor, TinyJit, dtypes


class Functions:
    """The functions of NumPy that the page uses, for tensors of tinygrad."""

    inf, float32 = math.inf, float
    exp, tanh, sqrt, cos, sin = Tensor.exp, Tensor.tanh, Tensor.sqrt, Tensor.cos, Tensor.sin

    @staticmethod
    def asarray(x: np.ndarray) -> Tensor:
        """A tensor of the same type."""
        return Tensor(x)

    @staticmethod
    def arange(length: int, dtype: Any = None) -> Tensor:  # noqa: ANN401
        """0, 1, ..."""
        return Tensor.arange(length, dtype=dtypes.float32 if dtype is np.float32 else dtypes.int32)

    @staticmethod
    def split(x: Tensor, count: int, axis: int) -> list[Tensor]:
        """In equal parts."""
        return list(x.chunk(count, dim=axis))

    @staticmethod
    def concatenate(parts: list[Tensor], axis: int) -> Tensor:
        """One after the other."""
        return parts[0].cat(*parts[1:], dim=axis)

    @staticmethod
    def repeat(x: Tensor, count: int, axis: int) -> Tensor:
        """Each element `count` times."""
        return x.repeat_interleave(count, dim=axis)

    @staticmethod
    def swapaxes(x: Tensor, one: int, other: int) -> Tensor:
        """With two axes exchanged."""
        return x.transpose(one, other)

    @staticmethod
    def mean(x: Tensor, axis: int, keepdims: bool) -> Tensor:
        """Along an axis."""
        return x.mean(axis=axis, keepdim=keepdims)

    @staticmethod
    def sum(x: Tensor, axis: int, keepdims: bool) -> Tensor:
        """Along an axis."""
        return x.sum(axis=axis, keepdim=keepdims)

    @staticmethod
    def max(x: Tensor, axis: int, keepdims: bool) -> Tensor:
        """Along an axis."""
        return x.max(axis=axis, keepdim=keepdims)

    @staticmethod
    def where(condition: Tensor, one: float, other: Tensor) -> Tensor:
        """By element."""
        return condition.where(one, other)


class Page(Equations):
    """With the names of tinygrad's methods."""

    def tap(self, name: str, value: Tensor) -> Tensor:
        """Realised, so that a kernel ends at each tap."""
        return super().tap(name, value.contiguous().realize())


class TinygradPage(Engine):
    """The page with tinygrad."""

    name = "tinygrad, one page"

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """It takes the number of threads from the environment."""
        self.version = version("tinygrad")
        config = config_of(folder)
        self.vocabulary = config["vocab_size"]
        self.weights = {name: Tensor(weight).realize() for name, weight in load(folder).items()}
        self.page = Page(Functions, Tensor.erf, config)
        self.positions = config.get("n_positions") or config["max_position_embeddings"]
        self.compiled: dict[int, TinyJit] = {}

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """All taps."""
        taps = self.page.forward(self.weights, Tensor(ids, dtype=dtypes.int32))
        return {name: tap.numpy() for name, tap in taps.items()}

    def logits(self, ids: Ids) -> np.ndarray:
        """Compiled for a multiple of 32 tokens; what follows a token does not change its logits. (T) -> (T, V)"""
        length = min(-(-len(ids) // 32) * 32, self.positions)
        if length not in self.compiled:
            self.compiled[length] = TinyJit(lambda padded: self.page.forward(self.weights, padded)["logits"].realize())
        padded = Tensor([*ids, *[0] * (length - len(ids))], dtype=dtypes.int32).realize()
        return self.compiled[length](padded).numpy()[: len(ids)]


if __name__ == "__main__":
    serve(TinygradPage)
