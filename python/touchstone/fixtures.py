"""Writes the folders and files of `fixtures/`."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import snapshot_download

from touchstone import generation_config, sampling
from touchstone.batches import write_batch
from touchstone.bpe import save_tokenizer
from touchstone.chat_folders import all_folders
from touchstone.chat_prompts import all_prompts
from touchstone.chats import all_chats
from touchstone.checkpoint import Checkpoint
from touchstone.config_walk import walk
from touchstone.families import TINY_FAMILIES
from touchstone.generation import requests, robust_records, sliding_requests
from touchstone.gguf_models import write_gguf_models
from touchstone.gguf_tokenizers import write_gguf_tokenizers
from touchstone.gguf_types import type_digests
from touchstone.goldens import random_case, text_case, write_golden
from touchstone.images_walk import images_walk
from touchstone.models import TINY_MODELS
from touchstone.names_walk import names_walk
from touchstone.provenance import provenance
from touchstone.random_templates import all_templates
from touchstone.tokenizer_folders import tokenizer_folders
from touchstone.tokens import texts, tokenized
from touchstone.torchscript import write_torchscript

CHECKPOINT_FILES = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
)


@dataclass(frozen=True)
class Plan:
    """The cases of a fixture: the text and the lengths of random ids for goldens, and the prompts to continue."""

    text: str = "Once upon a time"
    lengths: tuple[int, ...] = (1, 17)
    prompts: tuple[str, ...] = ("Once upon a time", "The King said")
    new_tokens: int = 20
    past_the_context: int = 0
    padded_batch: bool = False
    brief: bool = False
    """If true, only a few texts are tokenized and few generation settings are used."""


TINY = TINY_MODELS | TINY_FAMILIES
TALE = "Once upon a time there was a King who had a daughter"
TOY = "the old king meets"
STORIES = ("Once upon a time", "The King said", "There was once a poor woodcutter who")
PLANS = {
    "tiny-gpt2": Plan(lengths=(1, 40), past_the_context=40, padded_batch=True),
    "tiny-gpt2-variant": Plan(lengths=(1, 33), new_tokens=17),
    "storyteller": Plan(text=TALE, lengths=(), prompts=STORIES, new_tokens=60),
    "storyteller-draft": Plan(text=TALE, lengths=(), new_tokens=40),
    "exercise": Plan(text=TOY, lengths=(1,), prompts=(TOY, "then the"), new_tokens=20, past_the_context=46),
} | dict.fromkeys(TINY_FAMILIES, Plan(text=TOY, lengths=(1, 11), prompts=(TOY, "once upon"), brief=True))


def write_named(name: str, folder: Path) -> None:
    """Writes a fixture of the repository. A tiny model gets new weights, a trained one keeps its weights."""
    if name in TINY:
        TINY[name].write(folder)
    write_expected(folder, PLANS[name], f"python python/regenerate.py --model {name}")


def write_copy(source: str, folder: Path) -> None:
    """Copies the checkpoint of any model, by folder or hub id, and writes the expected results."""
    origin = Path(source)
    if not origin.is_dir():
        if len(origin.parts) > 2:
            raise FileNotFoundError(f"{source}: no such folder, and not a hub id, which has at most one slash")
        origin = Path(snapshot_download(source, allow_patterns=list(CHECKPOINT_FILES)))
    files = sorted(file for pattern in CHECKPOINT_FILES for file in origin.glob(pattern))
    if not any(file.suffix == ".safetensors" for file in files):
        raise FileNotFoundError(f"{source}: found no *.safetensors; save the model with save_pretrained() first")
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if folder.resolve() != origin.resolve():
            shutil.copyfile(file, folder / file.name)
    write_expected(folder, Plan(), f"python python/regenerate.py --model {origin.name} --out {folder.name}")


def write_expected(folder: Path, plan: Plan, command: str) -> None:
    """Writes everything but the checkpoint: goldens, generation, tokens, TorchScript, provenance."""
    checkpoint = Checkpoint(folder)
    if checkpoint.single.config.model_type == "gpt2" and not (folder / "vocab.json").exists():
        save_tokenizer(checkpoint.tokenizer, folder)

    shutil.rmtree(folder / "goldens", ignore_errors=True)
    write_golden(checkpoint, text_case(checkpoint, plan.text), folder / "goldens")
    for length in plan.lengths:
        write_golden(checkpoint, random_case(checkpoint, f"random-{length}", length), folder / "goldens")
    tokenizer_texts = texts()[:: 8 if plan.brief else 1]
    write_json(folder / "tokens.json", [tokenized(checkpoint.tokenizer, text) for text in tokenizer_texts])
    cases = requests(checkpoint, list(plan.prompts), plan.new_tokens, plan.brief)
    if plan.past_the_context:
        cases += sliding_requests(plan.prompts[0], plan.past_the_context)
    write_json(folder / "generation.json", robust_records(checkpoint, cases))
    if plan.padded_batch:
        write_batch(checkpoint, folder / "batch.safetensors")
    write_torchscript(checkpoint.single, checkpoint.weights, folder / "model.pt")
    record = provenance(command)
    if folder.name in TINY:
        record["seed"] = TINY[folder.name].seed
        record["parameters"] = sum(weight.numel() for weight in checkpoint.weights.values())
    if "training" in (before := read_provenance(folder)):
        record["training"] = before["training"]
    write_json(folder / "provenance.json", record)


def read_provenance(folder: Path) -> dict[str, object]:
    """The existing provenance.json, in which the training scripts write their record; empty if there is none."""
    path = folder / "provenance.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_sampling(path: Path) -> None:
    """Writes the cases of logits processors, which are independent of models."""
    write_json(path, sampling.cases())


def write_generation_config(path: Path) -> None:
    """Writes the results of generation settings with one model."""
    write_json(path, generation_config.cases())


WALK_FILES = {"config-walk.json": walk, "names-walk.json": names_walk}
"""The files of changed configurations and of changed tensors, and the function that makes each file."""


def write_images(folder: Path) -> None:
    """Writes what Hugging Face makes of folders with models of text and images."""
    write_json(folder / "images-walk.json", images_walk())


def write_gguf(folder: Path) -> None:
    """Writes the GGUF files, and JSON files with the models, values and token ids that they mean."""
    write_gguf_models(folder)
    write_json(folder / "gguf-types.json", type_digests())
    write_json(folder / "gguf-tokenizers.json", write_gguf_tokenizers(folder))


TOKENIZER_FILES = {
    "chats.json": all_chats,
    "templates.json": all_templates,
    "chat_folders.json": all_folders,
    "chat_prompts.json": all_prompts,
    "tokenizer_folders.json": tokenizer_folders,
}
"""The files of tokenizers and chat templates, and the functions that compute their entries."""


def write_json(path: Path, value: list | dict) -> None:
    """Writes JSON with one entry of a list per line, for readable diffs, and without escaping non-ASCII characters."""
    if isinstance(value, dict):
        text = json.dumps(value, indent=2, ensure_ascii=False)
    else:
        text = "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value) + "\n]"
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
