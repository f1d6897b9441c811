"""What Hugging Face does with missing tensors, further ones, other names and other shapes, in each family."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from touchstone.config_bases import BASES
from touchstone.config_walk import Shapes, Walk, for_bases

PREFIXES = {"gpt2": "transformer.", "gpt_neo": "transformer.", "gptj": "transformer.", "bloom": "transformer."} | {
    "gpt_neox": "gpt_neox.",
    "falcon": "transformer.",
    "gpt_bigcode": "transformer.",
    "codegen": "transformer.",
    "mpt": "transformer.",
}
"""The name of the base model in the language model; in other families it is `model.`."""

FURTHER = (
    "score.weight",
    "lm_head.weight",
    "embed_out.weight",
    "mtp.0.weight",
    "rotary_emb.inv_freq",
    "{prefix}rotary_emb.inv_freq",
    "{block}attn.bias",
    "{block}attn.masked_bias",
    "{block}attn.attention.bias",
    "{block}attn.attention.masked_bias",
    "{block}attention.bias",
    "{block}attention.masked_bias",
    "{block}attention.rotary_emb.inv_freq",
    "{block}self_attn.rotary_emb.inv_freq",
    "{block}self_attn.rotary_emb.cos_cached",
    "{block}self_attn.q_norm.weight",
    "{block}unknown.weight",
    "{prefix}embed_positions.weights",
    "{prefix}decoder.version",
    "{prefix}unknown.weight",
)
"""Buffers that older versions saved, heads of other tasks, and names of nothing."""


def names_walk(bases: Iterable[str] = BASES) -> list[dict[str, object]]:
    """The bases with these names, each followed by its cases."""
    return for_bases(_entries, bases)


def _entries(base: str) -> list[dict[str, object]]:
    if ", " in base:
        return []
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(base, BASES[base], Path(folder))
        variants = _variants(walk.shapes, PREFIXES.get(base, "model."))
        return [walk.entry(), *(walk.with_shapes(shapes) for shapes in variants)]


def _variants(shapes: Shapes, prefix: str) -> Iterator[Shapes]:
    block = re.match(r".*?\.0\.", next(name for name in shapes if ".0." in name)).group()
    for name, shape in shapes.items():
        if ".1." in name:
            continue  # as in the first block
        without = {other: size for other, size in shapes.items() if other != name}
        yield without
        yield without | {name: [shape[0] + 1, *shape[1:]]}
        if name.endswith(".weight"):
            yield without | {name.removesuffix("weight") + "gamma": shape}
            if (bias := name.removesuffix("weight") + "bias") not in shapes:
                yield shapes | {bias: shape[:1]}
    for pattern, other in (
        (f"^{prefix}", ""),
        ("^", "module."),
        ("^", "_orig_mod."),
        (f"^{prefix}", prefix * 2),
        (f"^{prefix}", prefix * 3),
        (f"^(?!{prefix})", prefix),
        ("^model.decoder.", "decoder."),
        ("^model.decoder.", "model."),
        ("^", "model."),
        ("^", "transformer."),
    ):
        yield {re.sub(pattern, other, name): shape for name, shape in shapes.items()}
    vocabulary = next(iter(shapes.values()))
    for name in FURTHER:
        yield shapes | {name.format(prefix=prefix, block=block): vocabulary if "weight" in name else [3]}
    third = block.replace(".0.", ".2.")
    yield shapes | {name.replace(block, third): shape for name, shape in shapes.items() if name.startswith(block)}
