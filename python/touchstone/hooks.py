"""Captures the tensors of a forward pass of a PyTorch model by hooks."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from touchstone.traces import Trace

PREFIXES = ("transformer.", "model.", "gpt_neox.")
"""Prefixes of modules in Hugging Face's models that are not part of the names of taps."""

MASKED = -1e30
"""A score below this is masked. Some implementations add a large negative number instead of setting -inf."""

PRODUCTS = (torch.matmul, Tensor.matmul, Tensor.__matmul__, torch.bmm, Tensor.bmm)
SOFTMAXES = (nn.functional.softmax, torch.softmax, Tensor.softmax)
INSIDE = (nn.Softmax, nn.Dropout)
"""Modules that may be called in attention. The tensors belong to the module that contains them."""


@contextmanager
def capture(
    model: nn.Module,
    names: Mapping[str, str | None] | Callable[[str], str | None] | None = None,
    *,
    out: str | Path | None = None,
    row: int = 0,
    skip: int = 0,
) -> Iterator[Trace]:
    """A context that captures the last forward pass of `model`, and writes it to the file `out` if there is one.

    The taps are the outputs of all modules, by their paths in `named_modules()`, and `logits`, the output of `model`.
    A module that computes attention with `matmul` and `softmax`, or with `scaled_dot_product_attention`, also has the
    taps q, k, v and context, and in the first case scores and probs.

    `names` maps the beginnings of paths to those in the fixture. `*` is one part of a path, such as a number: with
    `{"blocks": "h", "blocks.*.norm1": "h.*.ln_1"}` the tap of `blocks.3.norm1` is `h.3.ln_1`, and that of
    `blocks.3.mlp.up` is `h.3.mlp.up`. The longest rule that matches is used. Modules that map to None are left out.
    `names` may also be a function from paths to names.

    `row` selects a sequence of a batch, and `skip` is the number of padding tokens on its left.
    """
    trace = Trace()
    rename = names if callable(names) else lambda path: tap_name(path, names or {})
    recorder = _Recorder(model, rename, trace, row, skip)
    handles = [model.register_forward_pre_hook(recorder.start, with_kwargs=True)]
    for module in recorder.names:
        handles.append(module.register_forward_pre_hook(recorder.enter))
        handles.append(module.register_forward_hook(recorder.leave))
    try:
        with recorder:
            yield trace
    finally:
        for handle in handles:
            handle.remove()
    if out is not None:
        trace.write(out)


