"""Plants bugs in the models that engines read, and checks that each is located through the engine's adapter.

planted.py                 the engines of ENGINES
planted.py --quick         only those of QUICK
planted.py --only WORD     those whose names contain the word

An engine that reads another epsilon, or a matrix the other way round, computes what an engine with such a bug computes.
For engines that read ONNX, nodes and initialisers of the graph are changed. A bug must be found at its own tap, or at
the next one that the engine has; without a bug nothing may be wrong.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from entries import ENTRIES, HERE, ROOT, environment_of
from exported import TAPS, files
from process import Process, Refused
from safetensors.torch import load_file, save_file
from torch import Tensor

from touchstone.reference import cases
from touchstone.verdicts import compare

CASE = "text"


@dataclass(frozen=True)
class Bug:
    """A change to a model, the taps where it may be found, and what the diagnosis must say at the first of them.

    The first of the taps that the engine has counts.
    """

    kind: str
    name: str
    model: str
    change: Callable[[Path], None]
    taps: tuple[str, ...]
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
        (stored,) = (one for one in weights if one.removeprefix("transformer.") == name)
        weights[stored] = function(weights[stored]).contiguous()
        save_file(weights, file, {"format": "pt"})

    return change


def graph(kind: str, name: str) -> Callable[[Path], None]:
    """Changes the ONNX graph of the unchanged model: the epsilon of a norm, or a weight."""

    def change(folder: Path) -> None:
        shutil.copytree(files(ROOT / "fixtures" / folder.name), folder / "onnx")
        command = [environment_of("onnx-runtime.txt"), HERE / "planted_graph.py", folder / "onnx" / TAPS, kind, name]
        subprocess.run(command, check=True)

    return change


def zero(bias: Tensor) -> Tensor:
    """As if it were missing."""
    return bias * 0


GPT2 = (
    Bug(
        "norm",
        "default epsilon",
        "tiny-gpt2",
        setting("layer_norm_epsilon", 1e-5),
        ("h.0.ln_1",),
        "epsilon is 1e-5",
    ),
    Bug("norm", "no bias", "tiny-gpt2", weight("h.1.ln_2.bias", zero), ("h.1.ln_2", "logits"), "bias"),
    Bug("linear", "no bias", "tiny-gpt2", weight("h.0.mlp.c_fc.bias", zero), ("h.0.mlp.c_fc", "logits"), "bias"),
    Bug(
        "linear",
        "transposed",
        "tiny-gpt2",
        weight("h.1.attn.c_proj.weight", lambda matrix: matrix.T),
        ("h.1.attn.c_proj", "logits"),
    ),
    Bug("activation", "erf, not tanh", "tiny-gpt2", setting("activation_function", "gelu"), ("h.0.mlp.act",), "GELU"),
    Bug("position", "one too far", "tiny-gpt2", weight("wpe.weight", lambda w: w.roll(-1, 0)), ("wpe",), "position"),
)
WEIGHTS = tuple(replace(bug, model="storyteller") for bug in GPT2 if "logits" in bug.taps)
"""For CTranslate2, whose converter does not read the epsilon of GPT-2: a model with the default one."""
LLAMA = (
    Bug(
        "norm",
        "default epsilon",
        "tiny-llama",
        setting("rms_norm_eps", 1e-6),
        ("layers.0.input_layernorm",),
        "epsilon is 1e-6",
    ),
    Bug(
        "activation",
        "values halved",
        "tiny-llama",
        weight("model.layers.1.mlp.up_proj.weight", lambda w: w / 2),
        ("layers.1.mlp.up_proj", "layers.1.mlp"),
    ),
    Bug(
        "position",
        "another base",
        "tiny-llama",
        setting("rope_parameters.rope_theta", 500000.0),
        ("rotary_emb", "layers.0.post_attention_layernorm"),
    ),
)
GRAPH = (
    Bug("norm", "default epsilon", "tiny-gpt2", graph("epsilon", "0"), ("h.0.ln_1",), "epsilon is 1e-5"),
    Bug("norm", "another epsilon", "tiny-gpt2", graph("epsilon", "3"), ("h.1.ln_2",), "epsilon is 1e-5"),
    Bug("linear", "transposed", "tiny-gpt2", graph("transposed", "h.1.attn.c_proj.weight"), ("h.1.attn.c_proj",)),
    Bug("linear", "no bias", "tiny-gpt2", graph("zero", "h.0.mlp.c_fc.bias"), ("h.0.mlp.c_fc",), "bias"),
)
ENGINES = {
    "touchstone-default": GPT2 + LLAMA,
    "hugging-face-eager": GPT2 + LLAMA,
    "hugging-face-sdpa": GPT2 + LLAMA,
    "equations-numpy": GPT2 + LLAMA,
    "jax-default": GPT2 + LLAMA,
    "tinygrad-default": GPT2 + LLAMA,
    "onnx-as-exported": GRAPH,
    "onnx-optimised": GRAPH,
    "openvino-float32": GRAPH,
    "ctranslate2-float32": WEIGHTS,
    "llama-cpp-f32-exact": LLAMA,
}
QUICK = ("touchstone-default", "hugging-face-eager", "equations-numpy")


def main() -> int:
    """Returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    wanted = [key for key in (QUICK if options.quick else ENGINES) if options.only in key]
    log = ROOT / "target" / "scoreboard" / "planted.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    unknown = set(ENGINES) - {entry.key for entry in ENTRIES}
    if unknown:
        raise ValueError(f"no engine is named {', '.join(unknown)}")
    wrong = 0
    for entry in (one for one in ENTRIES if one.key in wanted):
        bugs = ENGINES[entry.key]
        models = sorted({bug.model for bug in bugs})
        unchanged = [Bug("no bug", "unchanged", model, lambda folder: None, ()) for model in models]
        if entry.program is not None and shutil.which(entry.program) is None:
            print(f"{entry.key}: not run, because {entry.program} is not installed", flush=True)
            continue
        with Process(entry, 2, log) as process:
            results = [located(process, bug) for bug in (*unchanged, *bugs)]
        found = [result for result in results if result]
        for result in found:
            print(f"FAIL {entry.key}: {result}", flush=True)
        wrong += len(found)
        located_bugs = len(bugs) - sum(result is not None for result in results[len(unchanged) :])
        print(f"{entry.key}: {located_bugs} of {len(bugs)} planted bugs located", flush=True)
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
    present = {tap["tap"] for tap in comparison.taps}
    expected = next((tap for tap in bug.taps if tap in present), None)
    if comparison.first_wrong != expected:
        return f"{bug.model}, {bug.kind}, {bug.name}: found at {comparison.first_wrong}, expected {expected}"
    if bug.taps and expected == bug.taps[0] and bug.says not in said:
        return f"{bug.model}, {bug.kind}, {bug.name}: the diagnosis is “{said}”, expected “{bug.says}”"
    return None


if __name__ == "__main__":
    sys.exit(main())
