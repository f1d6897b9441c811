"""llama.cpp's flash attention computes in float16, and its cache keeps keys and values in float16. Both are defaults.

So a model with weights in float32 has errors of float16 after attention. Prints the errors of the logits of the fixture
tiny-llama, relative to float64. Run it with ci/python.sh.
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

fixture = ROOT / "fixtures" / "tiny-llama"
golden = load_file(fixture / "goldens" / "text.safetensors")
truth = golden["logits#f64"]
library = Library()
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "model.gguf"
    convert_folder(library, fixture, file, Type.F32)
    for exact in (False, True):
        model = Model(library, file, 64, 1, exact)
        found = model.append(golden["input_ids"].tolist(), logits=True)
        error = np.sqrt(np.mean((found - truth) ** 2) / np.mean(truth**2))
        print(f"{'without flash attention, cache in float32' if exact else 'by default'}: error {error:.1e}")
error = np.sqrt(np.mean((golden["logits"] - truth) ** 2) / np.mean(truth**2))
print(f"PyTorch in float32: error {error:.1e}")
