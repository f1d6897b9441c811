package dev.touchstone.checkpoint.chat;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;

/** What templates do to strings as Python does it: methods that Java's strings lack, and characters by their place. */
final class JinjaStrings extends CompositeELResolver {
    /** What Python takes for white space. */
    private static final String WHITE =
            "\t\n\u000b\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

    private static final Pattern INDEX = Pattern.compile("-?\\d{1,9}");

    JinjaStrings() {
        add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    }

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
        Object result = base instanceof String text ? call(text, String.valueOf(method), arguments) : null;
        if (result == null) {
            return super.invoke(context, base, method, types, arguments);
        }
        context.setPropertyResolved(true);
        return result;
    }

    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        String place = String.valueOf(property);
        if (!(base instanceof String text) || !INDEX.matcher(place).matches()) {
            return super.getValue(context, base, property);
        }
        context.setPropertyResolved(true);
        int at = Integer.parseInt(place) + (place.startsWith("-") ? text.length() : 0);
        return at < 0 || at >= text.length() ? null : text.substring(at, at + 1);
    }

    /** Null for a method that is not among them. */
    private static Object call(String text, String method, Object[] arguments) {
        String argument = arguments.length == 0 || arguments[0] == null ? null : arguments[0].toString();
        return switch (method) {
            case "startswith" -> text.startsWith(argument);
            case "endswith" -> text.endsWith(argument);
            case "strip" -> strip(text, argument, true, true);
            case "lstrip" -> strip(text, argument, true, false);
            case "rstrip" -> strip(text, argument, false, true);
            case "split" ->
                argument == null
                        ? List.of(strip(text, null, true, true).split("[" + WHITE + "]+"))
                        : List.of(text.split(Pattern.quote(argument), limit(arguments)));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            default -> null;
        };
    }

    /** Of how many parts at most; below 0 where it does not matter. */
    private static int limit(Object[] arguments) {
        return arguments.length > 1 && arguments[1] instanceof Number splits ? splits.intValue() + 1 : -1;
    }

    /** Without what of {@code characters}, null for white space, stands at the left or the right end. */
    static String strip(String text, String characters, boolean left, boolean right) {
        String gone = characters == null ? WHITE : characters;
        int start = 0;
        int end = text.length();
        while (left && start < end && gone.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        while (right && end > start && gone.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(start, end);
    }
}
