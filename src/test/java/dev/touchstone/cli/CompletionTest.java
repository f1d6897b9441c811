package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completions of bash with the script that the program prints. ci/shells.py tests bash and zsh in a terminal. */
class CompletionTest {
    /** Calls the completion function for touchstone as bash does, and prints the completions. */
    private static final String TAB = """
            set -u
            source "$1"; shift
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMPREPLY=()
            completer=$(complete -p touchstone | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$completer" 2>/dev/null
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    @TempDir
    private static Path folder;

    private static Path script;

    @BeforeAll
    static void writeScript() throws IOException {
        Cli cli = Cli.run("completion");
        assertThat(cli.exit()).as(cli.err()).isZero();
        script = Files.writeString(folder.resolve("touchstone_completion"), cli.out());
    }

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(complete("touchstone", "gen")).containsExactly("generate");
        assertThat(complete("touchstone", ""))
                .contains(
                        "generate", "chat", "summary", "tokenize", "trace", "parity", "models", "doctor", "completion");
    }

    @Test
    void optionsOfTheCommandAreCompleted() throws Exception {
        assertThat(complete("touchstone", "generate", "--max-n")).containsExactly("--max-new-tokens");
        assertThat(complete("touchstone", "summary", "--max-n")).containsExactly("");
    }

    @Test
    void valuesOfEnumerationsAreCompleted() throws Exception {
        assertThat(complete("touchstone", "generate", "--kernels", "v")).containsExactly("vector");
        assertThat(complete("touchstone", "generate", "--window", "")).containsExactlyInAnyOrder("error", "slide");
    }

    @Test
    void filesAreCompletedForOptionsWithFiles() throws Exception {
        assertThat(complete("touchstone", "parity", "--html", folder + "/touch"))
                .containsExactly(script.toString());
        assertThat(complete("touchstone", "tokenize", "--messages", folder + "/touch"))
                .containsExactly(script.toString());
    }

    private static List<String> complete(String... words) throws Exception {
        String[] command = {"bash", "--noprofile", "--norc", "-c", TAB, "bash", script.toString()};
        Process bash = new ProcessBuilder()
                .command(List.of(concat(command, words)))
                .redirectErrorStream(true)
                .start();
        bash.getOutputStream().close();
        String out = new String(bash.getInputStream().readAllBytes(), UTF_8);
        assertThat(bash.waitFor()).as(out).isZero();
        return out.lines().toList();
    }

    private static String[] concat(String[] first, String[] second) {
        String[] all = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
