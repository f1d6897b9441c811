"""Writes GGUF files that contain only a tokenizer, with the token ids that Hugging Face's library gives.

Byte-level BPE has the vocabulary of the storyteller and tokens of several words, under each kind of pre-tokenizer.
SentencePiece has a small vocabulary with scores, from which the merges are derived.
"""

import json
import tempfile
from pathlib import Path

import gguf
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer
from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS
from transformers.tokenization_utils_base import generate_merges

from touchstone.stories import read_stories
from touchstone.tokens import texts

END = "<|endoftext|>"
CONTROL, NORMAL, BYTE, UNKNOWN = 3, 1, 6, 2
BLOOM = " ?[^(\\s|[.,!?…。，、।۔،])]+"
"""The pattern in the tokenizer.json of BLOOM. GGUF_PRE_TOKENIZER_SPLITS has those of other names."""

SPLITS = {
    name: GGUF_PRE_TOKENIZER_SPLITS[name] for name in ("llama-bpe", "qwen2", "tekken", "dbrx", "gpt-4o", "llama4")
}
DEEPSEEK_V3 = (
    "\\p{N}{1,3}",
    "[一-龥぀-ゟ゠-ヿ]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
)
"""The patterns in the tokenizer.json of DeepSeek-V3, one after another."""
SPLITS |= {"bloom": BLOOM, "stablelm2": SPLITS["qwen2"]}
NORMALIZED = ("qwen2", "stablelm2", "mpt", "command-r")
"""Names of models whose tokenizer normalizes to NFC: Qwen 2; GPT-NeoX, which MPT, OLMo and Pythia have."""
PIECES = 500


def write_gguf_tokenizers(fixtures: Path) -> list[dict[str, object]]:
    """Writes the two files; returns the expected ids, an entry for each pre-tokenizer and one for SentencePiece."""
    byte_level = write_byte_level(fixtures / "gguf-byte-level.gguf")
    return [*byte_level, write_sentencepiece(fixtures / "gguf-sentencepiece.gguf")]


def write_byte_level(path: Path) -> list[dict[str, object]]:
    """The storyteller's tokenizer with other pre-tokenizers."""
    source = AutoTokenizer.from_pretrained(path.parent / "storyteller").backend_tokenizer
    vocabulary = sorted(source.get_vocab(), key=source.get_vocab().get)
    merges = [tuple(merge.split(" ")) for merge in read_merges(path.parent / "storyteller" / "merges.txt")]
    for left, right in merges_across_words():
        if left in vocabulary and right in vocabulary and left + right not in vocabulary:
            vocabulary.append(left + right)
            merges.append((left, right))
    write_byte_level_file(path, "gpt-2", vocabulary, merges)
    entries = []
    for name in ("gpt-2", "smollm", "mpt", "command-r", "falcon", "deepseek-v3", *SPLITS):
        ids = {token: index for index, token in enumerate(vocabulary)}
        model = models.BPE(vocab=ids, merges=merges, ignore_merges=name in ("llama-bpe", "tekken"))
        tokenizer = Tokenizer(model)
        tokenizer.normalizer = normalizers.NFC() if name in NORMALIZED else None
        tokenizer.pre_tokenizer = pre_tokenizer(name)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([END])
        with tempfile.TemporaryDirectory() as folder:
            write_byte_level_file(Path(folder) / path.name, name, vocabulary, merges)
            entries.append(entry(path.name, name, tokenizer, Path(folder)))
    return entries


def merges_across_words() -> list[tuple[str, str]]:
    """Merges of the texts without pre-tokenization: their tokens show where a pre-tokenizer splits."""
    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=PIECES, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    learned.train_from_iterator(texts(), trainer)
    return [tuple(merge) for merge in json.loads(learned.to_str())["model"]["merges"]]


def write_byte_level_file(path: Path, pre: str, vocabulary: list[str], merges: list[tuple[str, ...]]) -> None:
    """Writes a tokenizer without a model."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(vocabulary)
    writer.add_token_types([CONTROL if token == END else NORMAL for token in vocabulary])
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(vocabulary.index(END))
    writer.add_eos_token_id(vocabulary.index(END))
    writer.add_add_bos_token(False)
    close(writer)


def pre_tokenizer(name: str) -> pre_tokenizers.PreTokenizer:
    """The pre-tokenizer of the models that a name stands for."""
    if name in SPLITS:
        split = pre_tokenizers.Split(Regex(SPLITS[name]), behavior="isolated")
        return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    if name == "deepseek-v3":
        splits = [pre_tokenizers.Split(Regex(pattern), behavior="isolated") for pattern in DEEPSEEK_V3]
        return pre_tokenizers.Sequence([*splits, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if name in ("smollm", "command-r"):
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), plain])
    if name == "falcon":
        punctuation = pre_tokenizers.Punctuation(behavior="contiguous")
        numbers = [pre_tokenizers.Digits(individual_digits=False)]
        numbers.append(pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), behavior="isolated"))
        return pre_tokenizers.Sequence([punctuation, plain, *numbers])
    return plain


def read_merges(path: Path) -> list[str]:
    """The lines of merges.txt without the version."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#version")]


def write_sentencepiece(path: Path) -> dict[str, object]:
    """A vocabulary of bytes and of pieces that were learned from the stories, with a score for each."""
    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.Metaspace()
    stories = [story.text for story in read_stories()[::40]]
    learned.train_from_iterator(stories, trainers.BpeTrainer(vocab_size=PIECES, show_progress=False))
    pieces = sorted(learned.get_vocab(), key=learned.get_vocab().get)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *pieces]
    kinds = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * len(pieces)]
    scores = [0.0] * 259 + [-float(index) for index in range(len(pieces))]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_scores(scores)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    close(writer)
    ids = {token: index for index, token in enumerate(tokens)}
    merges = generate_merges(ids, dict(zip(tokens, scores, strict=True)))
    model = models.BPE(vocab=ids, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(steps)
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "$A $B", [("<s>", 1)])
    tokenizer.add_special_tokens(["<s>", "</s>"])
    return entry(path.name, "", tokenizer, path.parent)


def entry(file: str, pre: str, tokenizer: Tokenizer, folder: Path) -> dict[str, object]:
    """The ids of all texts, what they decode to, and how many texts `AutoTokenizer` reads otherwise from the file."""
    records = []
    for text in texts():
        ids = tokenizer.encode(text).ids
        records.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    theirs = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    differ = sum(theirs(record["text"]).input_ids != record["ids"] for record in records)
    return {"file": file, "pre": pre, "transformers_differs": differ, "texts": records}


def close(writer: gguf.GGUFWriter) -> None:
    """Writes the file."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
