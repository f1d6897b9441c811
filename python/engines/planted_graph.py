"""Changes an ONNX graph in place, in the environment of ONNX Runtime: planted_graph.py FILE KIND NAME.

epsilon I         the epsilon of the I-th norm becomes 1e-5
transposed NAME   the initialiser whose name ends so is transposed; it is square
zero NAME         it is set to 0
"""

import sys

import numpy as np
import onnx
from onnx import numpy_helper


def main() -> None:
    """Fails if the graph does not have exactly what is to be changed."""
    file, kind, name = sys.argv[1:]
    model = onnx.load(file)
    if kind == "epsilon":
        norms = [node for node in model.graph.node if node.op_type == "LayerNormalization"]
        (epsilon,) = (attribute for attribute in norms[int(name)].attribute if attribute.name == "epsilon")
        epsilon.f = 1e-5
    else:
        (tensor,) = (one for one in model.graph.initializer if one.name.endswith(name))
        values = numpy_helper.to_array(tensor)
        changed = values.T if kind == "transposed" else np.zeros_like(values)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(changed), tensor.name))
    onnx.save(model, file)


if __name__ == "__main__":
    main()
