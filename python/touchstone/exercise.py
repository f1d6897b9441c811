"""A solution of the exercise "building a tiny causal language model" in PyTorch.

The exercise specifies a vocabulary of 20 words, `d_model` 64, a context of 32, three blocks with one attention head
each, Q, K and V of 64 x 64, a causal mask, and an MLP of two layers with ReLU and 128 hidden channels. It leaves some
choices open. Here layer norms precede attention and MLP, as in GPT-2, and one precedes the head. Positions are learned.
Q, K and V have no biases. There is no output projection of attention. The head is not tied to the embedding.

Attention and norms are implemented with matrix products, softmax and means, without modules of `torch.nn`.
"""

import math
from typing import ClassVar

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, GenerationMixin, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput


class ExerciseConfig(PreTrainedConfig):
    """The sizes of the exercise, with GPT-2's names."""

    model_type = "exercise"
    attribute_map: ClassVar = {
        "hidden_size": "n_embd",
        "num_hidden_layers": "n_layer",
        "max_position_embeddings": "n_positions",
    }

    vocab_size: int = 20
    n_positions: int = 32
    n_embd: int = 64
    n_layer: int = 3
    n_head: int = 1
    n_inner: int = 128
    activation_function: str = "relu"
    layer_norm_epsilon: float = 1e-5
    tie_word_embeddings: bool = False


class LayerNorm(nn.Module):
    """Normalizes each token's channels to mean 0 and variance 1, then applies learned gains and biases."""

    def __init__(self, channels: int, epsilon: float) -> None:
        """Gains start at 1, biases at 0."""
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + self.epsilon) * self.weight + self.bias


def eager_attention_forward(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor
) -> tuple[Tensor, Tensor]:
    """softmax(q kᵀ / sqrt(D) + mask) v; the name is that of Hugging Face's own functions. -> (B, T, H, D)"""
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1]) + attention_mask
    probs = nn.functional.softmax(scores, dim=-1)
    return (probs @ value).transpose(1, 2), probs


class Attention(nn.Module):
    """Causal attention with one head."""

    def __init__(self, config: ExerciseConfig) -> None:
        """Creates Q, K and V of d_model x d_model."""
        super().__init__()
        C = config.n_embd
        self.q_proj = nn.Linear(C, C, bias=False)
        self.k_proj = nn.Linear(C, C, bias=False)
        self.v_proj = nn.Linear(C, C, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        T = x.shape[1]
        query, key, value = (projection(x)[:, None] for projection in (self.q_proj, self.k_proj, self.v_proj))
        position = torch.arange(T)
        future = position[None, :] > position[:, None]
        mask = torch.zeros_like(future, dtype=x.dtype).masked_fill(future, -torch.inf)
        context, _ = eager_attention_forward(self, query, key, value, mask)
        return context.flatten(2)


class Mlp(nn.Module):
    """Two layers with ReLU between them."""

    def __init__(self, config: ExerciseConfig) -> None:
        """64 -> 128 -> 64, with biases."""
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, config.n_inner)
        self.act = nn.ReLU()
        self.c_proj = nn.Linear(config.n_inner, config.n_embd)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        return self.c_proj(self.act(self.c_fc(x)))


class Block(nn.Module):
    """Attention, then MLP, each added to the residual stream."""

    def __init__(self, config: ExerciseConfig) -> None:
        """Two norms, an attention, an MLP."""
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, config.layer_norm_epsilon)
        self.attn = Attention(config)
        self.ln_2 = LayerNorm(config.n_embd, config.layer_norm_epsilon)
        self.mlp = Mlp(config)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> (B, T, C)"""
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class ExerciseLM(PreTrainedModel, GenerationMixin):
    """The whole model, as a subclass of Hugging Face's so that its tools can load, save and run it."""

    config_class = ExerciseConfig

    def __init__(self, config: ExerciseConfig) -> None:
        """Fresh weights."""
        super().__init__(config)
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.n_positions, config.n_embd)
        self.drop = nn.Dropout(0.0)
        self.h = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = LayerNorm(config.n_embd, config.layer_norm_epsilon)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.post_init()

    def get_output_embeddings(self) -> nn.Linear:
        """The head."""
        return self.lm_head

    def forward(self, input_ids: Tensor, **unused: object) -> CausalLMOutput:
        """Logits for the token after each token. (B, T) -> (B, T, V)"""
        position = torch.arange(input_ids.shape[1])[None]
        x = self.drop(self.wte(input_ids) + self.wpe(position))
        for block in self.h:
            x = block(x)
        return CausalLMOutput(logits=self.lm_head(self.ln_f(x)))


AutoConfig.register("exercise", ExerciseConfig)
AutoModelForCausalLM.register(ExerciseConfig, ExerciseLM)
