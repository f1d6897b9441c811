"""CTranslate2's converter for GPT-2 does not read layer_norm_epsilon, so its norms have the default epsilon, 1e-5.

The epsilon of the fixture tiny-gpt2 is 1e-3. Prints the errors of the logits relative to float64, as converted and
after the epsilon was added to the converted config.json. Run it with target/engines/ctranslate2/bin/python.
"""

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "python" / "engines"), str(ROOT / "python")]

import ctranslate2
import numpy as np
from ctranslate2_engine import convert
from safetensors.numpy import load_file

fixture = ROOT / "fixtures" / "tiny-gpt2"
golden = load_file(fixture / "goldens" / "text.safetensors")
truth, ids = golden["logits#f64"], golden["input_ids"].astype(np.int32)[None]
with tempfile.TemporaryDirectory() as folder:
    converted = Path(folder) / "model"
    convert(fixture, converted)
    for added in ({}, {"layer_norm_epsilon": 1e-3}):
        file = converted / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | added), encoding="utf-8")
        generator = ctranslate2.Generator(str(converted), device="cpu", compute_type="float32")
        views = (ctranslate2.StorageView.from_array(array) for array in (ids, np.array([ids.size], dtype=np.int32)))
        found = np.asarray(generator.forward_batch(*views))[0]
        error = np.sqrt(np.mean((found - truth) ** 2) / np.mean(truth**2))
        print(f"{'with the epsilon' if added else 'as converted'}: error {error:.1e}")
error = np.sqrt(np.mean((golden["logits"] - truth) ** 2) / np.mean(truth**2))
print(f"PyTorch in float32: error {error:.1e}")
