"""The provenance of a fixture: what is needed to write it again. It is the same in every run."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

import torch

PYTHON = Path(__file__).parent.parent
PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy")
THREADS = 1


def provenance(command: str) -> dict[str, object]:
    """The command, versions, threads, the instruction set that PyTorch uses, and the SHA-256 of each script."""
    scripts = sorted([*PYTHON.glob("*.py"), *PYTHON.glob("touchstone/*.py")])
    return {
        "command": command,
        "versions": {"python": platform.python_version()} | {package: version(package) for package in PACKAGES},
        "threads": THREADS,
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "scripts_sha256": {str(path.relative_to(PYTHON.parent)): _sha256(path) for path in scripts},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