class _Recorder(TorchFunctionMode):
    def __init__(
        self, model: nn.Module, rename: Callable[[str], str | None], trace: Trace, row: int, skip: int
    ) -> None:
        super().__init__()
        self.model, self.trace, self.row, self.skip = model, trace, row, skip
        self.names = {module: rename(path) if path else "logits" for path, module in model.named_modules()}
        self.running: list[nn.Module] = []
        self.twice: set[str] = set()
        self.product: tuple[Tensor, Tensor] | None = None
        self.attention: str | None = None

    def start(self, _: nn.Module, args: tuple, kwargs: dict) -> None:
        ids = [kwargs.get("input_ids"), *args, *kwargs.values()]
        ids = next((x for x in ids if isinstance(x, Tensor) and not x.is_floating_point()), None)
        if ids is None:
            raise ValueError("the forward pass has no argument that is a tensor of token ids")
        self.running, self.twice, self.product, self.attention = [], set(), None, None
        self.trace.taps.clear()
        self.batched = ids.dim() == 2
        self.trace.input_ids = (ids[self.row] if self.batched else ids)[self.skip :].tolist()

    def enter(self, module: nn.Module, _: tuple) -> None:
        self.running.append(module)

    def leave(self, module: nn.Module, _: tuple, output: object) -> None:
        self.running.pop()
        name = self.names[module]
        output = getattr(output, "logits", output)
        if type(module).__name__.endswith("RotaryEmbedding") and isinstance(output, tuple):
            output = torch.cat(output, dim=-1)
        output = output[0] if isinstance(output, tuple) else output
        if name is not None and isinstance(output, Tensor) and output.is_floating_point():
            self.add(name, self.sequence(output))

    def __torch_function__(self, func: Callable, types: tuple, args: tuple = (), kwargs: dict | None = None) -> object:
        result = func(*args, **(kwargs or {}))
        name = self.owner()
        if name is None:
            return result
        if func in PRODUCTS and args[0].dim() > 2:
            if self.attention == name:
                self.add(f"{name}.v", self.heads(args[1]))
                self.add(f"{name}.context", self.heads(result, repeats=False))
                self.attention = None
            else:
                self.product = args[:2]
        elif func in SOFTMAXES and self.product is not None:
            query, key = self.product
            self.add(f"{name}.q", self.heads(query))
            self.add(f"{name}.k", self.heads(key.mT))
            self.add(f"{name}.scores", self.square(args[0].masked_fill(args[0] < masked(args[0]), -torch.inf)))
            self.add(f"{name}.probs", self.square(result))
            self.product, self.attention = None, name
        elif func is nn.functional.scaled_dot_product_attention:
            for letter, tensor in zip("qkv", args, strict=False):
                self.add(f"{name}.{letter}", self.heads(tensor))
            self.add(f"{name}.context", self.heads(result, repeats=False))
        return result

    def owner(self) -> str | None:
        """The name of the module that is running."""
        modules = (module for module in reversed(self.running) if not isinstance(module, INSIDE))
        return self.names.get(next(modules, None))

    def add(self, name: str, tensor: Tensor) -> None:
        if name in self.trace.taps or name in self.twice:
            self.trace.taps.pop(name, None)
            if name not in self.twice:
                warnings.warn(f"{name} was computed more than once in the pass, so it is left out", stacklevel=2)
            self.twice.add(name)
        else:
            self.trace.taps[name] = tensor.detach().clone()

    def sequence(self, tensor: Tensor) -> Tensor:
        """(B, T, C) -> (T, C)"""
        if self.batched and tensor.dim() > 2:
            tensor = tensor[min(self.row, len(tensor) - 1)]
        return tensor[self.skip :].flatten(1) if tensor.dim() > 1 else tensor

    def heads(self, tensor: Tensor, *, repeats: bool = True) -> Tensor:
        """(B, H, T, D) -> (T, H D); heads that repeat the one before are removed if `repeats`."""
        one = self.per_head(tensor)[:, self.skip :]
        if repeats:
            kept = [head for head in range(len(one)) if head == 0 or not torch.equal(one[head], one[head - 1])]
            one = one[kept]
        return one.transpose(0, 1).flatten(1)

    def square(self, tensor: Tensor) -> Tensor:
        """(B, H, T, S) -> (H, T, S)"""
        return self.per_head(tensor)[:, self.skip :, self.skip :]

    def per_head(self, tensor: Tensor) -> Tensor:
        tensor = tensor[self.row] if tensor.dim() > 3 else tensor
        return tensor if tensor.dim() > 2 else tensor[None]


def masked(scores: Tensor) -> float:
    """A score below this is masked. In float16 the lowest number is -65504."""
    return max(MASKED, torch.finfo(scores.dtype).min / 2)


def tap_name(path: str, rules: Mapping[str, str | None]) -> str | None:
    """The name of a module's tap by the rules of `capture`."""
    parts = path.split(".")
    best: tuple[int, str | None] = (0, None)
    for pattern, replacement in rules.items():
        wanted = pattern.split(".")
        head = parts[: len(wanted)]
        if len(head) == len(wanted) > best[0] and all(w in ("*", h) for w, h in zip(wanted, head, strict=True)):
            stars = iter([h for w, h in zip(wanted, head, strict=True) if w == "*"])
            if replacement is None:
                best = (len(wanted), None)
            else:
                begin = [next(stars) if part == "*" else part for part in replacement.split(".")]
                best = (len(wanted), ".".join([*begin, *parts[len(wanted) :]]))
    if best[0] > 0:
        return best[1]
    for prefix in PREFIXES:
        path = path.removeprefix(prefix)
    return path
