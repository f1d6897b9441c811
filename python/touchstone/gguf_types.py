"""The types of weights in GGUF files: quantised matrices, and what random blocks of each type mean."""

import hashlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

SMALL_BLOCKS = (Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.IQ4_NL, Type.F16, Type.BF16, Type.F32)
LARGE_BLOCKS = (Type.Q2_K, Type.Q3_K, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.IQ4_XS)
EXPERT_BLOCKS = (Type.MXFP4, Type.Q8_0, Type.Q4_0, Type.F16, Type.IQ4_NL)
SCALES = {
    Type.Q2_K: (80, 82),
    Type.Q3_K: (108,),
    Type.Q4_K: (0, 2),
    Type.Q5_K: (0, 2),
    Type.Q6_K: (208,),
    Type.IQ4_NL: (0,),
    Type.IQ4_XS: (0,),
}
"""The places of the float16 scales in a block, for the types that the package cannot quantise."""


def quantise(
    weight: np.ndarray, position: int, random: np.random.Generator
) -> tuple[tuple[np.ndarray, Type], np.ndarray]:
    """The bytes of a tensor with their type, and their values in float32. Vectors are float32, as in real files."""
    if weight.ndim == 1:
        return (weight, Type.F32), weight
    types = LARGE_BLOCKS if weight.shape[-1] % 256 == 0 else EXPERT_BLOCKS if weight.ndim == 3 else SMALL_BLOCKS
    kind = types[position % len(types)]
    stored = random_blocks(kind, weight.shape, random) if kind in SCALES else gguf.quants.quantize(weight, kind)
    return (stored, kind), gguf.quants.dequantize(stored, kind).reshape(weight.shape)


def random_blocks(kind: Type, shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Random bytes with scales that give values of about the size of real weights."""
    size, length = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (int(np.prod(shape)) // size, length), dtype=np.uint8)
    for place in SCALES[kind]:
        largest = 0.2 / 127 if kind is Type.IQ4_NL else 0.0002
        scale = random.uniform(largest / 4, largest, (len(blocks), 1)).astype(np.float16)
        blocks[:, place : place + 2] = scale.view(np.uint8)
    return blocks.reshape(*shape[:-1], -1)


BLOCKS = 20_000


def type_digests() -> list[dict[str, object]]:
    """For each type the SHA-256 of the values of random blocks. Scales are random too: some are infinite or NaN."""
    entries = []
    for kind in (*SMALL_BLOCKS, *LARGE_BLOCKS, Type.MXFP4):
        size, length = gguf.GGML_QUANT_SIZES[kind]
        count = BLOCKS if size > 1 else 65_536
        data = splitmix(kind.value, count * length)
        with np.errstate(all="ignore"):
            values = gguf.quants.dequantize(data.reshape(count, length), kind).astype(np.float32).reshape(-1)
        bits = values.view(np.uint32).copy()
        bits[np.isnan(values)] = 0x7FC00000
        digest = hashlib.sha256(bits.astype("<u4").tobytes()).hexdigest()
        entry = {"type": kind.name, "seed": kind.value, "blocks": count, "sha256": digest}
        entries.append(entry | example(kind))
    return entries


def example(kind: Type) -> dict[str, object]:
    """One block in hexadecimal, and its values."""
    size = gguf.GGML_QUANT_SIZES[kind][0]
    random = np.random.default_rng(kind.value)
    if kind in SCALES:
        block = random_blocks(kind, (1, size), random)
    else:
        block = gguf.quants.quantize(random.normal(size=(1, max(size, 1))).astype(np.float32), kind)
    values = gguf.quants.dequantize(block, kind).reshape(-1)
    return {"block": np.ascontiguousarray(block).view(np.uint8).tobytes().hex(), "values": [float(x) for x in values]}


def splitmix(seed: int, count: int) -> np.ndarray:
    """Random bytes of SplitMix64, as `java.util.SplittableRandom` computes them for longs, little-endian."""
    words = (count + 7) // 8
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, words + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z.astype("<u8").view(np.uint8)[:count].copy()
