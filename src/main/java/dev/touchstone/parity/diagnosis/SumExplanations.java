package dev.touchstone.parity.diagnosis;

import dev.touchstone.model.taps.BlockTaps;
import dev.touchstone.model.taps.TapSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Explains a wrong sum in the residual stream: a term is missing, added twice, or should not be there. (T, C) */
record SumExplanations(Difference difference, Context context) {
    String read() {
        List<TapSum> names = terms();
        int[] all = difference.elements().toArray();
        List<double[]> terms = names.stream().map(context::of).toList();
        if (terms.stream().anyMatch(term -> term == null || term.length != all.length)) {
            return "";
        }
        double[] actual =
                difference.elements().mapToDouble(i -> difference.actual()[i]).toArray();
        double[] ours = LeastSquares.fit(terms, actual, all);
        double[] right = LeastSquares.fit(terms, difference.expected(), all);
        if (!isSum(terms, ours, actual) || !isSum(terms, right, difference.expected())) {
            return "";
        }
        return IntStream.range(0, ours.length)
                .filter(term -> Math.abs(ours[term] - right[term]) > 1e-3)
                .mapToObj(term -> names.get(term) + " is " + (Math.abs(ours[term]) < 1e-3 ? "not added" : "added")
                        + times(ours[term]) + should(right[term]))
                .collect(Collectors.joining("; "));
    }

    /** What may be added to the residual stream at this point, right or wrong. */
    private List<TapSum> terms() {
        BlockTaps block = context.block();
        if (block == null) {
            return context.tap().inputs().get(0).taps().stream().map(TapSum::of).toList();
        }
        List<TapSum> terms =
                new ArrayList<>(List.of(block.stream(), TapSum.of(block.attention()), TapSum.of(block.mlp())));
        block.norms().forEach(norm -> terms.add(TapSum.of(norm)));
        return terms;
    }

    private boolean isSum(List<double[]> terms, double[] factors, double[] sum) {
        return difference
                .elements()
                .allMatch(i -> Math.abs(sum[i]
                                - IntStream.range(0, factors.length)
                                        .mapToDouble(term -> factors[term] * terms.get(term)[i])
                                        .sum())
                        <= difference.bound());
    }

    private static String should(double count) {
        if (Math.abs(count) < 1e-3) {
            return ", but should not be";
        }
        return Math.abs(count - 1) < 1e-3 ? "" : ", should be added" + times(count);
    }

    private static String times(double count) {
        long whole = Math.round(count);
        return Math.abs(count - 1) < 1e-3 || Math.abs(count) < 1e-3
                ? ""
                : String.format(Locale.ROOT, Math.abs(count - whole) < 1e-3 ? " %.0f times" : " %.4g times", count);
    }
}
