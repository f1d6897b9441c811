"""Compares with llama.cpp, from the package that python/requirements-llama-cpp.txt pins.

check [--write]               blocks of all quantised types and all GGUF models of fixtures/; --write makes new blocks
errors FIXTURE FILE           errors of the logits of a GGUF file in llama.cpp, Touchstone and PyTorch, as JSON
convert FOLDER FILE TYPE      a Hugging Face folder as a GGUF file whose matrices llama.cpp quantises, such as to Q4_K
serve FILE THREADS            an engine of the benchmarks in src/test/java/dev/touchstone/bench, as python/bench.py
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM

from touchstone.gguf_conversion import convert
from touchstone.gguf_list import GGUF_MODELS
from touchstone.gguf_metadata import write_metadata
from touchstone.gguf_models import original_model, write_file
from touchstone.goldens import read_golden
from touchstone.llama_cpp import Library, Model

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
BLOCKS = FIXTURES / "gguf-llama-cpp.json"
TYPES = ("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4")
ARCHITECTURES = {entry.model_type: entry.architecture for entry in GGUF_MODELS.values()}
LARGEST_ERROR = 0.1
"""llama.cpp rounds activations to 8 bits and sums in other orders. A wrong layout gives errors around 1."""
UNKNOWN_TO_LLAMA_CPP = ("gptj", "command-r-norms", "deepseek2-groups")
"""An architecture, norms of heads that llama.cpp reads in models of 64 layers or more only, and queries of DeepSeek-V2
without a latent, which it reads in models of 26, 27 or 48 layers only. It also chooses the groups of DeepSeek-V2 by the
sum of the two best experts, as those of V3."""
WITHOUT_WINDOW = ("mistral", "phi3")
"""Model types whose window llama.cpp does not use."""
CONTEXT = 1024
VOCABULARY = 49152
"""At most the vocabulary of every model of the benchmarks."""


def main() -> int:
    """Runs a command; returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = arguments.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("--write", action="store_true")
    for name, words in (("errors", ("fixture", "file")), ("convert", ("folder", "file")), ("serve", ("file",))):
        command = commands.add_parser(name)
        for word in words:
            command.add_argument(word, type=Path)
        if name == "convert":
            command.add_argument("type", choices=("F32", "F16", "BF16", *TYPES))
        if name == "serve":
            command.add_argument("threads", type=int)
    options = arguments.parse_args()
    transformers.logging.set_verbosity_error()
    library = Library()
    match options.command:
        case "check":
            return check(library, write=options.write)
        case "errors":
            print(json.dumps(errors(library, options.fixture, options.file), indent=2))
        case "convert":
            convert_folder(library, options.folder, options.file, Type[options.type])
        case "serve":
            serve(library, options.file, options.threads)
    return 0


def check(library: Library, *, write: bool) -> int:
    """Checks blocks and models; prints a line for each and returns the exit code."""
    if write:
        lines = ",\n".join(json.dumps(block_entry(library, name)) for name in TYPES)
        BLOCKS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    entries = json.loads(BLOCKS.read_text(encoding="utf-8"))
    wrong = [entry["type"] for entry in entries if not same_values(library, entry)]
    exceptions = wrong or "none"
    print(f"{len(entries)} types: llama.cpp de-quantises its blocks as the package gguf does, except for {exceptions}")
    for name in GGUF_MODELS:
        if name in UNKNOWN_TO_LLAMA_CPP:
            print(f"{name}: llama.cpp has no such model")
            continue
        error = model_error(library, name)
        print(f"{name}: llama.cpp's logits differ from the expected ones by {error:.3f}")
        if not error < LARGEST_ERROR:
            wrong.append(name)
    return 1 if wrong else 0


def block_entry(library: Library, name: str) -> dict[str, str]:
    """Eight rows that llama.cpp quantised, and the digest of its values."""
    kind = Type[name]
    weight = np.random.default_rng(kind.value).normal(scale=0.1, size=(8, 256)).astype(np.float32)
    stored = library.quantise(weight, kind)
    return {"type": name, "blocks": stored.tobytes().hex(), "sha256": digest(library.values(stored, kind))}


def same_values(library: Library, entry: dict[str, str]) -> bool:
    """Whether llama.cpp and the package gguf de-quantise blocks to the values of an entry."""
    kind = Type[entry["type"]]
    stored = np.frombuffer(bytes.fromhex(entry["blocks"]), dtype=np.uint8).reshape(8, -1)
    values = (library.values(stored, kind), gguf.quants.dequantize(stored, kind))
    return [digest(one) for one in values] == 2 * [entry["sha256"]]


def digest(values: np.ndarray) -> str:
    """The SHA-256 of float32 values, little-endian."""
    return hashlib.sha256(values.astype("<f4").tobytes()).hexdigest()


def model_error(library: Library, name: str) -> float:
    """The error of llama.cpp's logits for a GGUF model of the fixtures, relative to the expected logits."""
    record = json.loads((FIXTURES / f"gguf-{name}.json").read_text(encoding="utf-8"))
    ids = record["ids"]
    if record["config"].get("sliding_window") and record["config"]["model_type"] in WITHOUT_WINDOW:
        ids = ids[: record["config"]["sliding_window"]]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.gguf"
        write_file(file, GGUF_MODELS[name], original_model(GGUF_MODELS[name]), vocabulary=True)
        model = Model(library, file, len(ids), threads=1)
        found = model.append(ids, logits=True)
        model.close()
    expected = np.array(record["logits"][: len(ids)])
    return float(np.sqrt(np.mean((found - expected) ** 2) / np.mean(expected**2)))


