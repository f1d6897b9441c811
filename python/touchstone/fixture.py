"""One folder of `fixtures/`: what is in it, and how it is written."""

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
from touchstone.families import TINY_FAMILIES
from touchstone.generation import fair_answers, requests, sliding_requests
from touchstone.goldens import random_case, text_case, write_golden
from touchstone.models import TINY_MODELS
from touchstone.provenance import provenance
from touchstone.random_templates import all_templates
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
    """What to ask of a model: a golden text, random goldens by length, prompts to continue and for how long."""

    text: str = "Once upon a time"
    lengths: tuple[int, ...] = (1, 17)
    prompts: tuple[str, ...] = ("Once upon a time", "The King said")
    new_tokens: int = 20
    past_the_context: int = 0
    padded_batch: bool = False
    brief: bool = False
    """Whether a few texts and ways of generating will do, as where another fixture has them all."""


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
    """A fixture of the repository: a tiny model is made anew, a trained one keeps its weights."""
    if name in TINY:
        TINY[name].write(folder)
    write_expectations(folder, PLANS[name], f"python python/regenerate.py --model {name}")


def write_copy(source: str, folder: Path) -> None:
    """A fixture of any model, by folder or hub id: its checkpoint copied, and what is expected of it."""
    origin = Path(source)
    if not origin.is_dir():
        if len(origin.parts) > 2:
            raise FileNotFoundError(f"{source}: no such folder, and a hub id has one slash at most")
        origin = Path(snapshot_download(source, allow_patterns=list(CHECKPOINT_FILES)))
    files = sorted(file for pattern in CHECKPOINT_FILES for file in origin.glob(pattern))
    if not any(file.suffix == ".safetensors" for file in files):
        raise FileNotFoundError(f"{source}: no *.safetensors here; save the model with save_pretrained() first")
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if folder.resolve() != origin.resolve():
            shutil.copyfile(file, folder / file.name)
    write_expectations(folder, Plan(), f"python python/regenerate.py --model {origin.name} --out {folder.name}")


def write_expectations(folder: Path, plan: Plan, command: str) -> None:
    """Everything beside the checkpoint: goldens, generation, tokens, TorchScript, provenance."""
    checkpoint = Checkpoint(folder)
    if checkpoint.single.config.model_type == "gpt2" and not (folder / "vocab.json").exists():
        save_tokenizer(checkpoint.tokenizer, folder)

    shutil.rmtree(folder / "goldens", ignore_errors=True)
    write_golden(checkpoint, text_case(checkpoint, plan.text), folder / "goldens")
    for length in plan.lengths:
        write_golden(checkpoint, random_case(checkpoint, f"random-{length}", length), folder / "goldens")
    hostile = texts()[:: 8 if plan.brief else 1]
    write_json(folder / "tokens.json", [tokenized(checkpoint.tokenizer, text) for text in hostile])
    asked = requests(checkpoint, list(plan.prompts), plan.new_tokens, plan.brief)
    if plan.past_the_context:
        asked += sliding_requests(plan.prompts[0], plan.past_the_context)
    write_json(folder / "generation.json", fair_answers(checkpoint, asked))
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
    """What is known of the fixture so far; the scripts that train leave their record there."""
    path = folder / "provenance.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_sampling(path: Path) -> None:
    """The one file that belongs to no model."""
    write_json(path, sampling.cases())


def write_generation_config(path: Path) -> None:
    """The settings of generation_config.json, tried on one model."""
    write_json(path, generation_config.cases())


CHAT_FILES = {
    "chats.json": all_chats,
    "templates.json": all_templates,
    "chat_folders.json": all_folders,
    "chat_prompts.json": all_prompts,
}
"""Chat templates, which belong to no model either, and what makes each file."""


def write_json(path: Path, value: list | dict) -> None:
    """One line an entry, so that a difference shows in a diff; non-ASCII as it is."""
    if isinstance(value, dict):
        text = json.dumps(value, indent=2, ensure_ascii=False)
    else:
        text = "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value) + "\n]"
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
