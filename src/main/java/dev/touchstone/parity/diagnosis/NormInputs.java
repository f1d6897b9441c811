package dev.touchstone.parity.diagnosis;

/**
 * What else a norm may have read.
 *
 * @param right the norm as it should be
 * @param input what it should read
 */
record NormInputs(Difference it, Parts parts, NormFit right, String input) {
    String read() {
        String stream = parts.stream();
        String attention = parts.attention();
        if (input.equals(stream + " + " + attention)) {
            String residual = residual(stream, attention);
            if (!residual.isEmpty()) {
                return residual;
            }
        } else if (isOf(stream + " + " + attention)) {
            return attention + " is added to its input: it reads what attention reads, in parallel";
        }
        return parts.streams().stream()
                .filter(this::isOf)
                .findFirst()
                .map(other -> "its input is " + other + ": blocks in another order, or one left out")
                .orElse("");
    }

    /** What else was added up before the second norm of a block. */
    private String residual(String stream, String attention) {
        if (isOf(stream)) {
            return attention + " is not added to its input";
        }
        if (isOf(stream + " + " + attention + " + " + attention)) {
            return attention + " is added to its input twice";
        }
        if (isOf(attention)) {
            return attention + " alone is its input: the residual is missing";
        }
        return parts.norms().stream().anyMatch(norm -> isOf(norm + " + " + attention))
                ? attention + " is added to its normed input: the residual stream is what it read from"
                : "";
    }

    private boolean isOf(String other) {
        double[] x = parts.of(other);
        return x != null && it.is(right.output(right.unit(x)));
    }
}
