"""The results of Hugging Face's `generate` for settings in a model's generation_config.json, random and chosen by hand.

A case without sampling has the ids that `generate` returns. A case with sampling has the probabilities of the first
token, since random numbers differ between libraries.
"""

import json
import random
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

from touchstone.eager import EAGER
from touchstone.generation import _Jitter

SEED = 20_261_129
MODEL = Path(__file__).parents[2] / "fixtures" / "tiny-gpt2"
PROMPTS = [[5, 6, 7], [11], [40, 41, 40, 41, 42, 40], [200, 3, 3, 3]]
VOCABULARY = 283
EOS = 1
RANDOM_CASES = 160


def cases() -> list[dict[str, object]]:
    """The cases: each has its settings, the file that they are in, a prompt, and the result or an error."""
    rng = random.Random(SEED)
    settings = [*_by_hand(), *(_at_random(rng) for _ in range(RANDOM_CASES))]
    records = []
    with tempfile.TemporaryDirectory() as folder:
        for number, chosen in enumerate(settings):
            file = "config.json" if number % 5 == 4 else "generation_config.json"
            record = {"file": file, "settings": chosen, "prompt": PROMPTS[number % len(PROMPTS)]}
            try:
                result = _result(_model(Path(folder) / str(number), file, chosen), record["prompt"])
            except (ValueError, RuntimeError):
                result = {"error": True} | ({"max_new_tokens": 1} if chosen.get("do_sample") else {})
            if result is not None:
                records.append(record | result)
    return records


def _by_hand() -> list[dict[str, object]]:
    """Settings at values for which an off-by-one error changes the result."""
    return [
        {"max_length": 7},
        {"max_length": 3},
        {"max_new_tokens": 1},
        {"max_length": 30, "max_new_tokens": 4},
        {"max_new_tokens": 9, "min_length": 8, "eos_token_id": [93, 116, 215]},
        {"max_new_tokens": 9, "min_new_tokens": 5, "eos_token_id": list(range(100, 283))},
        {"max_new_tokens": 9, "forced_eos_token_id": 17},
        {"max_new_tokens": 9, "forced_bos_token_id": 23},
        {"max_new_tokens": 9, "forced_bos_token_id": 23, "begin_suppress_tokens": list(range(150))},
        {"max_new_tokens": 9, "begin_suppress_tokens": list(range(200))},
        {"max_new_tokens": 9, "suppress_tokens": list(range(0, 283, 2))},
        {"max_new_tokens": 9, "bad_words_ids": [[i] for i in range(60, 220)]},
        {"max_new_tokens": 12, "bad_words_ids": [[i, j] for i in range(200, 230) for j in range(200, 230)]},
        {"max_new_tokens": 9, "sequence_bias": [[[i], 3.0] for i in range(30)] + [[[i, 7], 9.0] for i in range(283)]},
        {"max_new_tokens": 12, "exponential_decay_length_penalty": [3, 1.4]},
        {"max_new_tokens": 9, "encoder_repetition_penalty": 1.8},
        {"max_new_tokens": 9, "encoder_repetition_penalty": 0.5},
        {"max_new_tokens": 9, "repetition_penalty": 1.6},
        {"max_new_tokens": 9, "no_repeat_ngram_size": 1},
        {"max_new_tokens": 9, "num_beams": 3},
        {"max_new_tokens": 9, "num_beams": 4, "early_stopping": "never", "length_penalty": 2.0},
        {"max_new_tokens": 9, "num_beams": 2, "early_stopping": True, "length_penalty": -1.0},
        {"max_new_tokens": 9, "temperature": 0.3, "top_p": 0.2, "top_k": 3},
        {"do_sample": True},
        {"do_sample": True, "top_k": 0},
        {"do_sample": True, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.1},
        {"do_sample": True, "min_p": 0.1, "typical_p": 0.9},
    ]


