"""lm-eval scores of a model by the server and by Hugging Face; every log-likelihood and every text must be the same.

Arguments: the server's address and the folder of its model. The tasks and their sentences are in the folder tasks.
"""

import logging
import sys
from pathlib import Path

import lm_eval
from lm_eval.tasks import TaskManager

TASKS = Path(__file__).parent / "tasks"
NAMES = ["touchstone_endings", "touchstone_perplexity", "touchstone_words"]
# PyTorch's float32 and the engine's differ in the last bits of each token's logarithm.
TOLERANCE = 2e-3


def scores(backend: str, **arguments: object) -> dict:
    """Runs the tasks."""
    return lm_eval.simple_evaluate(
        model=backend,
        model_args=arguments,
        tasks=NAMES,
        task_manager=TaskManager(include_path=str(TASKS), include_defaults=False),
        bootstrap_iters=0,
        log_samples=True,
    )


def responses(results: dict, task: str) -> list:
    """The results of all requests of a task."""
    samples = sorted(results["samples"][task], key=lambda sample: sample["doc_id"])
    return [response for sample in samples for response in sample["filtered_resps"]]


def same(ours: object, theirs: object) -> bool:
    """Whether two results are the same, numbers up to the tolerance."""
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= TOLERANCE
    return ours == theirs


def main() -> None:
    """Compares the server with Hugging Face, with prompts sent as ids and as text."""
    logging.disable(logging.WARNING)
    address, folder = sys.argv[1:]
    theirs = scores("hf", pretrained=folder, dtype="float32", device="cpu", batch_size=8)
    for ids in (True, False):
        ours = scores(
            "local-completions",
            model=sys.argv[2].rsplit("/", 1)[-1],
            base_url=f"{address}/v1/completions",
            tokenizer=folder,
            tokenizer_backend="huggingface",
            tokenized_requests=ids,
            num_concurrent=4,
            max_retries=1,
            max_length=256,
            batch_size=1,
        )
        for task in NAMES:
            pairs = list(zip(responses(ours, task), responses(theirs, task), strict=True))
            wrong = [pair for pair in pairs if not same(*pair)]
            assert not wrong, f"{task}: the server and Hugging Face differ in {len(wrong)} of {len(pairs)}: {wrong[:3]}"
            numbers = {key: value for key, value in theirs["results"][task].items() if isinstance(value, float)}
            for key, value in numbers.items():
                assert abs(ours["results"][task][key] - value) <= TOLERANCE * max(1, abs(value)), (task, key)
            shown = ", ".join(f"{key.partition(',')[0]} {value:.4f}" for key, value in numbers.items())
            print(f"ok   lm-eval, {'ids' if ids else 'text'}, {task}: {len(pairs)} requests, {shown}")


if __name__ == "__main__":
    main()
