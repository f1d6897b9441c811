"""Records every intermediate tensor of a Hugging Face model under the name of the module that made it.

Modules are seen by forward hooks. What attention computes between them is seen at `eager_attention_forward`, the
function that most families' files have, and at the softmax inside it; older families have methods of their own.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedModel
from transformers.models.bloom.modeling_bloom import BloomAttention, BloomGelu, bloom_gelu_forward
from transformers.models.gpt_neo.modeling_gpt_neo import GPTNeoSelfAttention
from transformers.models.gptj.modeling_gptj import GPTJAttention
from transformers.models.xglm.modeling_xglm import XGLMAttention

SOFTMAXES = (nn.functional.softmax, torch.softmax, Tensor.softmax)
MASKED = -1e30
"""A score below this is masked: Hugging Face adds the most negative number of the type, we record -inf."""


@contextmanager
def recording(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Within, a forward pass of `model` on a batch of one leaves its taps here, in the order of computation.

    The batch axis is removed, heads are laid side by side, and so are a rotary embedding's cosines and sines.

    Per attention module: q, k, v and context as (T, C), the heads side by side; scores and
    probs as (H, T, T).
    """
    taps: dict[str, Tensor] = {}
    names = {module: tap_name(model, path) for path, module in model.named_modules()}

    def see(module: nn.Module, _: tuple, output: object) -> None:
        if "residual" in inspect.signature(module.forward).parameters:
            output = taps[f"{names[module]}.{_last_linear(module)}"][None]  # what it adds, without what it adds it to
        tap = _tensor_of(module, output)
        tap = tap[0] if tap.dim() > 2 else tap  # OPT's MLP has no batch axis
        taps[names[module]] = tap.flatten(1) if tap.dim() == 3 else tap

    home = sys.modules[type(model).__module__]
    handles = [module.register_forward_hook(see) for module, name in names.items() if name]
    try:
        with ExitStack() as patches:
            if hasattr(home, "eager_attention_forward"):
                watched = _watched(home.eager_attention_forward, names, taps)
                patches.enter_context(patch.object(home, "eager_attention_forward", watched))
            for old in (GPTNeoSelfAttention, GPTJAttention):
                patches.enter_context(patch.object(old, "_attn", _watched_method(old._attn, names, taps)))
            patches.enter_context(patch.object(XGLMAttention, "forward", _watched_xglm(names, taps)))
            for method, watched in _watched_bloom(names, taps).items():
                patches.enter_context(patch.object(BloomAttention, method, watched))
            # The same formula without torch.autograd.Function, which cannot be saved as TorchScript.
            patches.enter_context(patch.object(BloomGelu, "forward", lambda self, x: bloom_gelu_forward(x)))
            yield taps
    finally:
        for handle in handles:
            handle.remove()


def tap_name(model: nn.Module, path: str) -> str | None:
    """The tap of a module: its path without the base model's prefix, `logits` for the model itself, None for none.

    Neither the base model nor the head is a tap: the one's output is that of its last norm, the other's is `logits`.
    Nor is a module with nothing in it but another one. Dropout does nothing here, but the first has the sum of the
    embeddings.
    """
    if path == "":
        return "logits"
    name = path.removeprefix(f"{model.base_model_prefix}.")
    module = model.get_submodule(path)
    if isinstance(module, PreTrainedModel) or module is model.get_output_embeddings():
        return None
    wraps_one = len(list(module.children())) == 1 and not list(module.parameters(recurse=False))
    if wraps_one and not isinstance(module, nn.ModuleList):
        return None
    return None if isinstance(module, nn.Dropout) and name != "drop" else name


