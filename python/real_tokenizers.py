"""What transformers makes of thousands of texts with real tokenizers, and how long it takes.

python python/real_tokenizers.py FOLDER   FOLDER has a folder for each tokenizer
"""

import hashlib
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from touchstone.chats import chats
from touchstone.fixtures import write_json
from touchstone.stories import STORIES
from touchstone.tokens import texts

SEED = 18
TEXTS = 2000
DECODED = 1000
CHECKSUMS = Path(__file__).parent.parent / "ci" / "real-tokenizers.sha256"
SOURCES = Path(__file__).parent.parent / "src" / "main" / "java"
ALPHABETS = [
    (0x20, 0x7F),
    (0x00, 0x20),
    (0x80, 0x250),
    (0x250, 0x3000),
    (0x3000, 0x3100),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A4),
    (0xFE00, 0x10000),
    (0x1F300, 0x1FAFF),
    (0x10000, 0x110000),
]


def corpus() -> str:
    """English text, then Java sources: a million characters."""
    java = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.rglob("*.java")))
    return STORIES.read_text(encoding="utf-8")[:500_000] + java[:500_000]


def characters(rng: random.Random) -> str:
    """Random characters, mostly of one alphabet at a time."""
    first, last = rng.choice(ALPHABETS)
    codes = [rng.randrange(first, last) for _ in range(rng.randrange(1, 12))]
    return "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)


def fragment(rng: random.Random, whole: str, tokens: list[str]) -> str:
    """Part of a random text."""
    at = rng.randrange(len(whole))
    kinds: list[Callable[[], str]] = [
        lambda: whole[at : at + rng.randrange(80)],
        lambda: characters(rng),
        lambda: rng.choice(tokens),
        lambda: rng.choice(" \n\t\r\u00a0\u3000'") * rng.randrange(1, 9),
        lambda: str(rng.randrange(10 ** rng.randrange(1, 12))),
    ]
    return rng.choice(kinds)()


def random_texts(tokenizer: PreTrainedTokenizerBase, rng: random.Random, whole: str) -> list[str]:
    """Texts of several fragments each, with tokens of the tokenizer among them."""
    added = [token.content for token in tokenizer.added_tokens_decoder.values()]
    tokens = [*rng.sample(sorted(tokenizer.get_vocab()), 500), *added[:200]]
    return ["".join(fragment(rng, whole, tokens) for _ in range(rng.randrange(1, 7))) for _ in range(TEXTS)]


def seconds(action: Callable[[], object]) -> float:
    """The shortest of three runs."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def write(folder: Path, whole: str) -> None:
    """Writes the expected results of one tokenizer."""
    start = time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    loaded = time.perf_counter() - start
    rng = random.Random(SEED)
    entries: list[dict[str, object]] = []
    for text in [*texts(), " " * 20_000, "a" * 5_000, *random_texts(tokenizer, rng, whole)]:
        ids = tokenizer.encode(text, verbose=False)
        entries.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids)})
    for _ in range(DECODED):
        ids = [rng.randrange(len(tokenizer) + 20) for _ in range(rng.randrange(1, 30))]
        entries.append({"ids": ids, "decoded": tokenizer.decode(ids)})
    write_json(folder / "expected.json", entries)
    encoded = seconds(lambda: tokenizer.backend_tokenizer.encode(whole))
    write_json(folder / "times.json", {"load": loaded, "encode": encoded})
    if tokenizer.chat_template:
        write_json(folder / "chats.json", chats(tokenizer))
        (folder / "config.json").write_text("{}\n", encoding="utf-8")  # which makes it a fixture
    print(f"{folder.name}: {type(tokenizer).__name__}, {len(entries)} texts", flush=True)


def main() -> None:
    """Writes the expected results beside each tokenizer."""
    logging.set_verbosity_error()
    root = Path(sys.argv[1])
    for line in CHECKSUMS.read_text(encoding="utf-8").splitlines():
        checksum, name = line.split()
        if hashlib.sha256((root / name).read_bytes()).hexdigest() != checksum:
            sys.exit(
                f"{root / name}: its SHA-256 is not the one in {CHECKSUMS.name}; delete its folder to fetch it again"
            )
    whole = corpus()
    (root / "corpus.json").write_text(json.dumps(whole), encoding="utf-8")
    for folder in sorted(path.parent for path in root.glob("*/tokenizer.json")):
        write(folder, whole)


if __name__ == "__main__":
    main()
