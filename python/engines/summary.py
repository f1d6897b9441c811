"""The figures of an engine over all models."""

from typing import Any

from measures import geometric_mean

WAYS = ("repeated", "threads", "batch", "padding", "chunks", "cache")


def summary(engine: dict[str, Any], models: list[str]) -> dict[str, Any]:
    """One row of the tables. Divergence, argmax and text are those of the last model, which is the largest."""
    found = {name: one for name, one in engine["models"].items() if "error" not in one}
    ratios = [ratio for one in found.values() for ratio in one["ratios"].values()]
    failed = [f"{name}: {one['error']}" for name, one in engine["models"].items() if "error" in one]
    return {
        "engine": engine.get("engine", engine["key"]),
        "version": engine.get("version", ""),
        "setting": engine["setting"],
        "type": engine["type"],
        "taps": sum(one["taps"] for one in found.values()),
        "all_taps": geometric_mean(ratios),
        "logits": geometric_mean([one["logits_ratio"] for one in found.values()]),
        "wrong": {name: one["first_wrong"] for name, one in found.items() if one["first_wrong"]},
        "ways": {way: largest([one["invariants"][way] for one in found.values()]) for way in WAYS},
        "last": found.get(models[-1]),
        "failed": failed,
        "speeds": engine.get("speeds", {}),
    }


def conditions(result: dict[str, Any]) -> str:
    """How the speeds were measured, and what other programs did meanwhile."""
    speeds = result["speeds"]
    others, processors = speeds["others"], speeds["processors"]
    lengths = speeds["lengths"].items()
    prompts = (f"{model} with a prompt of {prompt} tokens and {steps} more" for model, (prompt, steps) in lengths)
    return (
        f"Measured on {speeds['date']}: {'; '.join(prompts)}. The engines took turns in {speeds['rounds']} rounds of"
        f" {speeds['seconds']} s each; figures are medians. Meanwhile other programs used {others['median']:.2f} of"
        f" {processors} processors (median of the rounds; at most {others['most']:.2f})."
    )


def name(row: dict[str, Any]) -> str:
    """The engine and its setting."""
    return row["engine"] if row["setting"] == "default" else f"{row['engine']}, {row['setting']}"


def largest(differences: list[float | None]) -> float | None:
    """The largest difference; None if no model has one."""
    known = [one for one in differences if one is not None]
    return max(known) if known else None
