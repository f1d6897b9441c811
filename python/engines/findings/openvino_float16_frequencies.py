"""Compression to float16 includes constants that are no weights, such as the frequencies of rotary embeddings.

A frequency in float16 has a relative error of up to 2^-11, and the angle is its product with the position, so the error
grows with the position. Run it with target/engines/openvino/bin/python; both runs print the same numbers.
"""

import tempfile
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as ops

frequency = np.float32(0.1) ** np.arange(1, 5, dtype=np.float32)
positions = ops.parameter([-1, 1], np.float32, name="positions")
model = ov.Model([ops.multiply(positions, ops.constant(frequency))], [positions])
at = np.array([[1], [100], [8000]], dtype=np.float32)
core = ov.Core()
with tempfile.TemporaryDirectory() as folder:
    angles = {}
    for compressed in (False, True):
        file = Path(folder) / f"{compressed}.xml"
        ov.save_model(model, file, compress_to_fp16=compressed)
        compiled = core.compile_model(core.read_model(file), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        angles[compressed] = compiled(at)[0].copy()
for row, position in enumerate(at[:, 0]):
    print(
        f"position {position:6.0f}: largest error of an angle {np.abs(angles[True] - angles[False])[row].max():.1e} rad"
    )
