"""With dynamic quantisation, a row's result depends on the other rows of its batch.

The input of a product is quantised with one scale for the whole tensor, so a neighbour with larger values makes steps
coarser for all rows. Run it with target/engines/onnx-runtime/bin/python. It prints the same numbers in every run.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper, save
from onnxruntime.quantization import quantize_dynamic

rng = np.random.default_rng(0)
weight = rng.normal(size=(32, 4)).astype(np.float32)
row = rng.normal(size=(1, 32)).astype(np.float32)

graph = helper.make_graph(
    [helper.make_node("MatMul", ["x", "w"], ["y"])],
    "product",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", 32])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["B", 4])],
    [numpy_helper.from_array(weight, "w")],
)
with tempfile.TemporaryDirectory() as folder:
    file, quantised = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)
    quantize_dynamic(file, quantised)
    session = ort.InferenceSession(quantised)
alone = session.run(None, {"x": row})[0][0]
print("float32             ", (row @ weight)[0])
print("int8, alone         ", alone)
for factor in (1, 10, 100):
    batch = np.concatenate([row, factor * row[:, ::-1]])
    print(f"int8, neighbour x{factor:<3}", session.run(None, {"x": batch})[0][0])
