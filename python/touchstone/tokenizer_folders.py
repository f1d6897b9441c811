"""Folders of tokenizers with random settings in all files, and the ids and texts of `AutoTokenizer`."""

import json
import random
import tempfile
from pathlib import Path

from tokenizers import pre_tokenizers
from transformers import AutoTokenizer

Json = dict[str, object]

SEED = 18
FOLDERS = 400
END = "<|endoftext|>"
MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "l d", "Ġwor ld", "Ċ Ċ", "Ġ Ġ", "1 2"]
PIECES = ["▁ a", "h e", "l l", "he ll", "hell o", "▁ hello", "w or", "▁ wor", "▁ ▁", "o r"]
TEXTS = [
    "hello world",
    "  hello  12 \n\n e\u0301 ﬁ 中😀 don't , stop . it 's",
    "<s>hello</s> <|endoftext|> <pad><extra> <unk>x",
    "a<img>b <mask> [N]  worldhello▁world<madeupword0>",
    "",
]
NAMED = ["<s>", "</s>", END, "<unk>", "<pad>", "<extra>", "<img>", "<mask>", "[N]", "hello", "world"]
CONTENTS = [*NAMED, " a", "é"]
NAMES = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "mask_token", "image_token"]
CLASSES = [
    *["PreTrainedTokenizerFast", "TokenizersBackend", "BloomTokenizerFast", "MadeUpTokenizer"],
    *["GPT2Tokenizer", "GPT2TokenizerFast", "CodeGenTokenizer", "GPTNeoXTokenizerFast", "Qwen2Tokenizer"],
    *["LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer", "Qwen3_5Tokenizer", "XGLMTokenizer"],
]
READ_PARTS = ["GPT2Tokenizer", "CodeGenTokenizer", "GPTNeoXTokenizer", "Qwen2Tokenizer"]
TYPES = ["gpt2", "gptj", "gpt_neox", "bloom", "llama", "mistral", "qwen2", "qwen3", "gemma2", "opt", "xglm", "phi"]


def vocabulary(tokens: list[str]) -> dict[str, int]:
    """A vocabulary of these tokens, with ids 0, 1, 2, ..."""
    return {token: index for index, token in enumerate(dict.fromkeys(tokens))}


def merged(merges: list[str]) -> list[str]:
    """The tokens that result from merges."""
    return [merge.replace(" ", "") for merge in merges]


