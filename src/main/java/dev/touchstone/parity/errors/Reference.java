package dev.touchstone.parity.errors;

import java.util.List;

/** Hugging Face's results for one prompt, read from a golden file or computed by PyTorch during the test. */
public interface Reference {
    /** The prompt. (T) */
    int[] ids();

    /** The names of the taps, in order of computation. */
    List<String> taps();

    /** The shape of a tap. */
    int[] shape(String tap);

    /** The tap in float64, the reference for errors. */
    double[] float64(String tap);

    /** The tap in float32. */
    float[] float32(String tap);
}
