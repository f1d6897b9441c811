package dev.touchstone.weights;

import dev.touchstone.tensor.Matrix;

/** The type of weight matrices in memory. The bits of every result are the same. */
public enum WeightType {
    /**
     * The type in which the checkpoint stores them: 16 bits stay 16 bits, quantised weights keep their codes, and 64 bits are rounded to 32.
     */
    STORED,
    /** Float32: twice the memory of 16 bits, and slower to read. */
    FLOAT32;

    /** The number of bytes of a tensor's elements in memory. */
    public long bytes(StoredTensor tensor) {
        return tensor.parts().stream().mapToLong(this::bytesOfPart).sum();
    }

    private long bytesOfPart(StoredTensor tensor) {
        return (long) Math.ceil(tensor.elements()
                * switch (this == STORED ? tensor.matrixType() : Matrix.Type.FLOAT32) {
                    case FLOAT32 -> Float.BYTES;
                    case BFLOAT16, FLOAT16 -> Short.BYTES;
                    case QUANTIZED -> tensor.quantization().bytes();
                });
    }
}
