"""Tests of the package for users, as it is installed by `pip install ./python`. ci/package.sh runs them."""

import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM

import touchstone

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
sys.path.insert(0, str(ROOT / "python" / "examples"))

from gpt2_torch import GPT2, renamed


def hugging_face(name: str, attention: str = "eager") -> torch.nn.Module:
    """A model of the fixtures."""
    return AutoModelForCausalLM.from_pretrained(
        FIXTURES / name, dtype=torch.float32, attn_implementation=attention
    ).eval()


def ids_of(name: str) -> list[int]:
    """The ids of the case `text`."""
    return touchstone.cases(FIXTURES / name)["text"]


class CaptureTest(unittest.TestCase):
    """Taps of PyTorch models."""

    def test_every_tap_of_hugging_face(self) -> None:
        """GPT-2, and Llama with fewer key-value heads than heads."""
        for name in ("tiny-gpt2", "tiny-llama"):
            model = hugging_face(name)
            with torch.no_grad(), touchstone.capture(model) as trace:
                model(torch.tensor([ids_of(name)]))
            comparison = touchstone.assert_parity(trace, FIXTURES / name)
            self.assertGreater(len(comparison.taps), 30)
            self.assertEqual(comparison.absent, [])

    def test_fused_attention_has_no_scores(self) -> None:
        """`scaled_dot_product_attention` returns its result only."""
        model = hugging_face("tiny-gpt2", "sdpa")
        with torch.no_grad(), touchstone.capture(model) as trace:
            model(torch.tensor([ids_of("tiny-gpt2")]))
        comparison = touchstone.assert_parity(trace, FIXTURES / "tiny-gpt2", partial=True)
        self.assertEqual(comparison.absent, [f"h.{i}.attn.{tap}" for i in (0, 1) for tap in ("scores", "probs")])
        with self.assertRaisesRegex(AssertionError, "not in the trace: h.0.attn.scores"):
            touchstone.assert_parity(trace, FIXTURES / "tiny-gpt2")

    def test_a_row_of_a_padded_batch(self) -> None:
        """Left padding is skipped."""
        ids = ids_of("tiny-gpt2")
        batch = torch.tensor([[1] * (len(ids) + 3), [0, 0, 0, *ids]])
        mask = torch.tensor([[1] * (len(ids) + 3), [0, 0, 0, *[1] * len(ids)]])
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        model = hugging_face("tiny-gpt2")
        with torch.no_grad(), touchstone.capture(model, row=1, skip=3) as trace:
            model(batch, attention_mask=mask, position_ids=positions)
        self.assertEqual(trace.input_ids, ids)
        touchstone.assert_parity(trace, FIXTURES / "tiny-gpt2")

    def test_a_model_with_names_of_its_own(self) -> None:
        """By a function or by rules."""
        rules = {
            "tokens": "wte",
            "positions": "wpe",
            "blocks": "h",
            "blocks.*.norm1": "h.*.ln_1",
            "blocks.*.attention": "h.*.attn",
            "blocks.*.attention.qkv": "h.*.attn.c_attn",
            "norm": None,
        }
        for names, absent in ((renamed, ["drop"]), (rules, ["ln_f"])):
            model = GPT2.load(FIXTURES / "tiny-gpt2")
            with torch.no_grad(), touchstone.capture(model, names) as trace:
                model(torch.tensor([ids_of("tiny-gpt2")]))
            comparison = touchstone.assert_parity(trace, FIXTURES / "tiny-gpt2", partial=True)
            self.assertLessEqual(set(absent), set(comparison.absent))
            self.assertIn("h.1.attn.probs", [tap["tap"] for tap in comparison.taps])

    def test_names_the_wrong_epsilon(self) -> None:
        """As the example in the README."""
        model = GPT2.load(FIXTURES / "tiny-gpt2", 1e-5)
        with torch.no_grad(), touchstone.capture(model, renamed) as trace:
            model(torch.tensor([ids_of("tiny-gpt2")]))
        comparison = touchstone.compare(trace, FIXTURES / "tiny-gpt2")
        self.assertFalse(comparison.passes)
        self.assertEqual(comparison.first_wrong, "h.0.ln_1")
        self.assertIn("its epsilon is 1e-5, should be 1e-3", comparison.clues)
        with self.assertRaisesRegex(AssertionError, "first wrong at h.0.ln_1\n  its epsilon is 1e-5"):
            touchstone.assert_parity(trace, FIXTURES / "tiny-gpt2")

    def test_a_module_that_runs_twice_is_left_out(self) -> None:
        """Its tap would be ambiguous."""
        linear = torch.nn.Linear(3, 3)

        class Twice(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.embed, self.linear = torch.nn.Embedding(5, 3), linear

            def forward(self, ids: torch.Tensor) -> torch.Tensor:
                return self.linear(self.linear(self.embed(ids)))

        model = Twice()
        with warnings.catch_warnings(record=True) as caught, touchstone.capture(model) as trace:
            warnings.simplefilter("always")
            model(torch.tensor([[1, 2]]))
        self.assertEqual(list(trace.taps), ["embed", "logits"])
        self.assertIn("linear was computed more than once", str(caught[0].message))

    def test_writes_the_trace_of_the_last_pass(self) -> None:
        """Into the file `out`."""
        model = GPT2.load(FIXTURES / "tiny-gpt2")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "trace.safetensors"
            with torch.no_grad(), touchstone.capture(model, renamed, out=file):
                model(torch.tensor([[1, 2, 3]]))
                model(torch.tensor([ids_of("tiny-gpt2")]))
            self.assertEqual(load_file(file)["input_ids"].tolist(), ids_of("tiny-gpt2"))
            self.assertTrue(touchstone.compare(file, FIXTURES / "tiny-gpt2").passes)


class CompareTest(unittest.TestCase):
    """Traces of other frameworks."""

    def test_a_mapping_of_arrays(self) -> None:
        """Such as those of NumPy or JAX; here the goldens themselves."""
        golden = load_file(FIXTURES / "tiny-gpt2" / "goldens" / "text.safetensors")
        right = touchstone.assert_parity(golden, FIXTURES / "tiny-gpt2")
        self.assertAlmostEqual(right.geometric_mean, 1)
        golden["h.1.mlp.act"] = np.zeros_like(golden["h.1.mlp.act"])
        wrong = touchstone.compare(golden, FIXTURES / "tiny-gpt2")
        self.assertEqual(wrong.first_wrong, "h.1.mlp.act")
        row = next(tap for tap in wrong.taps if tap["tap"] == "h.1.mlp.act")
        self.assertEqual((row["verdict"], row["shape"]), ("wrong", (14, 144)))

    def test_says_what_is_wrong_with_a_trace(self) -> None:
        """In one line."""
        for trace, message in (
            ({"logits": np.zeros((1, 1))}, "the trace has no input_ids, only logits"),
            (
                {"input_ids": [1, 2], "logits": np.zeros((2, 283))},
                r"not those of a case .*text \(14 ids\)",
            ),
            ({"input_ids": ids_of("tiny-gpt2"), "logits": np.zeros((2, 2))}, "logits has shape"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                touchstone.compare(trace, FIXTURES / "tiny-gpt2")


class FixtureTest(unittest.TestCase):
    """Fixtures of one's own models."""

    def test_writes_a_fixture(self) -> None:
        """From a folder with texts, and from a model with ids."""
        with tempfile.TemporaryDirectory() as folder:
            texts = touchstone.fixture(FIXTURES / "tiny-gpt2", ["Once upon", "a time"], Path(folder) / "texts")
            ids = touchstone.fixture(hugging_face("tiny-llama"), [[1, 2, 3, 4, 5, 6, 7, 8, 9]], Path(folder) / "ids")
            self.assertEqual(list(touchstone.cases(texts)), ["prompt-0", "prompt-1"])
            self.assertEqual(touchstone.cases(ids), {"prompt-0": [1, 2, 3, 4, 5, 6, 7, 8, 9]})
            model = hugging_face("tiny-llama")
            with torch.no_grad(), touchstone.capture(model) as trace:
                model(torch.tensor([touchstone.cases(ids)["prompt-0"]]))
            touchstone.assert_parity(trace, ids)

    def test_needs_a_prompt(self) -> None:
        """Otherwise it would check nothing."""
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(ValueError, "at least one prompt"):
            touchstone.fixture(FIXTURES / "tiny-gpt2", [], folder)


if __name__ == "__main__":
    transformers.utils.logging.disable_progress_bar()
    unittest.main()
