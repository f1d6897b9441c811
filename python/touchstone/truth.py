"""Float64 as the judge of float32: runs a model's code with every float32 in it read as float64."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from transformers.models.gptj.modeling_gptj import GPTJAttention, create_sinusoidal_positions
from transformers.models.xglm.modeling_xglm import XGLMSinusoidalPositionalEmbedding


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
def float64_throughout(model: nn.Module) -> Iterator[None]:
    """Within, new tensors are float64 and nothing is cast to float32. The weights are the caller's to widen.

    The tables of sines that `model` made when it was built are float64 too.
    """
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with _Float64(), ExitStack() as tables:
            for module in model.modules():
                # an attribute of the object hides the buffer of the same name, which `nn.Module` keeps elsewhere
                tables.enter_context(patch.dict(vars(module), _table_of_sines(module)))
            yield
    finally:
        torch.set_default_dtype(default)


@functools.cache
def _table_of_sines(module: nn.Module) -> dict[str, torch.Tensor]:
    """The name and the value of the buffer, made anew once; none for most modules."""
    if isinstance(module, GPTJAttention):
        return {"embed_positions": create_sinusoidal_positions(module.max_positions, module.pos_embd_dim)}
    if isinstance(module, XGLMSinusoidalPositionalEmbedding):
        rows = module.num_positions + module.offset
        return {"weights": module.get_embedding(rows, module.embedding_dim, module.padding_idx)}
    return {}
