"""Plants bugs in the models that engines read, and checks that each is located through the engine's adapter.

planted.py                 two bugs of each kind, in the engines of ENGINES
planted.py --quick         only in Hugging Face and in the page with NumPy

An engine that reads another epsilon, or a matrix the other way round, computes what an engine with such a bug computes.
A bug must be found at its own tap.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from entries import ENTRIES, ROOT
from process import Process, Refused
from safetensors.torch import load_file, save_file
from torch import Tensor

from touchstone.reference import cases
from touchstone.verdicts import compare

ENGINES = (
    "hugging-face-eager",
    "hugging-face-sdpa",
    "equations-numpy",
    "jax-default",
)
QUICK = ("hugging-face-eager", "equations-numpy")
CASE = "text"


@dataclass(frozen=True)
class Bug:
    """A change to a model, the tap where it must be found, and what the diagnosis must say."""

    kind: str
    name: str
    model: str
    change: Callable[[Path], None]
    tap: str
    says: str = ""


def setting(name: str, value: object) -> Callable[[Path], None]:
    """Changes a setting; a name with a dot is one of a nested object."""

    def change(folder: Path) -> None:
        file = folder / "config.json"
        config = json.loads(file.read_text(encoding="utf-8"))
        *parents, last = name.split(".")
        inner = config
        for parent in parents:
            inner = inner[parent]
        if last not in inner:
            raise ValueError(f"{file} has no {name}")
        inner[last] = value
        file.write_text(json.dumps(config), encoding="utf-8")

    return change


def weight(name: str, function: Callable[[Tensor], Tensor]) -> Callable[[Path], None]:
    """Changes a tensor."""

    def change(folder: Path) -> None:
        file = folder / "model.safetensors"
        weights = load_file(file)
        weights[name] = function(weights[name]).contiguous()
        save_file(weights, file, {"format": "pt"})

    return change


BUGS = (
    Bug("norm", "the default epsilon", "tiny-gpt2", setting("layer_norm_epsilon", 1e-5), "h.0.ln_1", "epsilon is 1e-5"),
    Bug("norm", "no bias", "tiny-gpt2", weight("h.1.ln_2.bias", lambda bias: bias * 0), "h.1.ln_2", "bias"),
    Bug("linear", "no bias", "tiny-gpt2", weight("h.0.mlp.c_fc.bias", lambda bias: bias * 0), "h.0.mlp.c_fc", "bias"),
    Bug(
        "linear",
        "transposed",
        "tiny-gpt2",
        weight("h.1.attn.c_proj.weight", lambda matrix: matrix.T),
        "h.1.attn.c_proj",
    ),
    Bug(
        "activation", "erf instead of tanh", "tiny-gpt2", setting("activation_function", "gelu"), "h.0.mlp.act", "GELU"
    ),
    Bug(
        "activation",
        "values halved",
        "tiny-llama",
        weight("model.layers.1.mlp.up_proj.weight", lambda w: w / 2),
        "layers.1.mlp.up_proj",
    ),
    Bug(
        "position", "one too far", "tiny-gpt2", weight("wpe.weight", lambda table: table.roll(-1, 0)), "wpe", "position"
    ),
    Bug("position", "another base", "tiny-llama", setting("rope_parameters.rope_theta", 500000.0), "rotary_emb"),
)


def main() -> int:
    """Returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    wanted = QUICK if arguments.parse_args().quick else ENGINES
    log = ROOT / "target" / "scoreboard" / "planted.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    wrong = 0
    for entry in (one for one in ENTRIES if one.key in wanted):
        with Process(entry, 2, log) as process:
            results = [located(process, bug) for bug in BUGS]
        found = [result for result in results if result]
        for result in found:
            print(f"FAIL {entry.key}: {result}", flush=True)
        wrong += len(found)
        print(f"{entry.key}: {len(BUGS) - len(found)} of {len(BUGS)} planted bugs located", flush=True)
    return 1 if wrong else 0


def located(process: Process, bug: Bug) -> str | None:
    """What is wrong; None if the bug was found where it must be."""
    fixture = ROOT / "fixtures" / bug.model
    ids = cases(fixture)[CASE]
    with tempfile.TemporaryDirectory() as work:
        folder, trace = Path(work) / bug.model, Path(work) / "trace.safetensors"
        shutil.copytree(fixture, folder)
        bug.change(folder)
        try:
            process.load(folder, 2)
            process.ask(do="taps", ids=ids, out=str(trace))
        except Refused as error:
            return f"{bug.kind}, {bug.name}: {error}"
        comparison = compare(trace, fixture)
    said = "; ".join(comparison.clues)
    if comparison.first_wrong != bug.tap:
        return f"{bug.kind}, {bug.name}: found at {comparison.first_wrong}, expected {bug.tap}"
    if bug.says not in said:
        return f"{bug.kind}, {bug.name}: the diagnosis is “{said}”, expected “{bug.says}”"
    return None


if __name__ == "__main__":
    sys.exit(main())