def errors(library: Library, fixture: Path, file: Path) -> dict[str, object]:
    """Errors against the de-quantised model in float64, whose logits the fixture has. `ratio` is that to PyTorch's."""
    ids, single, double = read_golden(fixture / "goldens" / "text.safetensors")
    truth = double["logits"].numpy()
    model = Model(library, file, CONTEXT, threads=2)
    engines = {
        "Touchstone": touchstone_logits(file, ids),
        "PyTorch": single["logits"].numpy(),
        "llama.cpp": model.append(ids, logits=True),
    }
    model.close()
    return {"tokens": len(ids), "engines": {name: error(found, truth) for name, found in engines.items()}}


def touchstone_logits(file: Path, ids: list[int]) -> np.ndarray:
    """The logits of the command trace. (T, V)"""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "taps.safetensors"
        words = ("trace", "--quiet", "--model", str(file), "--prompt-ids", ",".join(map(str, ids)), "--out", str(out))
        subprocess.run([str(ROOT / "touchstone"), *words], check=True)
        return load_file(out)["logits"]


def error(found: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Relative errors of logits, of log-probabilities, and how often the most likely token is another."""
    difference = found.astype(np.float64) - truth
    probabilities = [torch.from_numpy(logits.astype(np.float64)).log_softmax(-1) for logits in (truth, found)]
    divergence = (probabilities[0].exp() * (probabilities[0] - probabilities[1])).sum(-1).mean().item()
    return {
        "rms": float(np.sqrt(np.mean(difference**2) / np.mean(truth**2))),
        "largest": float(np.abs(difference).max() / np.abs(truth).max()),
        "divergence": divergence,
        "other_token": float(np.mean(found.argmax(-1) != truth.argmax(-1))),
    }


def convert_folder(library: Library, folder: Path, file: Path, kind: Type) -> None:
    """Writes a GGUF file without a tokenizer. Matrices whose rows are no multiple of a block stay in float32."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    config = model.config
    architecture = ARCHITECTURES[config.model_type]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    writer = gguf.GGUFWriter(file, gguf.MODEL_ARCH_NAMES[architecture], use_temp_file=True)
    write_metadata(writer, config)
    writer.add_vocab_size(config.vocab_size)
    writer.add_token_list([f"t{i}" for i in range(config.vocab_size)])
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        stored, _ = convert(architecture, config, name, weight.numpy())
        known = name.removeprefix("transformer.") if config.model_type == "bloom" else name
        stored_name = names.get_name(known, try_suffixes=(".weight", ".bias"))
        data, used = quantised(library, stored, kind if "position_embd" not in stored_name else Type.F32)
        writer.add_tensor(stored_name, data, raw_dtype=used)
    if (getattr(config, "rope_parameters", None) or {}).get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", frequency_divisors(model))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def frequency_divisors(model: transformers.PreTrainedModel) -> np.ndarray:
    """What divides each frequency of the rotary embedding. (R / 2)"""
    scaled = model.model.rotary_emb.inv_freq.double()
    channels = torch.arange(0, 2 * len(scaled), 2, dtype=torch.float64)
    plain = model.config.rope_parameters["rope_theta"] ** -(channels / (2 * len(scaled)))
    return (plain / scaled).float().numpy()


def quantised(library: Library, weight: np.ndarray, kind: Type) -> tuple[np.ndarray, Type]:
    """A matrix in a type, and the type that it has then."""
    if weight.ndim == 1 or weight.shape[1] % gguf.GGML_QUANT_SIZES[kind][0] != 0 or kind is Type.F32:
        return weight, Type.F32
    if kind in (Type.F16, Type.BF16):
        return gguf.quants.quantize(weight, kind), kind
    return library.quantise(weight, kind), kind


def serve(library: Library, file: Path, threads: int) -> None:
    """Runs the commands on standard input and prints the seconds of each."""
    start = time.perf_counter()
    model = Model(library, file, CONTEXT, threads)
    answer([time.perf_counter() - start])
    for line in sys.stdin:
        model.clear()
        match line.split():
            case ["prefill", tokens]:
                answer([seconds(model, 0, int(tokens))])
            case ["decode", past, steps]:
                seconds(model, 0, int(past))
                answer([seconds(model, int(past) + step, 1) for step in range(int(steps))])
            case ["memory"]:
                status = Path("/proc/self/status").read_text(encoding="utf-8")
                line = next(line for line in status.split("\n") if line.startswith("VmHWM:"))
                answer([int(line.split()[1]) * 1024e-6])


def seconds(model: Model, past: int, count: int) -> float:
    """Seconds to append tokens, the same as in Prompt.java, and to get the logits of the last."""
    ids = [i * 7919 % VOCABULARY for i in range(past, past + count)]
    start = time.perf_counter()
    model.append(ids, logits=False)
    return time.perf_counter() - start


def answer(numbers: list[float]) -> None:
    """Prints one line of numbers."""
    print(" ".join(f"{number:.6f}" for number in numbers), flush=True)


if __name__ == "__main__":
    sys.exit(main())
