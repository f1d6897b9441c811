"""Adds ALiBi once to the scores of Falcon in eager mode.

Hugging Face adds it to the scores and to the mask, so it counts twice. With sdpa, which is the default, and in the
original code it counts once. Importing this module changes the eager mode.
"""

import functools

from torch import Tensor
from transformers.models.falcon.modeling_falcon import FalconAttention

_forward = FalconAttention.forward
MASKED = -1e30


@functools.wraps(_forward)
def _with_alibi_once(
    module: FalconAttention, hidden_states: Tensor, alibi: Tensor | None, attention_mask: Tensor, **options: object
) -> object:
    if alibi is not None and module.config._attn_implementation == "eager":
        attention_mask = attention_mask.masked_fill(attention_mask > MASKED, 0.0)
    return _forward(module, hidden_states, alibi=alibi, attention_mask=attention_mask, **options)


FalconAttention.forward = _with_alibi_once