def _watched(attention: Callable, names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    def watched(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: object
    ) -> tuple[Tensor, Tensor]:
        _see_heads(names[module], taps, query, key, value)
        with _SoftmaxSeen(names[module], taps):
            context, probs = attention(module, query, key, value, attention_mask, **options)
        taps[f"{names[module]}.context"] = context.flatten(2)[0]
        return context, probs

    return watched


def _watched_method(attention: Callable, names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    def watched(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        _see_heads(names[module], taps, query, key, value)
        with _SoftmaxSeen(names[module], taps):
            context, probs = attention(module, query, key, value, attention_mask)
        taps[f"{names[module]}.context"] = context.transpose(1, 2).flatten(2)[0]
        return context, probs

    return watched


def _watched_bloom(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> dict[str, Callable]:
    forward, split, merge = BloomAttention.forward, BloomAttention._reshape, BloomAttention._merge_heads

    @functools.wraps(forward)  # whose signature is looked at above
    def watched_forward(module: nn.Module, *args: object, **options: object) -> object:
        with _SoftmaxSeen(names[module], taps):
            return forward(module, *args, **options)

    def watched_split(module: nn.Module, fused: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        heads = split(module, fused)
        _see_heads(names[module], taps, *heads)
        return heads

    def watched_merge(module: nn.Module, x: Tensor) -> Tensor:
        context = merge(module, x)
        taps[f"{names[module]}.context"] = context[0]
        return context

    return {"forward": watched_forward, "_reshape": watched_split, "_merge_heads": watched_merge}


def _watched_xglm(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    forward = XGLMAttention.forward

    @functools.wraps(forward)  # whose signature is looked at above
    def watched(module: nn.Module, *args: object, **options: object) -> object:
        with _ProductsSeen(names[module], taps), _SoftmaxSeen(names[module], taps), _FullTyped():
            return forward(module, *args, **options)

    return watched


def _see_heads(name: str, taps: dict[str, Tensor], query: Tensor, key: Tensor, value: Tensor) -> None:
    """q, k and v of one sequence, (1, H, T, D) each."""
    for part, tensor in (("q", query), ("k", key), ("v", value)):
        taps[f"{name}.{part}"] = _side_by_side(tensor[0])


def _side_by_side(heads: Tensor) -> Tensor:
    """(H, T, D) -> (T, H D)"""
    return heads.transpose(0, 1).flatten(1)


class _SoftmaxSeen(TorchFunctionMode):
    """Keeps what goes into the softmax of one attention, and what comes out of it."""

    def __init__(self, name: str, taps: dict[str, Tensor]) -> None:
        """The taps are `name.scores` and `name.probs`."""
        super().__init__()
        self.name, self.taps = name, taps

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        if func in SOFTMAXES:
            scores = args[0].masked_fill(args[0] < MASKED, -torch.inf)
            self.taps[f"{self.name}.scores"] = scores[0] if scores.dim() > 3 else scores
            self.taps[f"{self.name}.probs"] = result[0] if result.dim() > 3 else result
        return result


class _FullTyped(TorchFunctionMode):
    """Says of which type a constant is: TorchScript makes a float32 of one that does not, and -1.8e308 is none."""

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        kwargs = kwargs or {}
        if func is torch.full:
            kwargs = {"dtype": torch.get_default_dtype(), **kwargs}
        return func(*args, **kwargs)


class _ProductsSeen(TorchFunctionMode):
    """Keeps what goes into the first product of an attention, queries and keys, and what comes out of the second."""

    def __init__(self, name: str, taps: dict[str, Tensor]) -> None:
        """The taps are `name.q`, `name.k`, `name.v` and `name.context`."""
        super().__init__()
        self.name, self.taps = name, taps

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        if func is torch.bmm and f"{self.name}.q" not in self.taps:
            self.taps |= {f"{self.name}.q": _side_by_side(args[0]), f"{self.name}.k": _side_by_side(args[1].mT)}
            self.taps[f"{self.name}.v"] = self.taps[f"{self.name}.v_proj"]
        elif func is torch.bmm:
            self.taps[f"{self.name}.context"] = _side_by_side(result)
        return result


def _last_linear(module: nn.Module) -> str:
    return [name for name, child in module.named_children() if isinstance(child, nn.Linear)][-1]


def _tensor_of(module: nn.Module, output: object) -> Tensor:
    output = getattr(output, "logits", output)
    if type(module).__name__.endswith("RotaryEmbedding"):
        return torch.cat(output, dim=-1)
    return output[0] if isinstance(output, tuple) else output
