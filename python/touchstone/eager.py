"""How models are loaded."""

EAGER = {"attn_implementation": "eager", "experts_implementation": "eager"}
"""Attention and mixtures of experts as written out in the code of the model, so that every tensor can be recorded."""
