package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.Attention;
import dev.touchstone.model.LatentProjections;
import dev.touchstone.model.LayerNorm;
import dev.touchstone.model.RmsNorm;
import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.TapSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Explains the wrong output of a norm. Its right input, kind, gain, bias and epsilon are fitted to the right output, so that
 * the explanation does not depend on what the model under test takes them to be.
 */
record NormExplanations(Difference difference, Context context) {
    private static final int ENOUGH_ROWS = 4;

    String read() {
        if (difference.shape().length != 2 || difference.rows() < ENOUGH_ROWS) {
            return "";
        }
        for (TapSum input : inputs()) {
            double[] x = firstColumns(context.of(input));
            if (x == null || x.length != difference.actual().length) {
                continue;
            }
            for (int centred = 0; centred < 2; centred++) {
                NormFit right = NormFit.best(centred, x, difference.expected(), size(), gains());
                if (NormFit.explains(right, difference.expected())) {
                    return against(right, x, input);
                }
            }
        }
        return "";
    }

    /** The columns that the norm of a latent reads: its input also has the channels that are rotated. */
    private double[] firstColumns(double[] x) {
        boolean wider = x != null && x.length > difference.actual().length && x.length % difference.rows() == 0;
        if (!wider
                || !(context.tap().owner() instanceof Attention attention)
                || !(attention.projections() instanceof LatentProjections)) {
            return x;
        }
        int step = x.length / difference.rows();
        int columns = difference.columns();
        return difference
                .elements()
                .mapToDouble(i -> x[i / columns * step + i % columns])
                .toArray();
    }

    /** What the norm may read: first its input by the map, then the other tensors of the block. */
    private List<TapSum> inputs() {
        List<TapSum> inputs = new ArrayList<>(context.tap().inputs());
        inputs.add(context.stream());
        BlockTaps block = context.block();
        if (block != null) {
            inputs.add(block.afterAttention());
            block.norms().forEach(norm -> inputs.add(block.stream().plus(norm)));
            inputs.add(TapSum.of(block.attention()));
            inputs.add(TapSum.of(block.mlp()));
        }
        return inputs;
    }

    /** The number of columns that are normalized together: a row, or a head of it. */
    private int size() {
        return context.tap().layer() instanceof RmsNorm norm
                ? norm.gain().length
                : ((LayerNorm) context.tap().layer()).size();
    }

    /** The number of gains: as many, or those of all heads. */
    private int gains() {
        return context.tap().layer() instanceof LayerNorm norm && norm.gain() != null ? norm.gain().length : size();
    }

    private String against(NormFit right, double[] x, TapSum input) {
        if (difference.is(x)) {
            return "the norm is missing: the tap equals its input";
        }
        int columns = right.gain().length;
        int size = right.size();
        double[] actual =
                difference.elements().mapToDouble(i -> difference.actual()[i]).toArray();
        String weights = weights(right, NormFit.of(right.centred(), x, actual, right.epsilon(), size, columns), x);
        if (!weights.isEmpty()) {
            return weights;
        }
        NormFit ours = NormFit.best(right.centred(), x, actual, size, columns);
        if (difference.is(right.output(ours.unit(x)))) {
            return "its epsilon is " + shown(ours.epsilon()) + ", should be " + shown(right.epsilon());
        }
        String unit = unit(right, x);
        return unit.isEmpty() ? new NormInputs(difference, context, right, input).read() : unit;
    }

    private static String shown(double epsilon) {
        return epsilon == 0 ? "0" : String.format(Locale.ROOT, "%.0e", epsilon).replace("e-0", "e-");
    }

    /** Whether rows are normalized in another way. */
    private String unit(NormFit right, double[] x) {
        int columns = right.size();
        double share = 1 - 1.0 / columns; // (C - 1) / C
        double[] unbiased = scaled(right.unit(x, right.epsilon() * share), Math.sqrt(share));
        double[] sum = scaled(right.unit(x, right.epsilon() / columns), Math.sqrt(1.0 / columns));
        if (right.centred() == 1 && difference.is(right.output(unbiased))) {
            return "the variance is divided by C - 1, should be divided by C";
        }
        if (difference.is(right.output(sum))) {
            return "the sum of squares is used, should be their mean";
        }
        if (difference.is(right.output(right.outside(x)))) {
            return "epsilon is added outside the square root, should be inside";
        }
        if (right.centred() == 1
                && (difference.is(right.output(right.unit(x, 0, 1)))
                        || difference.is(right.output(right.unit(x, 0, 0))))) {
            return "the mean is not subtracted";
        }
        if (right.centred() == 0 && difference.is(right.output(right.unit(x, 1, 1)))) {
            return "the mean is subtracted as in a LayerNorm, but this is an RMSNorm";
        }
        if (difference.is(right.output(right.overTokens(x)))) {
            return "mean and variance are over the tokens, should be over the channels";
        }
        int whole = difference.columns();
        if (whole > columns && difference.is(right.output(together(x, right, whole)))) {
            return "all heads are normalized together, should be each head of " + columns + " channels by itself";
        }
        int headSize = context.map().model().shape().headSize();
        return context.tap().owner() instanceof Attention
                        && columns > headSize
                        && difference.is(right.output(together(x, right, headSize)))
                ? "each head of " + headSize + " channels is normalized by itself, should be all heads together"
                : "";
    }

    /** Normalizes so many channels together. */
    private static double[] together(double[] x, NormFit right, int size) {
        return NormFit.unit(x, right.epsilon(), size, right.centred(), right.centred());
    }

    private static double[] scaled(double[] x, double factor) {
        return Arrays.stream(x).map(value -> value * factor).toArray();
    }

    /** Whether another gain and bias give the wrong output. */
    private String weights(NormFit right, NormFit ours, double[] x) {
        if (!difference.is(ours.output(right.unit(x)))) {
            return "";
        }
        if (same(ours.gain(), right.bias()) && same(ours.bias(), right.gain())) {
            return "gain and bias are swapped";
        }
        List<String> found = new ArrayList<>();
        if (!same(ours.gain(), right.gain())) {
            found.add(gain(ours.gain(), right.gain()));
        }
        if (!same(ours.bias(), right.bias())) {
            boolean none = Arrays.stream(ours.bias()).allMatch(bias -> Math.abs(bias) < 1e-4);
            found.add(none ? "the bias is missing" : "the bias is wrong");
        }
        return String.join("; ", found);
    }

    private static String gain(double[] ours, double[] right) {
        double[] ones = DoubleStream.generate(() -> 1).limit(right.length).toArray();
        if (same(ours, ones)) {
            return "the gain is missing";
        }
        if (same(ours, Arrays.stream(right).map(gain -> gain + 1).toArray())) {
            return "1 is added to the gain, should not be";
        }
        return same(ours, Arrays.stream(right).map(gain -> gain - 1).toArray())
                ? "1 is not added to the gain, should be, as in Gemma"
                : "the gain is wrong";
    }

    private static boolean same(double[] a, double[] b) {
        return IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] - b[i]) <= 1e-4 * (1 + Math.abs(b[i])));
    }
}
