package dev.touchstone.checkpoint.chat;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Locale;

/** The functions that transformers gives to chat templates. Public, and so are its methods, or jinjava cannot call them. */
public final class JinjaFunctions {
    private JinjaFunctions() {}

    /** What templates call {@code raise_exception}. */
    public static String raise(String message) {
        throw new TouchstoneException("the chat template refuses this conversation: " + Problems.printable(message));
    }

    /** Where a template comes to something that cannot be done here, which {@link JinjaDialect} has marked. */
    public static String unsupported(String what) {
        throw new TouchstoneException("the chat template uses " + what + ", which is not supported; use another one");
    }

    /** What templates call {@code strftime_now}: the time in the format of C's {@code strftime}. */
    public static String now(String format) {
        String java = format.replaceAll("%([aAbBdHIjmMpSyY])", "%1\\$t$1");
        return String.format(Locale.ROOT, java, LocalDateTime.now(ZoneId.systemDefault()));
    }
}
