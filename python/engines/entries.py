"""The engines and settings of the scoreboard, and the environments that they run in."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEW_JAVA = 20
"""What Jlama needs."""
HERE = Path(__file__).resolve().parent
ENVIRONMENTS = ROOT / "target" / "engines"


@dataclass(frozen=True)
class Entry:
    """One row of the scoreboard: a program, a setting of it, and the file in requirements/ with its packages.

    Without such a file it runs in the environment of the repository, which has Hugging Face's packages.
    """

    script: str
    setting: str = "default"
    requirements: str | None = None
    quick: bool = False
    """Whether it is part of the short run."""
    threads_at_start: bool = False
    """Whether a process cannot change its number of threads."""
    type: str = "float32"
    """The type in which it computes or keeps weights, for the table."""
    too_slow: tuple[str, ...] = ()
    """The models that take it more than ten minutes, which are left out."""
    program: str | None = None
    """A program that it runs and that its packages do not contain."""

    @property
    def key(self) -> str:
        """A name that is unique and can be part of a file's."""
        stem = Path(self.script).stem.replace("_page", "").replace("_engine", "").replace("_runtime", "")
        return f"{stem.replace('_', '-').lower().removesuffix('engine')}-{self.setting.lower()}"


ENTRIES = (
    Entry("TouchstoneEngine.java", quick=True),
    Entry("hugging_face.py", "eager", quick=True),
    Entry("hugging_face.py", "sdpa", quick=True),
    Entry("hugging_face.py", "static-cache"),
    Entry("hugging_face.py", "left-padding", quick=True),
    Entry("hugging_face.py", "batch-of-8"),
    Entry("hugging_face.py", "compile"),
    Entry("hugging_face.py", "autocast", type="bfloat16"),
    Entry("hugging_face.py", "bfloat16", quick=True, type="bfloat16"),
    Entry("hugging_face.py", "float16", type="float16"),
    Entry("onnx_runtime.py", "as-exported", "onnx-runtime.txt"),
    Entry("onnx_runtime.py", "optimised", "onnx-runtime.txt"),
    Entry("onnx_runtime.py", "int8", "onnx-runtime.txt", type="int8"),
    Entry("openvino_runtime.py", "default", "openvino.txt"),
    Entry("openvino_runtime.py", "float32", "openvino.txt"),
    Entry("openvino_runtime.py", "float16", "openvino.txt", type="float16"),
    Entry("ctranslate2_engine.py", "float32", "ctranslate2.txt"),
    Entry("ctranslate2_engine.py", "int8", "ctranslate2.txt", type="int8"),
    Entry("jax_page.py", "default", "jax.txt", quick=True, threads_at_start=True),
    Entry("equations.py", "numpy", quick=True, threads_at_start=True),
    Entry(
        "tinygrad_page.py",
        "default",
        "tinygrad.txt",
        threads_at_start=True,
        too_slow=("SmolLM2-135M-Instruct",),
        program="clang",
    ),
    Entry("JlamaEngine.java", "default", "jlama.xml", threads_at_start=True),
    Entry("llama_cpp_engine.py", "F32", quick=True),
    Entry("llama_cpp_engine.py", "F32-exact"),
    Entry("llama_cpp_engine.py", "F16", type="float16"),
    Entry("llama_cpp_engine.py", "Q8_0", quick=True, type="8 bits"),
)


def command(entry: Entry) -> list[str]:
    """What starts the engine; creates its environment first if it does not exist."""
    script = str(HERE / entry.script)
    if entry.program is not None and shutil.which(entry.program) is None:
        raise OSError(f"it needs {entry.program}, which is not installed")
    if entry.script.endswith(".java"):
        java, classes = ("java", ROOT / "target" / "touchstone.jar") if entry.requirements is None else maven(entry)
        return [java, "--add-modules", "jdk.incubator.vector", "-cp", str(classes), script]
    return [environment(entry), script]


def maven(entry: Entry) -> tuple[str, str]:
    """A new Java, and the jars of an entry, which Maven copies into a folder."""
    javas = [Path("java"), *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]
    versions = {java: java_version(java) for java in javas}
    newest = max(versions, key=versions.get)
    if versions[newest] < NEW_JAVA:
        raise OSError(f"it needs Java {NEW_JAVA} or later, found {versions[newest]}")
    wanted = HERE / "requirements" / entry.requirements
    folder = ENVIRONMENTS / wanted.stem
    stamp = folder / wanted.name
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        copy = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", wanted, *copy], check=True, stdout=sys.stderr)
        stamp.write_bytes(wanted.read_bytes())
    return str(newest), f"{folder}/*"


def java_version(java: Path) -> int:
    """The feature version."""
    done = subprocess.run([java, "--version"], capture_output=True, encoding="utf-8", check=True)
    return int(re.search(r" (\d+)", done.stdout).group(1))


def environment(entry: Entry) -> str:
    """The Python of an entry."""
    return sys.executable if entry.requirements is None else environment_of(entry.requirements)


def environment_of(requirements: str) -> str:
    """The Python with these packages. The stamp is the file that was installed, so a new version is installed anew."""
    wanted = HERE / "requirements" / requirements
    folder = ENVIRONMENTS / wanted.stem
    python, stamp = folder / "bin" / "python", folder / requirements
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        install = [*uv, "pip", "install", "--quiet", "--python", python, "--requirement", wanted]
        subprocess.run(install, check=True)
        stamp.write_bytes(wanted.read_bytes())
    return str(python)
