package dev.touchstone.tokenizer.regex;

import dev.touchstone.tokenizer.regex.Node.Look;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A regular expression with the syntax and the meaning of Oniguruma 6.9, which Hugging Face's library uses, and with the
 * characters of Unicode 16.
 *
 * <p>It is not translated to {@code java.util.regex}, whose time is exponential for some expressions, whose stack overflows
 * on long texts and whose character classes depend on the JDK. A match takes one pass over the text that it covers, so the
 * time for all matches is at most quadratic in the length of the text, and linear if no failing attempt reads far.
 *
 * <p>Constructs that a finite automaton cannot match exactly are errors that name them: backreferences, calls, conditionals,
 * absent functions, most atomic groups. Safe for use by several threads.
 */
public final class Regex implements Pattern {
    private static final int MOST_LOOKAROUNDS = 8;

    private final Alphabet alphabet;
    private final List<Look> looks;
    private final List<Program> programs;
    private final Queue<Matcher> idle = new ConcurrentLinkedQueue<>();

    /** Compiles an expression; throws if it has a syntax error or an unsupported construct. */
    public Regex(String expression) {
        Node whole = new Parser(expression).parse();
        Map<Look, Integer> numbers = new LinkedHashMap<>();
        Set<BitSet> sets = new LinkedHashSet<>();
        collect(whole, numbers, sets);
        if (numbers.size() > MOST_LOOKAROUNDS) {
            throw new TouchstoneException("it has " + numbers.size() + " different lookarounds and anchors; at most "
                    + MOST_LOOKAROUNDS + " are supported");
        }
        BitSet any = Sets.any();
        sets.add(any);
        alphabet = new Alphabet(sets);
        looks = List.copyOf(numbers.keySet());
        programs = new ArrayList<>();
        Node anything = new Node.Repeat(new Node.Chars(any), 0, Node.Repeat.UNBOUNDED, true);
        for (Look look : looks) {
            Node body = look.ahead() ? look.body().reversed() : look.body();
            programs.add(new Program(new Node.Sequence(List.of(anything, body)), alphabet, numbers));
        }
        programs.add(new Program(whole, alphabet, numbers));
    }

    /** Numbers the lookarounds, inner ones first, and collects all sets of code points. */
    private static void collect(Node node, Map<Look, Integer> looks, Set<BitSet> sets) {
        if (node instanceof Node.Chars chars) {
            sets.add(chars.set());
        } else if (node instanceof Node.Sequence sequence) {
            sequence.items().forEach(item -> collect(item, looks, sets));
        } else if (node instanceof Node.Choice choice) {
            choice.items().forEach(item -> collect(item, looks, sets));
        } else if (node instanceof Node.Repeat repeat) {
            collect(repeat.body(), looks, sets);
        } else if (node instanceof Node.Condition condition) {
            collect(condition.look().body(), looks, sets);
            looks.putIfAbsent(condition.look(), looks.size());
        }
    }

    /**
     * Passes on all matches in a text, from left to right. As in Hugging Face's library, an empty match counts only if it is
     * not directly after another match, and an empty text has no match.
     */
    @Override
    public void find(String text, Matches matches) {
        if (text.isEmpty()) {
            return;
        }
        Matcher matcher = idle.poll();
        if (matcher == null) {
            matcher = new Matcher(alphabet, looks, programs);
        }
        matcher.find(text, matches);
        idle.add(matcher);
    }
}
