"""Runs the checks of each client, in the environments that ci/clients.sh made, against two servers.

One server has the included model, the other SmolLM2-135M-Instruct with a chat template that asks for calls of functions
as Hermes and Qwen write them. The argument is the folder of the environments.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from serving import ROOT, serving, smollm2

STORYTELLER = ROOT / "fixtures" / "storyteller"
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def main() -> None:
    """Runs all checks; fails at the first that fails."""
    environments = Path(sys.argv[1]).absolute()
    model = smollm2()
    if model is None:
        sys.exit("SmolLM2-135M-Instruct is missing; run ci/real-model.sh")
    template = HERE / "tools.jinja"
    with (
        serving("--log", "off") as text,
        serving("--log", "off", "--model", model, "--template", template) as chat,
    ):
        readme(environments / "openai" / "bin" / "python", text)
        check(environments / "openai" / "bin" / "python", HERE / "check_openai.py", text, chat)
        check("node", HERE / "check_openai.mjs", environments / "npm", text, chat)
        check(environments / "litellm" / "bin" / "python", HERE / "check_litellm.py", text, chat)
        check(environments / "lm-eval" / "bin" / "python", HERE / "check_lm_eval.py", text, STORYTELLER)


def readme(python: Path, address: str) -> None:
    """Runs the README's program as it is printed there, except for the server's address."""
    (program,) = re.findall(r"```python\n(from openai .*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert "http://localhost:8080/" in program
    program = program.replace("http://localhost:8080/", f"{address}/")
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == ", who was standing by the", f"the README's program printed {done.stdout!r}: {done.stderr}"
    print("ok   the README's Python program", flush=True)


def check(*command: object) -> None:
    """Runs one check in the folder of the tasks."""
    subprocess.run(list(map(str, command)), check=True, cwd=HERE / "tasks", env={**os.environ, **OFFLINE}, timeout=180)


if __name__ == "__main__":
    main()
