"""Records the tensors inside a mixture of experts.

The taps have the K experts of each token in ascending order of their indices, side by side: `<router>.chosen` and
`<router>.weights` (T, K), `<experts>.gate_proj`, `.act_fn` and `.up_proj` (T, K I), `.down_proj` (T, K C).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def is_experts(module: nn.Module) -> bool:
    """Whether the module has the weights of all experts of a layer."""
    return type(module).__name__.endswith("Experts")


def is_router(module: nn.Module) -> bool:
    """Whether the module chooses experts."""
    return type(module).__name__.endswith("Router")


def recorded_experts(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    """A replacement of `forward` of an experts module, with the same operations in the same order.

    Hugging Face's loop runs over the experts that tokens have chosen, so a trace would be valid for one choice only.
    This loop runs over all experts; those without tokens compute on empty tensors.
    """

    def forward(module: nn.Module, x: Tensor, index: Tensor, weights: Tensor) -> Tensor:
        chosen, order = index.sort(dim=-1)
        rank = order.argsort(dim=-1)
        parts: dict[str, list[Tensor]] = {}
        tokens, slots = [], []
        result = torch.zeros_like(x)
        for expert in range(module.num_experts):
            position, token = torch.where((index == expert).T)
            outputs = _gated_mlp(module, expert, x[token])
            result = result.index_add(0, token, outputs["down_proj"] * weights[token, position, None])
            tokens.append(token)
            slots.append(rank[token, position])
            for name, output in outputs.items():
                parts.setdefault(name, []).append(output)
        place = torch.cat(tokens), torch.cat(slots)
        router = names[module].rpartition(".")[0] + "." + _router(names, module)
        taps[f"{router}.chosen"] = chosen.to(x.dtype)
        taps[f"{router}.weights"] = weights.gather(-1, order)
        for name, outputs in parts.items():
            all_outputs = torch.cat(outputs)
            empty = all_outputs.new_zeros((x.shape[0], chosen.shape[1], all_outputs.shape[-1]))
            taps[f"{names[module]}.{name}"] = empty.index_put(place, all_outputs).flatten(1)
        return result

    return forward


def recorded_scaled_experts(names: dict[nn.Module, str | None], taps: dict[str, Tensor]) -> Callable:
    """The same for Llama 4, whose experts compute all tokens. The input of an expert is 0 where it is not chosen."""

    def forward(module: nn.Module, x: Tensor) -> Tensor:
        x = x.view(module.num_experts, -1, module.hidden_size)
        gate, up = torch.bmm(x, module.gate_up_proj).chunk(2, dim=-1)
        act = module.act_fn(gate)
        down = torch.bmm(up * act, module.down_proj)
        parent = names[module].rpartition(".")[0]
        router = next(other for other, name in names.items() if name == f"{parent}.router")
        logits = taps[f"{parent}.router"]
        chosen = torch.topk(logits, router.top_k, dim=1).indices.sort(dim=-1).values
        taps[f"{parent}.router.chosen"] = chosen.to(x.dtype)
        taps[f"{parent}.router.weights"] = torch.sigmoid(logits.gather(-1, chosen))
        for name, outputs in {"gate_proj": gate, "act_fn": act, "up_proj": up, "down_proj": down}.items():
            index = chosen[..., None].expand(-1, -1, outputs.shape[-1])
            taps[f"{names[module]}.{name}"] = outputs.transpose(0, 1).gather(1, index).flatten(1)
        return down.view(-1, module.hidden_size)

    return forward


def _gated_mlp(module: nn.Module, expert: int, x: Tensor) -> dict[str, Tensor]:
    """The outputs of the layers of one expert, by the name of their tap."""
    if type(module).__name__ == "GptOssExperts":
        return _clamped_mlp(module, expert, x)
    gate, up = nn.functional.linear(x, module.gate_up_proj[expert]).chunk(2, dim=-1)
    act = module.act_fn(gate)
    down = nn.functional.linear(act * up, module.down_proj[expert])
    return {"gate_proj": gate, "act_fn": act, "up_proj": up, "down_proj": down}


def _clamped_mlp(module: nn.Module, expert: int, x: Tensor) -> dict[str, Tensor]:
    """The same for gpt-oss."""
    gate_up = x @ module.gate_up_proj[expert] + module.gate_up_proj_bias[expert]
    gate, up = gate_up[..., ::2], gate_up[..., 1::2]
    low = gate.clamp(min=None, max=module.limit)
    act = low * torch.sigmoid(low * module.alpha)
    gated = (up.clamp(min=-module.limit, max=module.limit) + 1) * act
    down = gated @ module.down_proj[expert] + module.down_proj_bias[expert]
    return {"gate_proj": gate, "act_fn": act, "up_proj": up, "down_proj": down}


def _router(names: dict[nn.Module, str | None], module: nn.Module) -> str:
    """The name of the router in the module that has these experts."""
    parent = names[module].rpartition(".")[0] + "."
    return next(
        name.removeprefix(parent)
        for other, name in names.items()
        if name and name.startswith(parent) and is_router(other)
    )
