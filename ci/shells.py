"""Sits at a terminal as a person would: presses the tab key in bash and in zsh, looks for colours and the progress bar.

Needs bash, zsh, and the model that ci/real-model.sh makes, which is large enough for a bar. No package.
"""

import re
import subprocess
import sys
import tempfile

from terminal import ROOT, Terminal

LARGE = ROOT / "target" / "real-models" / "SmolLM2-135M-Instruct"
UNSEEN = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])|[\r\x07]")
SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
LEARN = {
    "bash": 'eval "$(./touchstone completion)"',  # macOS's own bash is too old for what zsh needs
    "zsh": "PS1='> '; autoload -U compinit && compinit -u; source <(./touchstone completion)",
}


def completes(shell: str, home: str) -> None:
    """The tab key completes commands, options, values and files."""
    terminal = Terminal(SHELLS[shell], HOME=home)
    terminal.type(f"{LEARN[shell]}; echo rea''dy\n")
    terminal.read(lambda seen: "\nready" in UNSEEN.sub("", seen).replace("\r", ""))
    for typed, becomes in (
        ("./touchstone gen", "./touchstone generate "),
        ("./touchstone summary --mod", "./touchstone summary --model "),
        ("./touchstone generate --kernels v", "./touchstone generate --kernels vector "),
        ("./touchstone parity fixtures/sto", "./touchstone parity fixtures/storyteller"),
    ):
        terminal.type(typed + "\t")
        terminal.read(lambda seen, becomes=becomes: becomes in UNSEEN.sub("", seen))
        terminal.type("\x15")  # Ctrl-U: takes the line away
        print(f"ok   {shell}: {typed} becomes {becomes}", flush=True)
    terminal.close()


def printed(command: str, **environment: str) -> str:
    """All that a command prints in a terminal."""
    terminal = Terminal(["bash", "-c", command], **environment)
    everything = "".join(text for _, text in terminal.read())
    terminal.close()
    return everything


def check(what: str, right: bool, seen: str) -> None:
    """Says so, or ends here."""
    if not right:
        sys.exit(f"FAIL {what}: {seen!r}")
    print(f"ok   {what}", flush=True)


def main() -> None:
    """Looks at all of it."""
    subprocess.run([ROOT / "touchstone", "--version"], check=True, stdout=subprocess.DEVNULL)  # builds it if need be
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
    load = f"./touchstone tokenize --model {LARGE} Once"
    for what, seen, bar in (
        ("a progress bar on standard error", printed(f"{load} >/dev/null"), True),
        ("none with --quiet", printed(f"{load} --quiet"), False),
        ("none where standard error is no terminal", printed(f"{load} 2>&1 | cat"), False),
    ):
        check(what, ("loading" in seen) == bar and "error" not in seen, seen)


if __name__ == "__main__":
    main()
