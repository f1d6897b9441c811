package dev.touchstone.parity.errors;

import java.util.List;

/** What Hugging Face computes for one prompt: read from a golden file, or asked of PyTorch on the spot. */
public interface Reference {
    /** The prompt. (T) */
    int[] ids();

    /** The names of the taps, in order of computation. */
    List<String> taps();

    int[] shape(String tap);

    /** The tap in float64: the truth. */
    double[] truth(String tap);

    /** The tap in float32. */
    float[] float32(String tap);
}
