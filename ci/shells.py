"""Tests Touchstone in a terminal: completion in bash and zsh, colours, and the progress bar.

Needs bash, zsh, and the model that ci/real-model.sh writes, which takes long enough to load to show a progress bar.
Needs no Python packages.
"""

import re
import subprocess
import sys
import tempfile

from terminal import ROOT, Terminal

LARGE = ROOT / "target" / "real-models" / "SmolLM2-135M-Instruct"
CONTROL = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])|[\r\x07]")
SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
ENABLE_COMPLETION = {
    "bash": 'eval "$(./touchstone completion)"',  # the bash of macOS is too old for `source <(...)`
    "zsh": "PS1='> '; autoload -U compinit && compinit -u; source <(./touchstone completion)",
}


def completes(shell: str, home: str) -> None:
    """The tab key completes commands, options, values and files."""
    terminal = Terminal(SHELLS[shell], HOME=home)
    terminal.type(f"{ENABLE_COMPLETION[shell]}; echo rea''dy\n")
    terminal.read(lambda seen: "\nready" in CONTROL.sub("", seen).replace("\r", ""))
    for typed, becomes in (
        ("./touchstone gen", "./touchstone generate "),
        ("./touchstone summary --mod", "./touchstone summary --model "),
        ("./touchstone generate --kernels v", "./touchstone generate --kernels vector "),
        ("./touchstone parity fixtures/sto", "./touchstone parity fixtures/storyteller"),
    ):
        terminal.type(typed + "\t")
        terminal.read(lambda seen, becomes=becomes: becomes in CONTROL.sub("", seen))
        terminal.type("\x15")  # Ctrl-U deletes the line
        print(f"ok   {shell}: {typed} becomes {becomes}", flush=True)
    terminal.close()


def printed(command: str, **environment: str) -> str:
    """Everything that a command prints in a terminal."""
    terminal = Terminal(["bash", "-c", command], **environment)
    text = "".join(text for _, text in terminal.read())
    terminal.close()
    return text


def check(what: str, right: bool, seen: str) -> None:
    """Prints a line if the check passed, else exits with an error."""
    if not right:
        sys.exit(f"FAIL {what}: {seen!r}")
    print(f"ok   {what}", flush=True)


def main() -> None:
    """Runs all tests."""
    subprocess.run([ROOT / "touchstone", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds it if necessary
    with tempfile.TemporaryDirectory() as home:
        for shell in SHELLS:
            completes(shell, home)
    story = './touchstone generate --prompt "Once" --max-new-tokens 2'
    seen = printed(story)
    check("colours on a terminal", "\x1b[1mOnce\x1b[0m" in seen, seen)
    for what, seen in (
        ("no colour with NO_COLOR", printed(story, NO_COLOR="1")),
        ("no colour on a dumb terminal", printed(story, TERM="dumb")),
        ("no colour in a pipe", printed(f"{story} | cat")),
    ):
        check(what, "Once" in seen and "\x1b" not in seen, seen)
    load = f"./touchstone generate --model {LARGE} --prompt Once --max-new-tokens 1"
    for what, seen, bar in (
        ("a progress bar on standard error", printed(f"{load} >/dev/null"), True),
        ("no progress bar with --quiet", printed(f"{load} --quiet"), False),
        ("no progress bar if standard error is not a terminal", printed(f"{load} 2>&1 | cat"), False),
    ):
        check(what, ("loading" in seen) == bar and "error" not in seen, seen)


if __name__ == "__main__":
    main()
