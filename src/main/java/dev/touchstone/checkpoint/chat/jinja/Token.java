package dev.touchstone.checkpoint.chat.jinja;

/**
 * A piece of a template's text.
 *
 * @param text as it is written; of {@code TEXT} without the white space that tags take away
 * @param value of a constant
 */
record Token(Kind kind, String text, Object value, int line) {
    /** What a piece can be. */
    enum Kind {
        /** Between tags. */
        TEXT("template data / text"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        OUTPUT_BEGIN("begin of print statement"),
        OUTPUT_END("end of print statement"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        private final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    /** Whether it is this operator, or this name. */
    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }

    boolean isOperator(String operator) {
        return is(Kind.OPERATOR, operator);
    }

    /** For messages. */
    String description() {
        return kind == Kind.NAME || kind == Kind.OPERATOR ? "'" + text + "'" : kind.description;
    }
}
