package dev.touchstone.checkpoint.chat.jinja.python;

/** A {@code str} that is marked as safe for HTML: what is joined to it by an operator or a method is escaped. */
public record Markup(String text) {
    /** Python's {@code markupsafe.escape}. */
    public static Markup escape(Object value) {
        if (value instanceof Markup markup) {
            return markup;
        }
        return new Markup(Repr.str(value)
                .replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
    }
}
