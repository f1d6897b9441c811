"""llama.cpp: a model converted to GGUF, with the tensors that its callback for evaluation shows."""

import os
import re
import sys
from functools import cached_property
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from exported import kept
from gguf import GGMLQuantizationType as Type
from protocol import Engine, Ids, Session, config_of, serve

from touchstone.llama_cpp import REQUIREMENT, Library, Model

CONTEXT = 512
TAPS = {
    "gpt2": {
        "attn_norm": "h.{}.ln_1",
        "ffn_norm": "h.{}.ln_2",
        "ffn_out": "h.{}.mlp",
        "l_out": "h.{}",
        "result_norm": "ln_f",
    },
    "llama": {
        "attn_norm": "layers.{}.input_layernorm",
        "ffn_norm": "layers.{}.post_attention_layernorm",
        "ffn_out": "layers.{}.mlp",
        "l_out": "layers.{}",
        "result_norm": "norm",
    },
}
"""Names of llama.cpp's tensors, without the number of the layer, and those of the taps that they equal."""


class LlamaCpp(Engine):
    """One type of weights."""

    name = "llama.cpp"

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """Settings: F32, F16, Q8_0, Q4_0; F32-exact without flash attention, keys and values in float32."""
        self.version = next(line for line in REQUIREMENT.read_text().split("\n") if "==" in line).split(" ")[0]
        config = config_of(folder)
        self.vocabulary, self.names = config["vocab_size"], TAPS[config["model_type"]]
        library, kind = Library(), Type[setting.removesuffix("-exact")]
        file = kept(folder, f"{kind.name}.gguf", lambda out: convert(library, folder, out, kind))
        exact = setting.endswith("-exact")
        self.model = Model(library, file, CONTEXT, threads, exact)
        self.seen: dict[str, np.ndarray] = {}
        self.observed_model = lambda: Model(library, file, CONTEXT, threads, exact, self.observe)

    @cached_property
    def observed(self) -> Model:
        """The model with a callback, loaded when it is first used."""
        return self.observed_model()

    def observe(self, name: str, values: np.ndarray) -> None:
        """Keeps the tensors that are taps. (1, 1, T, C) -> (T, C)"""
        found = re.fullmatch(r"([a-z_]+?)(?:-(\d+))?", name)
        tap = self.names.get(found.group(1)) if found else None
        if tap is not None:
            self.seen[tap.format(found.group(2))] = values.reshape(-1, values.shape[-1])

    def taps(self, ids: Ids) -> dict[str, np.ndarray]:
        """The logits, the norms, the outputs of MLPs and of blocks."""
        self.seen.clear()
        self.observed.clear()
        logits = self.observed.append(ids, logits=True).copy()
        return {**self.seen, "logits": logits}

    def session(self) -> Session:
        """Of its single sequence, so only one session is used at a time."""
        self.model.clear()
        return CachedSession(self.model)


def convert(library: Library, folder: Path, file: Path, kind: Type) -> None:
    """Writes a GGUF file."""
    from llama_cpp import convert_folder

    convert_folder(library, folder, file, kind)


class CachedSession(Session):
    """The sequence of a model."""

    def __init__(self, model: Model) -> None:
        """After it was cleared."""
        self.model = model

    def append(self, ids: Ids) -> np.ndarray:
        """(T) -> (T, V)"""
        return self.model.append(ids, logits=True).copy()


if __name__ == "__main__":
    serve(LlamaCpp)
