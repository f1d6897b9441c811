"""The toy language of the exercise model: 20 words, and sentences about two beings who meet.

A text begins with the two, and speaks of them only from then on, so that a model has to look back to know who `the fox`
may be: "the old king meets a fox . then the fox sings . the king who sings helps the fox . <end>"
"""

import random

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

UNKNOWN, END = "<unk>", "<end>"
BEINGS = ("king", "fox", "crow", "girl")
ADJECTIVES = ("old", "small")
ALONE = ("sleeps", "sings")
TOGETHER = ("meets", "sees", "follows", "helps")
VOCABULARY = (UNKNOWN, END, ".", "the", "a", "and", "then", "who", *ADJECTIVES, *BEINGS, *TOGETHER, *ALONE)


def text(rng: random.Random) -> str:
    """A text of two to five sentences and the end."""
    first, second = rng.sample(BEINGS, 2)
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
    """A token a word: words and runs of punctuation are cut apart, unknown ones become `<unk>`."""
    words = Tokenizer(models.WordLevel({word: i for i, word in enumerate(VOCABULARY)}, unk_token=UNKNOWN))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.add_special_tokens([UNKNOWN, END])
    return PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token=UNKNOWN, eos_token=END, model_max_length=n_positions
    )
