"""Compares implementations of language models with Hugging Face's, tensor by tensor.

`__all__` is for users. The other modules write the fixtures of the repository and may change at any time.
"""

from importlib import import_module

_HOMES = {
    "Comparison": "verdicts",
    "Trace": "traces",
    "assert_parity": "verdicts",
    "capture": "hooks",
    "cases": "reference",
    "compare": "verdicts",
    "fixture": "reference",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Imports what is used, so that comparing the trace of another framework does not import PyTorch."""
    if name not in _HOMES:
        raise AttributeError(f"module 'touchstone' has no attribute '{name}'")
    return getattr(import_module(f"touchstone.{_HOMES[name]}"), name)
