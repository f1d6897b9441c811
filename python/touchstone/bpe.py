"""Trains byte-level BPE tokenizers like GPT-2's, and saves them in both file formats."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2TokenizerFast

END_OF_TEXT = "<|endoftext|>"


def train_bpe(texts: list[str], vocab_size: int, n_positions: int) -> GPT2TokenizerFast:
    """A GPT-2 tokenizer of `vocab_size` tokens: 256 bytes, then the merges, then `<|endoftext|>` as the last id."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = byte_level
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size - 1, initial_alphabet=alphabet, show_progress=False)
    trained.train_from_iterator(texts, trainer)

    model = json.loads(trained.to_str())["model"]
    vocab = model["vocab"] | {END_OF_TEXT: len(model["vocab"])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[tuple(merge) for merge in model["merges"]]))
    tokenizer.pre_tokenizer = byte_level
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return GPT2TokenizerFast(tokenizer_object=tokenizer, model_max_length=n_positions)


def save_tokenizer(tokenizer: GPT2TokenizerFast, folder: Path) -> None:
    """Writes tokenizer.json and tokenizer_config.json, and the older files vocab.json and merges.txt."""
    tokenizer.save_pretrained(folder)
    tokenizer.backend_tokenizer.model.save(str(folder))