def bases() -> dict[str, Json]:
    """A `tokenizer.json` for each kind of tokenizer, by name."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    spm = ["<unk>", "<s>", "</s>", *[f"<0x{b:02X}>" for b in range(256)], *"▁helowrdab12.,'", *merged(PIECES)]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *"▁helowrdab12.,'", *merged(PIECES)]
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    words = ["<unk>", "hello", "world", "12", "a", ".", ",", "'", "s", "<s>"]
    models: dict[str, tuple[Json, Json, Json]] = {
        "bytes": (
            {"type": "BPE", "vocab": vocabulary([*letters, *merged(MERGES), "<s>"]), "merges": MERGES},
            byte_level,
            byte_level,
        ),
        "spaces": (
            {"type": "BPE", "vocab": vocabulary(spm), "merges": PIECES, "byte_fallback": True, "unk_token": "<unk>"},
            {**space, "split": False},
            space,
        ),
        "unigram": (
            {"type": "Unigram", "unk_id": 3, "vocab": [[token, -i / 8] for i, token in enumerate(pieces)]},
            space,
            space,
        ),
        "words": (
            {"type": "WordLevel", "vocab": vocabulary(words), "unk_token": "<unk>"},
            {"type": "Whitespace"},
            {"type": "WordPiece", "prefix": "##", "cleanup": False},
        ),
    }  # fmt: skip
    empty = dict.fromkeys(["truncation", "padding", "normalizer", "post_processor"])
    return {
        name: {
            "version": "1.0",
            **empty,
            "added_tokens": [],
            "pre_tokenizer": split,
            "decoder": decoder,
            "model": model,
        }
        for name, (model, split, decoder) in models.items()
    }


class Folder:
    """Generates the files of a random folder."""

    def __init__(self, rng: random.Random) -> None:
        """Uses this random number generator."""
        self.rng = rng

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self.rng.random() < share

    def flags(self) -> Json:
        """Random flags of an added token."""
        names = ["lstrip", "rstrip", "single_word", "normalized", "special"]
        return {name: self.chance(0.3) for name in names}

    def token(self, content: str, typed: bool = True) -> object:
        """A string, or a token with its settings. A few tokens lack their type, which is an error."""
        if self.chance(0.6):
            return content
        flags = self.flags()
        if not typed or self.chance(0.04):
            del flags["special"]
            return {"content": content, **flags}
        return {"__type": "AddedToken", "content": content, **flags}

    def some(self, count: int) -> list[str]:
        """At most `count` different contents of tokens."""
        return self.rng.sample(CONTENTS, self.rng.randrange(count + 1))

    def added(self) -> list[Json]:
        """The added tokens of `tokenizer.json`."""
        return [{"id": 300 + i, "content": content, **self.flags()} for i, content in enumerate(self.some(4))]

    def config(self) -> Json:
        """The file `tokenizer_config.json`."""
        rng, config = self.rng, {}
        if self.chance(0.75):
            config["tokenizer_class"] = rng.choice(CLASSES)
        for name in NAMES:
            if self.chance(0.3):
                config[name] = None if self.chance(0.1) else self.token(rng.choice(NAMED))
        if self.chance(0.3):
            config["additional_special_tokens"] = [self.token(content) for content in self.some(3)]
        if self.chance(0.2):
            some = [self.token(content) for content in self.some(3)]
            config["extra_special_tokens"] = dict(zip("xyz", some, strict=False)) if self.chance(0.5) else some
        for name in ("add_bos_token", "add_eos_token", "add_prefix_space", "split_special_tokens", "legacy",
                     "clean_up_tokenization_spaces"):  # fmt: skip
            if self.chance(0.25):
                config[name] = self.chance(0.6)
        if self.chance(0.35):
            ids = rng.sample(range(320), 13)
            config["added_tokens_decoder"] = {
                str(ids[i]): {"content": content, **self.flags()} for i, content in enumerate(self.some(5))
            }
        return config

    def files(self, base: str) -> Json:
        """The files of a folder; of `tokenizer.json` only what differs from its base."""
        files: Json = {}
        if self.chance(0.85):
            files["config.json"] = {"model_type": self.rng.choice(TYPES)}
            if self.chance(0.1):
                files["config.json"]["tokenizer_class"] = self.rng.choice(CLASSES)
        if self.chance(0.85):
            files["tokenizer_config.json"] = self.config()
        if self.chance(0.25):
            names = [*NAMES[:5], "odd_token"]
            files["special_tokens_map.json"] = {
                name: self.token(self.rng.choice(NAMED), typed=False) for name in names if self.chance(0.5)
            }
            if self.chance(0.4):
                files["special_tokens_map.json"]["additional_special_tokens"] = self.some(3)
            if self.chance(0.2):
                files["special_tokens_map.json"]["extra_special_tokens"] = [
                    self.token(content, typed=False) for content in self.some(2)
                ]
        if self.chance(0.2):
            files["added_tokens.json"] = {content: 290 + 2 * i for i, content in enumerate(self.some(3))}
        if base == "bytes" and self.chance(0.3):
            files["parts"] = True
        else:
            files["tokenizer.json"] = self.whole()
        return files

    def whole(self) -> Json:
        """The components of `tokenizer.json` that differ from the base."""
        parts: Json = {"added_tokens": self.added()}
        if self.chance(0.3):
            parts["post_processor"] = {
                "type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "x", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                "special_tokens": {"x": {"id": "x", "ids": [5], "tokens": ["x"]}},
            }
        if self.chance(0.2):
            parts["normalizer"] = self.rng.choice([{"type": "Lowercase"}, {"type": "NFKC"}])
        if self.chance(0.1):
            parts["padding"] = {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None,
                                "pad_id": 0, "pad_type_id": 0, "pad_token": "<pad>"}  # fmt: skip
        return parts


def write(folder: Path, base: Json, files: Json) -> None:
    """Writes the files of a folder."""
    for name, content in files.items():
        if name == "parts":
            model = base["model"]
            (folder / "vocab.json").write_text(json.dumps(model["vocab"]), encoding="utf-8")
            (folder / "merges.txt").write_text("\n".join(model["merges"]), encoding="utf-8")
        else:
            whole = {**base, **content} if name == "tokenizer.json" else content
            (folder / name).write_text(json.dumps(whole), encoding="utf-8")


def is_qwen_with_generic_class(files: Json) -> bool:
    """Whether a folder of Qwen2 names a generic class, for which Touchstone uses `tokenizer.json` unchanged."""
    configs = [files.get("tokenizer_config.json", {}), files.get("config.json", {})]
    names = [config["tokenizer_class"] for config in configs if "tokenizer_class" in config]
    qwen = configs[1].get("model_type") == "qwen2"
    return qwen and bool(names) and names[0] in ("PreTrainedTokenizerFast", "TokenizersBackend")


def record(base: Json, files: Json, rng: random.Random) -> Json:
    """The results of `AutoTokenizer` for a folder, or its error."""
    ids = [[rng.randrange(330) for _ in range(8)] for _ in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), base, files)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            if "parts" in files and type(tokenizer).__name__ not in READ_PARTS:
                return {"error": "has only the special tokens in its vocabulary"}
            return {
                "class": type(tokenizer).__name__,
                "encoded": [tokenizer.encode(text) for text in TEXTS],
                "templated": tokenizer.encode(TEXTS[2], add_special_tokens=False),
                "ids": ids,
                "decoded": [tokenizer.decode(sequence) for sequence in ids],
            }
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}".replace(folder, "...")[:200]}


def tokenizer_folders() -> list[Json]:
    """First {seed, texts, bases}, then the records of the folders."""
    rng = random.Random(SEED)
    named = bases()
    entries: list[Json] = [{"seed": SEED, "texts": TEXTS, "bases": named}]
    while len(entries) <= FOLDERS:
        base = rng.choice(list(named))
        files = Folder(rng).files(base)
        plain = "parts" in files and not {"config.json", "tokenizer_config.json"} & files.keys()
        if not plain and not is_qwen_with_generic_class(files):
            entries.append({"base": base, "files": files, **record(named[base], files, rng)})
    return entries
