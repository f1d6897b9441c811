package dev.touchstone.cli;

/**
 * The result of one check of {@code doctor}.
 *
 * @param remedy what to do about it; empty if nothing
 */
record Finding(Mark mark, String subject, String found, String remedy) {
    enum Mark {
        OK("ok"),
        /** Missing, which matters to some uses only. */
        MISSING("--"),
        WRONG("BAD");

        private final String sign;

        Mark(String sign) {
            this.sign = sign;
        }
    }

    static Finding ok(String subject, String found) {
        return new Finding(Mark.OK, subject, found, "");
    }

    /** Such as {@code ok   threads   2, one for each core}. */
    @Override
    public String toString() {
        return String.format("%-4s %-12s %s%s", mark.sign, subject, found, remedy.isEmpty() ? "" : "; " + remedy);
    }
}
