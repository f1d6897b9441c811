package dev.touchstone.checkpoint.chat.jinja.operations;

import dev.touchstone.checkpoint.chat.jinja.python.Budget;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code datetime.strftime} of a time without zone: the formats of the GNU C library, in its locale "C". */
public final class Strftime {
    private static final Pattern FIELD = Pattern.compile("%([-_0^#]*)(\\d*)([EO]?)(.?)", Pattern.DOTALL);

    private final ZonedDateTime time;
    private final String source;
    private final String flags;
    private final String width;
    private final String type;

    private Strftime(ZonedDateTime time, MatchResult field) {
        this.time = time;
        this.source = field.group();
        this.flags = field.group(1);
        this.width = field.group(2);
        this.type = field.group(4);
    }

    /** What is no format stays as it is. */
    public static String format(ZonedDateTime time, String format) {
        return FIELD.matcher(format).replaceAll(field -> Matcher.quoteReplacement(new Strftime(time, field).text()));
    }

    private String text() {
        if (source.equals("%f")) {
            return String.format("%06d", time.getNano() / 1000);
        }
        boolean misplaced = source.contains("E" + type) && "abdeghjklmwABDFGHIMSUVW".contains(type)
                || source.contains("O" + type) && "acxDFYXA".contains(type);
        return misplaced || type.isEmpty() ? padded(upper(source)) : known();
    }

    private String known() {
        return switch (type) {
            case "a", "A", "b", "B", "h" -> padded(name());
            case "p" -> padded(flags.contains("#") ? name("a").toLowerCase(Locale.ROOT) : name("a"));
            case "P" -> padded(name("a").toLowerCase(Locale.ROOT));
            case "c" -> upper(time("%a %b %e %H:%M:%S %Y"));
            case "D", "x" -> padded(time("%m/%d/%y"));
            case "F" -> padded(time("%Y-%m-%d"));
            case "r" -> padded(time("%I:%M:%S %p"));
            case "R" -> padded(time("%H:%M"));
            case "T", "X" -> padded(time("%H:%M:%S"));
            case "n" -> padded("\n");
            case "t" -> padded("\t");
            case "%" -> padded("%");
            case "z" -> "";
            case "Z" -> padded("");
            default -> number();
        };
    }

    private String number() {
        return switch (type) {
            case "C" -> number(time.getYear() / 100, 2, '0');
            case "d" -> number(time.getDayOfMonth(), 2, '0');
            case "e" -> number(time.getDayOfMonth(), 2, ' ');
            case "g" -> number(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0');
            case "G" -> number(time.get(IsoFields.WEEK_BASED_YEAR), 4, '0');
            case "H" -> number(time.getHour(), 2, '0');
            case "I" -> number(time.get(ChronoField.CLOCK_HOUR_OF_AMPM), 2, '0');
            case "j" -> number(time.getDayOfYear(), 3, '0');
            case "k" -> number(time.getHour(), 2, ' ');
            case "l" -> number(time.get(ChronoField.CLOCK_HOUR_OF_AMPM), 2, ' ');
            case "m" -> number(time.getMonthValue(), 2, '0');
            case "M" -> number(time.getMinute(), 2, '0');
            case "s" -> number(time.toEpochSecond(), 1, '0');
            case "S" -> number(time.getSecond(), 2, '0');
            case "u" -> number(time.getDayOfWeek().getValue(), 1, '0');
            case "U" -> number(week(time.getDayOfWeek().getValue() % 7), 2, '0');
            case "V" -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0');
            case "w" -> number(time.getDayOfWeek().getValue() % 7, 1, '0');
            case "W" -> number(week(time.getDayOfWeek().getValue() - 1), 2, '0');
            case "y" -> number(time.getYear() % 100, 2, '0');
            case "Y" -> number(time.getYear(), 4, '0');
            default -> padded(upper(source));
        };
    }

    /** The number of the week in the year, where days before the first whole week are in week 0. */
    private int week(int daysSinceItsStart) {
        return (time.getDayOfYear() + 6 - daysSinceItsStart) / 7;
    }

    private String time(String format) {
        return format(time, format);
    }

    private String name() {
        String pattern = switch (type) {
            case "a" -> "EEE";
            case "A" -> "EEEE";
            case "B" -> "MMMM";
            default -> "MMM";
        };
        return flags.contains("#") ? name(pattern).toUpperCase(Locale.ROOT) : upper(name(pattern));
    }

    private String name(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
    }

    private String upper(String text) {
        return flags.contains("^") ? text.toUpperCase(Locale.ROOT) : text;
    }

    /** Of three flags the last counts: {@code -} for none, {@code _} for spaces, {@code 0} for zeros. */
    private char padding(char usual) {
        String paddings = flags.replaceAll("[^-_0]", "");
        return paddings.isEmpty() ? usual : paddings.charAt(paddings.length() - 1);
    }

    private String number(long number, int digits, char usual) {
        char padding = padding(usual);
        String text = Long.toString(number);
        String shown = padding == '-' ? text : pad(text, digits, padding == '0' ? '0' : ' ');
        return width.isEmpty() ? shown : pad(text, Budget.size(Long.parseLong(width)), padding == '0' ? '0' : ' ');
    }

    private String padded(String text) {
        return width.isEmpty() ? text : pad(text, Budget.size(Long.parseLong(width)), padding(' ') == '0' ? '0' : ' ');
    }

    private static String pad(String text, int width, char with) {
        return String.valueOf(with).repeat(Math.max(0, width - text.length())) + text;
    }
}