def _at_random(rng: random.Random) -> dict[str, object]:
    """A random combination of settings."""
    token = lambda: rng.randrange(VOCABULARY)  # noqa: E731
    tokens = lambda count: sorted({token() for _ in range(count)})  # noqa: E731
    options: dict[str, object] = {
        "do_sample": True,
        "temperature": rng.choice([0.4, 0.9, 1.0, 1.7]),
        "top_k": rng.choice([0, 1, 5, 40]),
        "top_p": rng.choice([0.3, 0.9, 1.0]),
        "min_p": rng.choice([0.02, 0.3]),
        "typical_p": rng.choice([0.5, 0.95]),
        "repetition_penalty": rng.choice([0.7, 1.0, 1.3]),
        "encoder_repetition_penalty": rng.choice([0.8, 1.0, 1.5]),
        "no_repeat_ngram_size": rng.choice([0, 1, 2, 3]),
        "suppress_tokens": tokens(rng.choice([1, 60])),
        "begin_suppress_tokens": tokens(rng.choice([1, 120])),
        "bad_words_ids": [[token() for _ in range(rng.choice([1, 1, 2, 3]))] for _ in range(40)],
        "sequence_bias": [
            [[token() for _ in range(rng.choice([1, 1, 2]))], round(rng.gauss(0, 4), 2)] for _ in range(40)
        ],
        "min_length": rng.choice([0, 6, 12]),
        "min_new_tokens": rng.choice([0, 2, 7]),
        "forced_bos_token_id": token(),
        "forced_eos_token_id": rng.choice([token(), tokens(3)]),
        "exponential_decay_length_penalty": [rng.choice([0, 2, 5]), rng.choice([1.01, 1.3])],
        "num_beams": rng.choice([1, 2, 4]),
        "length_penalty": rng.choice([0.0, 0.5, 2.0, -1.0]),
        "early_stopping": rng.choice([True, False, "never"]),
        "max_length": rng.choice([5, 14, 25]),
        "eos_token_id": rng.choice([EOS, tokens(3), tokens(40)]),
    }
    chosen = {name: value for name, value in options.items() if rng.random() < 0.25}
    if rng.random() < 0.7:
        chosen["max_new_tokens"] = rng.choice([1, 6, 11])
    if "sequence_bias" in chosen:  # of equal sequences, keeps the last
        biases = {tuple(sequence): (sequence, bias) for sequence, bias in chosen["sequence_bias"]}
        chosen["sequence_bias"] = [list(pair) for pair in biases.values()]
    if chosen.get("num_beams", 1) > 1:
        chosen.pop("do_sample", None)
    return chosen


def _model(folder: Path, file: str, settings: dict[str, object]) -> PreTrainedModel:
    """Loads the model with these settings in one of its files."""
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("goldens", "*.pt", "*.json"))
    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    base = {"eos_token_id": EOS}
    if file == "config.json":
        config |= base | settings
    else:
        (folder / file).write_text(json.dumps(base | settings), encoding="utf-8")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return AutoModelForCausalLM.from_pretrained(folder, **EAGER)


def _result(model: PreTrainedModel, prompt: list[int]) -> dict[str, object] | None:
    """The new ids, or with sampling the first token's probabilities. None if noise changes the ids."""
    ids = torch.tensor([prompt])
    has_limit = model.generation_config.max_new_tokens or model.generation_config.max_length
    limit = {} if has_limit else {"max_new_tokens": 6}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        if model.generation_config.do_sample:
            output = model.generate(ids, max_new_tokens=1, output_scores=True, return_dict_in_generate=True)
            return {"max_new_tokens": 1, "probabilities": output.scores[0].double().softmax(-1)[0].tolist()}
        new = model.generate(ids, **limit)[0, len(prompt) :].tolist()
        noisy = model.generate(ids, **limit, logits_processor=[_Jitter()])[0, len(prompt) :].tolist()
    return None if new != noisy else limit | {"ids": new}
