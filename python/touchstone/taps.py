"""Records every intermediate tensor of a Hugging Face model under the name of the module that computes it.

Forward hooks record the outputs of modules. The tensors inside attention are recorded by wrapping
`eager_attention_forward`, which most families have, and the softmax in it. Older families have other methods instead,
which are wrapped too.
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
from transformers.models.codegen.modeling_codegen import CodeGenAttention
from transformers.models.falcon.modeling_falcon import FalconAttention, FalconForCausalLM
from transformers.models.gemma3.modeling_gemma3 import Gemma3RMSNorm
from transformers.models.gpt_neo.modeling_gpt_neo import GPTNeoSelfAttention
from transformers.models.gptj.modeling_gptj import GPTJAttention
from transformers.models.llama4.modeling_llama4 import (
    Llama4ForCausalLM,
    Llama4Router,
    Llama4TextExperts,
    Llama4TextL2Norm,
)
from transformers.models.mpt.modeling_mpt import MptAttention
from transformers.models.stablelm.modeling_stablelm import StableLmLayerNormPerHead
from transformers.models.xglm.modeling_xglm import XGLMAttention

from touchstone.experts import is_experts, recorded_experts, recorded_scaled_experts

SOFTMAXES = (nn.functional.softmax, torch.softmax, Tensor.softmax)
PRODUCTS = (torch.matmul, Tensor.matmul, Tensor.__matmul__)
MASKED = -1e30
"""A score below this is masked: Hugging Face adds the lowest number of the type; the tap has -inf."""


@contextmanager
def recording(model: nn.Module) -> Iterator[dict[str, Tensor]]:
    """A context in which a forward pass of `model` on a batch of one adds its taps, in the order of computation.

    The batch axis is removed. The cosines and sines of rotary embeddings are concatenated; if there are several, the
    name ends with the kind of layer. Each attention module has q, k, v and context as (T, C), with the heads
    concatenated, and scores and probs as (H, T, T).
    """
    taps: dict[str, Tensor] = {}
    names = {module: tap_name(model, path) for path, module in model.named_modules()}

    def record(module: nn.Module, inputs: tuple, output: object) -> None:
        if "residual" in inspect.signature(module.forward).parameters:
            # BLOOM's modules add the residual stream to the output of their last linear layer.
            output = taps[f"{names[module]}.{_last_linear(module)}"][None]
        tap = _tensor_of(module, output)
        if isinstance(module, nn.Linear) and tap.dim() == 4:
            tap = tap[0]  # DeepSeek's latents have an axis of one head
        if isinstance(module, StableLmLayerNormPerHead):
            tap = _side_by_side(tap[0])
        tap = tap[0] if tap.dim() > 2 else tap  # OPT's MLP has no batch axis
        tap = _side_by_side(tap) if isinstance(module, Gemma3RMSNorm) and tap.dim() == 3 else tap
        tap = tap.clone() if in_place else tap
        name = names[module]
        if isinstance(kind := inputs[-1] if inputs else None, str):
            # A table for each kind of layer. Hugging Face computes them in the order of a set, which is random.
            taps.update({f"{name}.{other}": tap for other in module.layer_types if f"{name}.{other}" not in taps})
            name = f"{name}.{kind}"
        taps[name] = tap.flatten(1) if tap.dim() == 3 else tap

    # OLMo clips in place, Falcon adds the output of attention to that of the MLP in place, Llama 4 that of experts.
    in_place = getattr(model.config, "clip_qkv", None) is not None
    in_place = in_place or isinstance(model, FalconForCausalLM | Llama4ForCausalLM)
    modeling = sys.modules[type(model).__module__]
    handles = [module.register_forward_hook(record) for module, name in names.items() if name]
    try:
        with ExitStack() as patches:
            for experts in {type(module) for module in names if is_experts(module)}:
                recorded = recorded_scaled_experts if experts is Llama4TextExperts else recorded_experts
                patches.enter_context(patch.object(experts, "forward", recorded(names, taps)))
            if hasattr(modeling, "eager_attention_forward"):
                wrapped = _wrapped(modeling.eager_attention_forward, names, taps)
                patches.enter_context(patch.object(modeling, "eager_attention_forward", wrapped))
            for old in (GPTNeoSelfAttention, GPTJAttention, CodeGenAttention):
                patches.enter_context(patch.object(old, "_attn", _wrapped_method(old._attn, names, taps)))
            patches.enter_context(patch.object(XGLMAttention, "forward", _wrapped_xglm(names, taps)))
            patches.enter_context(patch.object(FalconAttention, "forward", _wrapped_falcon(names, taps)))
            patches.enter_context(patch.object(MptAttention, "forward", _wrapped_mpt(names, taps)))
            for method, wrapped in _wrapped_bloom(names, taps).items():
                patches.enter_context(patch.object(BloomAttention, method, wrapped))
            # Replaces torch.autograd.Function, which TorchScript cannot save, by the same formula.
            patches.enter_context(patch.object(BloomGelu, "forward", lambda self, x: bloom_gelu_forward(x)))
            yield taps
    finally:
        for handle in handles:
            handle.remove()


def tap_name(model: nn.Module, path: str) -> str | None:
    """The tap of a module: its path without the base model's prefix, or `logits` for the model; None if it has no tap.

    Modules whose output equals another tap have none: the base model, whose output is that of its last norm; the head,
    whose output is `logits`; and modules that only wrap another one. Of the dropouts only `drop` has a tap, the sum of
    the embeddings.
    """
    if path == "":
        return "logits"
    # Llama 4 names the place of the text model in the model of text and images.
    base = "model" if isinstance(model, Llama4ForCausalLM) else model.base_model_prefix
    name = path.removeprefix(f"{base}.")
    module = model.get_submodule(path)
    if isinstance(module, PreTrainedModel) or module is model.get_output_embeddings():
        return None
    parent = model.get_submodule(path.rpartition(".")[0])
    if is_experts(parent):
        return None  # called once for each expert; `touchstone.experts` records the outputs of all
    if isinstance(module, StableLmLayerNormPerHead):
        return name
    if isinstance(module, Llama4TextL2Norm):
        return None  # called for queries, then for keys; its outputs are the taps q and k
    if "_layernorm.norms." in name:
        return None  # a norm of one head
    if name == "rotary_emb" and getattr(model.config, "alibi", False):
        return None  # Falcon computes the table and does not use it
    wraps_one = len(list(module.children())) == 1 and not list(module.parameters(recurse=False))
    if wraps_one and not isinstance(module, nn.ModuleList):
        return None
    return None if isinstance(module, nn.Dropout) and name != "drop" else name


def _wrapped(attention: Callable, names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    def wrapped(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: object
    ) -> tuple[Tensor, Tensor]:
        _record_heads(names[module], taps, query, key, value)
        with _SoftmaxRecorder(names[module], taps, hasattr(module, "sinks")):
            context, probs = attention(module, query, key, value, attention_mask, **options)
        taps[f"{names[module]}.context"] = context.flatten(2)[0]
        return context, probs

    return wrapped


def _wrapped_method(attention: Callable, names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    def wrapped(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        _record_heads(names[module], taps, query, key, value)
        with _SoftmaxRecorder(names[module], taps):
            context, probs = attention(module, query, key, value, attention_mask)
        taps[f"{names[module]}.context"] = context.transpose(1, 2).flatten(2)[0]
        return context, probs

    return wrapped


def _wrapped_bloom(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> dict[str, Callable]:
    forward, split, merge = BloomAttention.forward, BloomAttention._reshape, BloomAttention._merge_heads

    @functools.wraps(forward)  # keeps the signature, which `record` inspects
    def wrapped_forward(module: nn.Module, *args: object, **options: object) -> object:
        with _SoftmaxRecorder(names[module], taps):
            return forward(module, *args, **options)

    def wrapped_split(module: nn.Module, fused: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        heads = split(module, fused)
        _record_heads(names[module], taps, *heads)
        return heads

    def wrapped_merge(module: nn.Module, x: Tensor) -> Tensor:
        context = merge(module, x)
        taps[f"{names[module]}.context"] = context[0]
        return context

    return {"forward": wrapped_forward, "_reshape": wrapped_split, "_merge_heads": wrapped_merge}


def _wrapped_xglm(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    forward = XGLMAttention.forward

    @functools.wraps(forward)  # keeps the signature, which `record` inspects
    def wrapped(module: nn.Module, *args: object, **options: object) -> object:
        with _ProductRecorder(names[module], taps), _SoftmaxRecorder(names[module], taps), _TypedFull():
            return forward(module, *args, **options)

    return wrapped


def _wrapped_falcon(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    forward = FalconAttention.forward

    @functools.wraps(forward)  # keeps the signature, which `record` inspects
    def wrapped(module: nn.Module, *args: object, **options: object) -> object:
        name = names[module]
        # Repeats keys and values for all query heads before the product in the new architecture.
        shared = module.num_heads // module.num_kv_heads if module.new_decoder_architecture else 1
        with _MatmulRecorder(name, taps, shared), _SoftmaxRecorder(name, taps):
            return forward(module, *args, **options)

    return wrapped


def _wrapped_mpt(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    forward = MptAttention.forward

    @functools.wraps(forward)  # keeps the signature, which `record` inspects
    def wrapped(module: nn.Module, hidden_states: Tensor, position_bias: Tensor, **options: object) -> object:
        name = names[module]
        with _MatmulRecorder(name, taps), _SoftmaxRecorder(name, taps):
            output = forward(module, hidden_states, position_bias=position_bias, **options)
        # Hugging Face counts positions back from the last key. Counted from the first key, as in the taps, the scores
        # of a head differ by a constant, which changes no probability.
        first = position_bias.size(2) - hidden_states.size(1)
        taps[f"{name}.scores"] = taps[f"{name}.scores"] - position_bias[:, :, first : first + 1]
        return output

    return wrapped


def _record_heads(name: str, taps: dict[str, Tensor], query: Tensor, key: Tensor, value: Tensor) -> None:
    """Records q, k and v of one sequence, (1, H, T, D) each."""
    for letter, tensor in (("q", query), ("k", key), ("v", value)):
        taps[f"{name}.{letter}"] = _side_by_side(tensor[0])


def _side_by_side(heads: Tensor) -> Tensor:
    """(H, T, D) -> (T, H D)"""
    return heads.transpose(0, 1).flatten(1)


class _SoftmaxRecorder(TorchFunctionMode):
    """Records the input and the output of the softmax in one attention module."""

    def __init__(self, name: str, taps: dict[str, Tensor], sinks: bool = False) -> None:
        """The taps are `name.scores` and `name.probs`, without the columns of attention sinks."""
        super().__init__()
        self.name, self.taps, self.sinks = name, taps, sinks

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        if self.sinks and func is torch.cat:  # of scores and sinks
            self.taps[f"{self.name}.scores"] = args[0][0].masked_fill(args[0][0] < MASKED, -torch.inf)[0]
        elif self.sinks and func in SOFTMAXES:
            self.taps[f"{self.name}.probs"] = result[0, ..., :-1]
        elif func in SOFTMAXES:
            scores = args[0].masked_fill(args[0] < MASKED, -torch.inf)
            self.taps[f"{self.name}.scores"] = scores[0] if scores.dim() > 3 else scores
            self.taps[f"{self.name}.probs"] = result[0] if result.dim() > 3 else result
        return result


class _MatmulRecorder(TorchFunctionMode):
    """Records the inputs of the first product of heads in an attention module, and input and output of the second."""

    def __init__(self, name: str, taps: dict[str, Tensor], shared: int = 1) -> None:
        """The taps are `name.q`, `name.k`, `name.v` and `name.context`; of keys and values every `shared`-th head."""
        super().__init__()
        self.name, self.taps, self.shared = name, taps, shared

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        if func in PRODUCTS and args[0].dim() == args[1].dim() == 4:
            if f"{self.name}.q" not in self.taps:
                self.taps[f"{self.name}.q"] = _side_by_side(args[0][0])
                self.taps[f"{self.name}.k"] = _side_by_side(args[1].mT[0][:: self.shared])
            else:
                self.taps[f"{self.name}.v"] = _side_by_side(args[1][0][:: self.shared])
                self.taps[f"{self.name}.context"] = _side_by_side(result[0])
        return result


class _TypedFull(TorchFunctionMode):
    """Sets the type of `torch.full`: TorchScript would use float32 by default, which cannot represent -1.8e308."""

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        kwargs = kwargs or {}
        if func is torch.full:
            kwargs = {"dtype": torch.get_default_dtype(), **kwargs}
        return func(*args, **kwargs)


class _ProductRecorder(TorchFunctionMode):
    """Records the inputs of the first product in an attention module, and the output of the second."""

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
    if isinstance(module, Llama4Router):
        return output[1]
    if isinstance(module, Llama4TextExperts):
        return output.view(module.num_experts, -1, module.hidden_size).sum(dim=0)  # as the mixture adds them
    if type(module).__name__.endswith("RotaryEmbedding") and isinstance(output, Tensor):
        return torch.cat([output.real, output.imag], dim=-1).repeat_interleave(2, dim=-1)
    if type(module).__name__.endswith("RotaryEmbedding"):
        if isinstance(output, Tensor) and output.is_complex():
            # DeepSeek-V2 has one complex number for each pair of neighbouring channels.
            return torch.cat([part.repeat_interleave(2, dim=-1) for part in (output.real, output.imag)], dim=-1)
        # gpt-oss has one cosine for each pair of channels, the others have it at both channels of the pair.
        twice = 2 if type(module).__name__.startswith("GptOss") else 1
        return torch.cat([part for part in output for _ in range(twice)], dim=-1)
    return output[0] if isinstance(output, tuple) else output
