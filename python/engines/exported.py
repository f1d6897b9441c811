"""Models in the formats of other engines, which are converted once and kept.

`files(FOLDER)` returns a model in ONNX, with every tap as an output, and once more with the logits only. The files are
written by `python exported.py FOLDER OUT` in the environment of ONNX Runtime. Engines that read them need no PyTorch.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from entries import ENVIRONMENTS, environment_of

EXPORTS = ENVIRONMENTS / "exports"
TAPS, LOGITS, NAMES = "taps.onnx", "logits.onnx", "names.json"


def files(folder: Path) -> Path:
    """A folder with TAPS, LOGITS and NAMES, the names of the outputs of TAPS; that in `folder`/onnx if there is one."""
    if (folder / "onnx").is_dir():
        return folder / "onnx"

    def write(out: Path) -> None:
        python = environment_of("onnx-runtime.txt")
        subprocess.run([python, __file__, str(folder), str(out)], check=True, stdout=sys.stderr)

    return kept(folder, "onnx", write)


def kept(folder: Path, name: str, write: Callable[[Path], None]) -> Path:
    """A file or folder that `write` makes of a model, once. The name of its folder depends on the model's contents."""
    stored = hashlib.sha256((folder / "config.json").read_bytes())
    for file in sorted(folder.glob("model*.safetensors")):
        stored.update(file.read_bytes())
    home = EXPORTS / f"{folder.name}-{stored.hexdigest()[:12]}"
    if not (home / name).exists():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as work:
            write(Path(work) / name)
            (Path(work) / name).rename(home / name)
    return home / name


def export(folder: Path, out: Path) -> None:
    """Writes the files."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

    import torch
    import transformers
    from transformers import AutoModelForCausalLM

    from touchstone.taps import recording

    transformers.utils.logging.disable_progress_bar()
    # Eager attention, because its scores and probabilities are tensors.
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    names: list[str] = []

    class WithTaps(torch.nn.Module):
        """(1, T) -> a tuple of all taps, without the batch axis."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
            with recording(self.model) as taps:
                self.model(ids, use_cache=False)
            names[:] = taps
            return tuple(tap.clone() for tap in taps.values())  # an exported graph returns no tensor twice

    class LogitsOnly(torch.nn.Module):
        """(B, T) -> (B, T, V)"""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return self.model(ids, use_cache=False).logits

    out.mkdir(parents=True, exist_ok=True)
    ids = torch.arange(9)[None]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        for module, example, axes, name in (
            (WithTaps(), ids, {1: "T"}, TAPS),
            (LogitsOnly(), ids.repeat(2, 1), {0: "B", 1: "T"}, LOGITS),
        ):
            torch.onnx.export(
                module,
                (example,),
                out / name,
                input_names=["ids"],
                dynamic_shapes={"ids": axes},
                dynamo=True,
                optimize=False,
                external_data=False,
                verbose=False,
            )
    (out / NAMES).write_text(json.dumps(names), encoding="utf-8")


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
