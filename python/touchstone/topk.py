"""Which of equal numbers `torch.topk` chooses on a CPU, as routers of mixtures of experts do."""

import random

import torch

SIZES = (2, 3, 4, 5, 8, 16, 31, 60, 64, 128, 256, 512)
COUNTS = (1, 2, 3, 4, 6, 8)
KINDS = (2, 3, 8)
"""How many different numbers there are: the fewer, the more ties."""


def topk_cases() -> list[dict[str, list[int]]]:
    """Numbers, and the sorted indices of the largest. A count of 1 to 8 of 512 takes another algorithm than of 16."""
    source = random.Random(1)
    cases = []
    for size in SIZES:
        for count in (count for count in COUNTS if count <= size):
            for kinds in KINDS:
                values = [source.randrange(kinds) for _ in range(size)]
                chosen = torch.topk(torch.tensor(values, dtype=torch.float32), count).indices
                cases.append({"values": values, "largest": sorted(chosen.tolist())})
    return cases
