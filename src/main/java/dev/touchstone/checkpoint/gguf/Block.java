package dev.touchstone.checkpoint.gguf;

import dev.touchstone.tensor.Quantization;

/**
 * A block of quantised elements. An element is {@code scale q - minimum}, with the scale and the minimum of its group; each operation is
 * rounded to float32, and no multiply-add is fused.
 *
 * @param quants the numbers q
 * @param scales one for each group
 * @param minima one for each group; empty if the type has none
 */
record Block(int group, byte[] quants, float[] scales, float[] minima) {
    static Block of(GgufType type) {
        Quantization quantization = type.quantization();
        int groups = quantization.groups(type.blockElements());
        return new Block(
                quantization.group(),
                new byte[type.blockElements()],
                new float[groups],
                new float[quantization.hasMinima() ? groups : 0]);
    }

    /** Computes all elements. */
    void elements(float[] to, int at) {
        for (int i = 0; i < quants.length; i++) {
            float product = scales[i / group] * quants[i];
            to[at + i] = minima.length == 0 ? product : product - minima[i / group];
        }
    }
}
