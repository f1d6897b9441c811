#!/usr/bin/env bash
# Compares with llama.cpp, which comes prebuilt in a Python package: the values of blocks that it quantised, its logits for the GGUF
# models of the fixtures, and the errors for SmolLM2. Touchstone's must be at most twice PyTorch's, and far below llama.cpp's, which
# rounds activations to 8 bits. Uses the models that ci/real-model.sh writes.
set -euo pipefail
cd "$(dirname "$0")/.."

errors=target/llama-cpp-errors.json
ci/python.sh python/llama_cpp.py check
ci/python.sh python/real_model.py --out target/real-models
./touchstone --version >/dev/null # builds the jar
ci/python.sh python/llama_cpp.py errors target/real-models/SmolLM2-135M-Instruct \
    target/real-models-gguf/SmolLM2-135M-Instruct.Q4_1.gguf >$errors
ci/python.sh - $errors <<'PYTHON'
import json, sys

engines = json.load(open(sys.argv[1]))["engines"]
for name, one in engines.items():
    print(f"{name}: error of the logits {one['rms']:.1e}, divergence {one['divergence']:.1e}")
ours, pytorch, llama = (engines[name]["rms"] for name in ("Touchstone", "PyTorch", "llama.cpp"))
sys.exit(0 if ours <= 2 * pytorch and ours < llama / 1000 else "the errors are larger than expected")
PYTHON
