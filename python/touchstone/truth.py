"""Runs a model in float64 throughout, also where its code casts to float32."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from transformers.models.codegen import modeling_codegen
from transformers.models.gptj.modeling_gptj import GPTJAttention, create_sinusoidal_positions
from transformers.models.xglm.modeling_xglm import XGLMSinusoidalPositionalEmbedding

DIVISIONS = (torch.div, torch.Tensor.div, torch.Tensor.__truediv__)


class _Float64(TorchFunctionMode):
    """Replaces casts to float32, `x.float()` or `dtype=torch.float32`, by casts to float64.

    `model.double()` alone is not enough: norms, softmax and rotary tables of many families cast to float32 regardless
    of the type of the weights, so the result would have float32 rounding errors. Quotients of integers are cast too: in
    a trace they would have the default type of the process that runs it.
    """

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        if func in DIVISIONS and isinstance(args[0], torch.Tensor) and not args[0].is_floating_point():
            args = (args[0].double(), *args[1:])
        kwargs = {key: _widened(value) for key, value in (kwargs or {}).items()}
        return func(*map(_widened, args), **kwargs)


def _widened(argument: object) -> object:
    return torch.float64 if argument is torch.float32 else argument


@contextmanager
def float64_throughout(model: nn.Module) -> Iterator[None]:
    """A context in which new tensors are float64 and nothing is cast to float32. The caller converts the weights.

    Sinusoidal tables that `model` computed in float32 when it was created are replaced by float64 tables.
    """
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with _Float64(), ExitStack() as patches:
            for module in model.modules():
                # an instance attribute hides the buffer of the same name, which `nn.Module` stores in a dict of buffers
                patches.enter_context(patch.dict(vars(module), _sinusoidal_table(module)))
            yield
    finally:
        torch.set_default_dtype(default)


@functools.cache
def _sinusoidal_table(module: nn.Module) -> dict[str, torch.Tensor]:
    """The name and the recomputed value of the module's sinusoidal table; empty for other modules."""
    if isinstance(module, GPTJAttention):
        return {"embed_positions": create_sinusoidal_positions(module.max_positions, module.pos_embd_dim)}
    if isinstance(module, modeling_codegen.CodeGenAttention):
        table = modeling_codegen.create_sinusoidal_positions(module.max_positions, module.pos_embd_dim)
        return {"embed_positions": table}
    if isinstance(module, XGLMSinusoidalPositionalEmbedding):
        rows = module.num_positions + module.offset
        return {"weights": module.get_embedding(rows, module.embedding_dim, module.padding_idx)}
    return {}
