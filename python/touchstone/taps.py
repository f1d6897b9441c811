"""Records every intermediate tensor of a Hugging Face model under the name of the module that made it.

Nothing here belongs to one family. Modules are seen by forward hooks. What attention computes between them is seen at
`eager_attention_forward`, the function that every family's file has, and at the softmax inside it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

SOFTMAXES = (nn.functional.softmax, torch.softmax, Tensor.softmax)
MASKED = -1e30
"""A mask's entry below this forbids: Hugging Face adds the most negative number of the type, we record -inf."""


@contextmanager
def recording(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """Within, a forward pass of `model` on a batch of one leaves its taps here, in the order of computation.

    The batch axis is removed, heads are laid side by side, and so are a rotary embedding's cosines and sines. Per attention module: q, k, v and context as (T, C), the heads side by side; scores and
    probs as (H, T, T).
    """
    taps: dict[str, Tensor] = {}
    names = {module: tap_name(model, path) for path, module in model.named_modules()}

    def see(module: nn.Module, _: tuple, output: object) -> None:
        tap = _tensor_of(module, output)[0]
        taps[names[module]] = tap.flatten(1) if tap.dim() == 3 else tap

    home = sys.modules[type(model).__module__]
    handles = [module.register_forward_hook(see) for module, name in names.items() if name]
    try:
        with patch.object(home, "eager_attention_forward", _watched(home.eager_attention_forward, names, taps)):
            yield taps
    finally:
        for handle in handles:
            handle.remove()


def tap_name(model: nn.Module, path: str) -> str | None:
    """The tap of a module: its path without the base model's prefix, `logits` for the model itself, None for none.

    Neither the base model nor the head is a tap: the one's output is that of its last norm, the other's is `logits`.
    Dropout does nothing here, but the first has the sum of the embeddings.
    """
    if path == "":
        return "logits"
    name = path.removeprefix(f"{model.base_model_prefix}.")
    module = model.get_submodule(path)
    if path == model.base_model_prefix or module is model.get_output_embeddings():
        return None
    return None if isinstance(module, nn.Dropout) and name != "drop" else name


def _watched(attention: Callable, names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    def watched(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: object
    ) -> tuple[Tensor, Tensor]:
        name = names[module]
        for part, tensor in (("q", query), ("k", key), ("v", value)):
            taps[f"{name}.{part}"] = tensor.transpose(1, 2).flatten(2)[0]
        with _SoftmaxSeen() as seen:
            context, probs = attention(module, query, key, value, attention_mask, **options)
        scores = seen.scores
        if attention_mask is not None:
            scores = scores.masked_fill(attention_mask < MASKED, -torch.inf)
        taps[f"{name}.scores"] = scores[0]
        taps[f"{name}.probs"] = seen.probs[0]
        taps[f"{name}.context"] = context.flatten(2)[0]
        return context, probs

    return watched


class _SoftmaxSeen(TorchFunctionMode):
    """Keeps what goes into the softmax and what comes out of it."""

    scores: Tensor
    probs: Tensor

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        if func in SOFTMAXES:
            self.scores, self.probs = args[0], result
        return result


def _tensor_of(module: nn.Module, output: object) -> Tensor:
    output = getattr(output, "logits", output)
    if type(module).__name__.endswith("RotaryEmbedding"):
        return torch.cat(output, dim=-1)
    return output[0] if isinstance(output, tuple) else output
