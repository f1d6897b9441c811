"""llama.cpp's GELU has about the precision of float16, also with float32 elsewhere; its SiLU has that of float32.

Prints the error of the first layer's second norm and of the MLP after it, relative to float64, for the fixtures
storyteller (GPT-2) and tiny-llama. Run it with ci/python.sh.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "python"))

import numpy as np
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import load_file

from llama_cpp import convert_folder
from touchstone.llama_cpp import Library, Model

LAYERS = {
    "storyteller": ("h.0.ln_2", "h.0.mlp"),
    "tiny-llama": ("layers.0.post_attention_layernorm", "layers.0.mlp"),
}
library = Library()
for name, taps in LAYERS.items():
    fixture = ROOT / "fixtures" / name
    golden = load_file(fixture / "goldens" / "text.safetensors")
    seen: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.gguf"
        convert_folder(library, fixture, file, Type.F32)
        model = Model(library, file, 64, 1, exact=True, observe=seen.__setitem__)
        model.append(golden["input_ids"].tolist(), logits=True)
    for tensor, tap in zip(("ffn_norm-0", "ffn_out-0"), taps, strict=True):
        truth = golden[f"{tap}#f64"]
        error = np.sqrt(np.mean((seen[tensor].reshape(truth.shape) - truth) ** 2) / np.mean(truth**2))
        print(f"{name} {tap}: error {error:.1e}")
