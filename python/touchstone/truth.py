"""Float64 as the judge of float32: runs a model's code with every float32 in it read as float64."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode


class _Float64(TorchFunctionMode):
    """Turns each request for float32, `x.float()` or `dtype=torch.float32`, into one for float64.

    `model.double()` alone is not enough: norms, softmax and rotary tables of many families cast to float32 whatever
    the weights are, and their rounding would be taken for truth.
    """

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        kwargs = {key: _widened(value) for key, value in (kwargs or {}).items()}
        return func(*map(_widened, args), **kwargs)


def _widened(argument: object) -> object:
    return torch.float64 if argument is torch.float32 else argument


@contextmanager
def float64_throughout() -> Iterator[None]:
    """Within, new tensors are float64 and nothing is cast to float32. The weights are the caller's to widen."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with _Float64():
            yield
    finally:
        torch.set_default_dtype(default)
