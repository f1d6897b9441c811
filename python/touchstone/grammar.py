"""The toy language of the exercise model: 20 words, and sentences about two characters who meet.

The first sentence of a text names both characters, and the other sentences mention no others. So a model must attend to
the first sentence to predict a name: "the old king meets a fox . then the fox sings . the king who sings helps the
fox . <end>"
"""

import random

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

UNKNOWN, END = "<unk>", "<end>"
CHARACTERS = ("king", "fox", "crow", "girl")
ADJECTIVES = ("old", "small")
ALONE = ("sleeps", "sings")
TOGETHER = ("meets", "sees", "follows", "helps")
VOCABULARY = (UNKNOWN, END, ".", "the", "a", "and", "then", "who", *ADJECTIVES, *CHARACTERS, *TOGETHER, *ALONE)


def text(rng: random.Random) -> str:
    """A random text of two to five sentences and the end token."""
    first, second = rng.sample(CHARACTERS, 2)
    described = " ".join(["the", *rng.choices([[], [rng.choice(ADJECTIVES)]], [2, 1])[0], first])
    sentences = [f"{described} meets a {second} ."]
    for _ in range(rng.randint(1, 4)):
        sentences.append(_sentence(rng, *rng.sample((first, second), 2)))
    return " ".join([*sentences, END])


def _sentence(rng: random.Random, one: str, other: str) -> str:
    verb = rng.choice(TOGETHER[1:])
    return rng.choice(
        (
            f"then the {one} {rng.choice(ALONE)} .",
            f"the {one} {verb} the {other} .",
            f"the {one} who {rng.choice(ALONE)} {verb} the {other} .",
            f"the {one} {verb} the {other} and {rng.choice(ALONE)} .",
        )
    )


def tokenizer(n_positions: int) -> PreTrainedTokenizerFast:
    """A tokenizer with one token per word or run of punctuation; unknown ones become `<unk>`."""
    words = Tokenizer(models.WordLevel({word: i for i, word in enumerate(VOCABULARY)}, unk_token=UNKNOWN))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.add_special_tokens([UNKNOWN, END])
    return PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token=UNKNOWN, eos_token=END, model_max_length=n_positions
    )
