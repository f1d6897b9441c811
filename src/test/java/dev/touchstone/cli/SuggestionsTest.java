package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.util.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The suggestions for mistyped commands and options. */
class SuggestionsTest {
    private static final CommandLine PROGRAM = Main.commands(Streams.system());

    @Test
    void theDistanceCountsInsertionsDeletionsReplacementsAndSwaps() {
        assertThat(Suggestions.distance("", "")).isZero();
        assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestions.distance("abc", "")).isEqualTo(3);
        assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3); // Levenshtein's example
        assertThat(Suggestions.distance("promt", "prompt")).isEqualTo(1);
        assertThat(Suggestions.distance("porompt", "prompt")).isEqualTo(1);
        assertThat(Suggestions.distance("rpompt", "prompt")).isEqualTo(1);
        assertThat(Suggestions.distance("ca", "abc")).isEqualTo(3); // 2 if a swapped pair could be edited again
    }

    @Test
    void theNearestAreListedFirstAndDistantOnesAreLeftOut() {
        assertThat(Suggestions.similar("generat", PROGRAM.getSubcommands().keySet()))
                .containsExactly("generate");
        assertThat(Suggestions.similar("--top-x", List.of("--top-p", "--top-k", "--seed")))
                .containsExactly("--top-p", "--top-k");
        assertThat(Suggestions.similar("--stopp", List.of("--top-p", "--stop"))).containsExactly("--stop");
        assertThat(Suggestions.similar("completly", List.of("complete", "completely")))
                .containsExactly("completely", "complete");
        assertThat(Suggestions.similar("xyz", List.of("abc", "generate"))).isEmpty();
        assertThat(Suggestions.similar("x", List.of("seed", "out"))).isEmpty();
        assertThat(Suggestions.similar("aaa", List.of("aab", "aac", "aad", "aae")))
                .hasSize(3);
    }

    @Test
    void aPrefixIsEnough() {
        assertThat(Suggestions.similar("--max", List.of("--max-new-tokens", "--min-p")))
                .containsExactly("--max-new-tokens");
        assertThat(Suggestions.similar("g", List.of("generate"))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyMistypedCommandIsRecognized() {
        Set<String> names = PROGRAM.getSubcommands().keySet();
        return names.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    List<String> mistyped = mistyped(name);
                    for (String typed : mistyped) {
                        assertThat(Suggestions.similar(typed, names)).as(typed).contains(name);
                    }
                    for (String typed : firstAndLast(mistyped)) {
                        assertThat(Cli.run(typed).err())
                                .startsWith("touchstone: unknown command '" + typed + "'; did you mean ");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyMistypedOptionIsRecognized() {
        return PROGRAM.getSubcommands().entrySet().stream()
                .flatMap(command -> command.getValue().getCommandSpec().options().stream()
                        .map(option -> DynamicTest.dynamicTest(
                                command.getKey() + " " + option.longestName(),
                                () -> recognizes(command.getKey(), command.getValue(), option))));
    }

    private static void recognizes(String command, CommandLine parser, OptionSpec option) {
        String name = option.longestName().substring(2);
        List<String> all = parser.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
        List<String> mistyped = mistyped(name).stream()
                .map(typed -> "--" + typed)
                .filter(typed -> parser.getCommandSpec().findOption(typed) == null)
                .toList();
        for (String typed : mistyped) {
            assertThat(Suggestions.similar(typed, all)).as(typed).contains("--" + name);
        }
        for (String typed : firstAndLast(mistyped)) {
            for (String[] args : new String[][] {{command, typed}, {command, typed, "x"}, {command, typed + "=x"}}) {
                assertWrong(Cli.run(args), command, typed, "--" + name);
            }
        }
        assertWrong(Cli.run(command, "-" + name, "x"), command, "-" + name, "--" + name);
    }

    /** Those that the parser gets, which is slow. */
    private static List<String> firstAndLast(List<String> mistyped) {
        return List.of(mistyped.get(0), mistyped.get(mistyped.size() - 1));
    }

    private static void assertWrong(Cli cli, String command, String typed, String meant) {
        assertThat(cli.exit()).as(typed).isEqualTo(2);
        assertThat(cli.out()).as(typed).isEmpty();
        assertThat(cli.err())
                .startsWith("touchstone " + command + ": unknown option '" + typed + "'; did you mean --")
                .contains(meant)
                .hasLineCount(1);
    }

    /** The variants of a word with one letter removed, replaced or added, or two adjacent letters swapped. */
    private static List<String> mistyped(String word) {
        Set<String> all = new TreeSet<>();
        for (int i = 0; i < word.length(); i++) {
            String before = word.substring(0, i);
            all.add(before + word.substring(i + 1));
            all.add(before + "w" + word.substring(i + 1));
            all.add(before + "w" + word.substring(i));
            if (i > 0) {
                all.add(word.substring(0, i - 1) + word.charAt(i) + word.charAt(i - 1) + word.substring(i + 1));
            }
        }
        all.remove(word);
        all.removeIf(typed -> !Character.isLetter(typed.charAt(0)));
        return new ArrayList<>(all);
    }
}
