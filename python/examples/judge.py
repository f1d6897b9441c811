"""Compares the GPT-2 in gpt2_torch.py with a fixture: judge.py FIXTURE [EPSILON]."""

import sys

import torch
from gpt2_torch import GPT2, renamed

import touchstone

fixture, *epsilon = sys.argv[1:]
model = GPT2.load(fixture, *map(float, epsilon))
with torch.no_grad(), touchstone.capture(model, renamed) as trace:
    model(torch.tensor([touchstone.cases(fixture)["text"]]))
print(touchstone.compare(trace, fixture))
