"""Writes and checks `fixtures/`, the models and the expected results of the Java tests.

python python/regenerate.py --check                           recompute all fixtures from their weights and compare
python python/regenerate.py --check --part 2/4                the same, but every 4th base of the walks, from the 2nd
python python/regenerate.py --all                             write all fixtures
python python/regenerate.py --model tiny-gpt2                 write one fixture
python python/regenerate.py --chats                           write the files of tokenizers and chat templates
python python/regenerate.py --near-ties                       write the goldens in which float32 chooses other experts
python python/regenerate.py --walks                           write the files of changed configurations and tensors
python python/regenerate.py --images                          write the file of models of text and images
python python/regenerate.py --gguf                            write the GGUF files and what they mean
python python/regenerate.py --model gpt2 --out fixtures/gpt2  write a fixture of any model, by folder or hub id
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import torch
import transformers

from touchstone.activations import write_activations
from touchstone.check import (
    Report,
    check_activations,
    check_chats,
    check_fixture,
    check_generation_config,
    check_gguf,
    check_images,
    check_near_ties,
    check_sampling,
    check_topk,
    check_walk,
)
from touchstone.config_bases import BASES
from touchstone.fixtures import (
    PLANS,
    TOKENIZER_FILES,
    WALK_FILES,
    write_copy,
    write_generation_config,
    write_gguf,
    write_images,
    write_json,
    write_named,
    write_sampling,
)
from touchstone.near_ties import write_near_ties
from touchstone.provenance import THREADS
from touchstone.topk import topk_cases

FIXTURES = Path(__file__).parent.parent / "fixtures"


def main() -> int:
    """Runs the action that the options select; returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = arguments.add_mutually_exclusive_group(required=True)
    action.add_argument("--all", action="store_true", help="write all fixtures")
    action.add_argument("--model", help=f"write one fixture: {', '.join(PLANS)}; or any model with --out")
    action.add_argument("--chats", action="store_true", help="write the files of tokenizers and chat templates")
    action.add_argument("--walks", action="store_true", help="write the files of changed configurations and tensors")
    action.add_argument("--images", action="store_true", help="write the file of models of text and images")
    action.add_argument(
        "--near-ties", action="store_true", help="write the goldens in which float32 chooses other experts"
    )
    action.add_argument("--gguf", action="store_true", help="write the GGUF files and what they mean")
    action.add_argument("--check", action="store_true", help="recompute all fixtures and compare")
    arguments.add_argument("--out", type=Path, help="the folder to write to, for a model by folder or hub id")
    arguments.add_argument("--part", default="1/1", help="which bases of the walks --check recomputes")
    options = arguments.parse_args()
    if options.out and not options.model:
        arguments.error("--out needs --model")
    if options.model and not options.out and options.model not in PLANS:
        arguments.error(f"unknown model {options.model}, expected {', '.join(PLANS)}; for another model add --out DIR")

    torch.set_num_threads(THREADS)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    if options.check:
        return check(_part(options.part))
    if options.out:
        write_copy(options.model, options.out)
    elif options.all:
        write_all()
    elif options.chats:
        write_chats()
    elif options.near_ties:
        write_near_ties(FIXTURES)
    elif options.walks:
        write_walks()
    elif options.images:
        write_images_walk()
    elif options.gguf:
        write_gguf(FIXTURES)
    else:
        write_named(options.model, FIXTURES / options.model)
    return 0


def write_all() -> None:
    """Writes each model in a new process: TorchScript numbers classes, so bytes would depend on the models before."""
    for name in PLANS:
        print(f"writing fixtures/{name}", flush=True)
        subprocess.run([sys.executable, __file__, "--model", name], check=True)
    print("writing fixtures/sampling.json", flush=True)
    write_sampling(FIXTURES / "sampling.json")
    print("writing fixtures/generation-config.json", flush=True)
    write_generation_config(FIXTURES / "generation-config.json")
    print("writing fixtures/activations.safetensors", flush=True)
    write_activations(FIXTURES / "activations.safetensors")
    print("writing fixtures/topk.json", flush=True)
    write_json(FIXTURES / "topk.json", topk_cases())
    print("writing fixtures/near-ties.safetensors", flush=True)
    write_near_ties(FIXTURES)
    write_walks()
    write_chats()
    write_gguf(FIXTURES)


def write_walks() -> None:
    """Writes the files of changed configurations and of changed tensors."""
    for name, entries in WALK_FILES.items():
        print(f"writing fixtures/{name}", flush=True)
        write_json(FIXTURES / name, entries())
    write_images_walk()


def write_images_walk() -> None:
    """Writes the file of models of text and images."""
    print("writing fixtures/images-walk.json", flush=True)
    write_images(FIXTURES)


def write_chats() -> None:
    """Writes the files of tokenizers and chat templates."""
    for name, entries in TOKENIZER_FILES.items():
        print(f"writing fixtures/{name}", flush=True)
        write_json(FIXTURES / name, entries())


def _part(part: str) -> list[str]:
    """The names of the bases of a part, such as 2/4."""
    first, step = (int(number) for number in part.split("/"))
    bases = list(BASES)[first - 1 :: step]
    print(f"{len(bases)} of {len(BASES)} bases of the walks: {'; '.join(bases)}", flush=True)
    return bases


def check(bases: list[str]) -> int:
    """Checks `fixtures/`, of the walks only these bases; prints each folder and difference; returns the exit code."""
    started = time.monotonic()
    report = Report()
    folders = sorted(path.parent for path in FIXTURES.glob("*/config.json"))
    for folder in folders:
        before = report.comparisons
        check_fixture(folder, report)
        print(f"fixtures/{folder.name}: {report.comparisons - before} comparisons", flush=True)
    check_sampling(FIXTURES / "sampling.json", report)
    check_generation_config(FIXTURES / "generation-config.json", report)
    check_gguf(FIXTURES, report)
    check_activations(FIXTURES / "activations.safetensors", report)
    check_topk(FIXTURES / "topk.json", report)
    check_near_ties(FIXTURES, report)
    for name in WALK_FILES:
        check_walk(FIXTURES / name, bases, report)
    check_images(FIXTURES / "images-walk.json", report)
    for name in TOKENIZER_FILES:
        check_chats(FIXTURES / name, report)
    report.expect(set(PLANS) <= {folder.name for folder in folders}, f"{FIXTURES}: expected folders {', '.join(PLANS)}")
    for difference in report.differences:
        print(f"DIFFERENT {difference}")
    seconds = time.monotonic() - started
    print(f"{report.comparisons} comparisons, {len(report.differences)} differences, {seconds:.0f} s")
    return 1 if report.differences else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"regenerate.py: {error}")
