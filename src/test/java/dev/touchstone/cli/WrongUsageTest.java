package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid command lines lead to one line with the reason and the help option, exit code 2, and no output. */
class WrongUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "generat | unknown command 'generat'; did you mean generate?",
                "--prompt x | a command is missing before --prompt, such as generate",
                "help | did you mean --help?",
                "--quiet x | unknown command 'x'",
                "generate | a prompt is missing",
                "generate --promt x | unknown option '--promt'; did you mean --prompt?",
                "generate --promt=x | unknown option '--promt'; did you mean --prompt?",
                "generate -prompt=x | unknown option '-prompt'; did you mean --prompt?",
                "generate once | unexpected argument 'once'; give a prompt with --prompt",
                "trace --prompt a --ot f | unknown option '--ot'; did you mean --out?",
                "generate --prompt | Missing required parameter",
                "generate --prompt a --prompt-ids 1 | exclude each other",
                "generate --prompt-ids 1,two | whole numbers",
                "generate --prompt-ids 1,,2 | whole numbers",
                "generate --prompt-ids 99999999999 | whole numbers",
                "generate --prompt a --max-new-tokens many | 'many' is not a whole number",
                "generate --prompt a --max-new-tokens 2147483648 | '2147483648' is too large",
                "generate --prompt a --max-new-tokens -1 | at least 0",
                "generate --prompt a b | unexpected argument 'b'; put quotes around",
                "generate --prompt a --prompt b | should be specified only once",
                "generate --prompt a --greedy --temperature 0.5 | --greedy and --temperature exclude",
                "generate --prompt a --greedy --top-k 5 --seed 1 | --greedy and --top-k and --seed exclude",
                "generate --prompt a --temperature 0 | temperature must be above 0, got 0; use greedy decoding instead (--greedy)",
                "generate --prompt a --temperature NaN | temperature must be above 0",
                "generate --prompt a --temperature hot | 'hot' is not a number",
                "generate --prompt a --top-k -1 | top-k must be",
                "generate --prompt a --top-p 1.5 | top-p must be",
                "generate --prompt a --min-p -0.1 | min-p must be",
                "generate --prompt a --typical-p 2 | typical-p must be",
                "generate --prompt a --repetition-penalty 0 | repetition penalty must be",
                "generate --prompt a --no-repeat-ngram -2 | no-repeat-ngram must be",
                "generate --prompt a --stop= | --stop is empty",
                "generate --prompt a --window shrink | expected error or slide, got 'shrink'",
                "generate --prompt a --window-stride 4 | --window-stride needs --window slide",
                "generate --prompt a --window slide --window-stride 0 | at least 1",
                "generate --prompt a --beams 0 | beams must be at least 2",
                "generate --prompt a --beams 2147483647 | beams must be at most 65536",
                "generate --prompt a --beams 2 --temperature 0.5 | --beams and --temperature exclude",
                "generate --prompt a --beams 2 --stop x | --beams and --stop exclude",
                "generate --prompt a --beams 2 --draft gpt2 | exclude each other",
                "generate --prompt a --beams 2 --show-steps | --beams and --show-steps exclude each other",
                "generate --prompt a --length-penalty 2 | --length-penalty needs --beams",
                "generate --prompt a --beams 2 --early-stopping maybe | expected false or true or never, got",
                "generate --prompt a --draft gpt2 --prompt-lookup | exclude each other",
                "generate --prompt a --speculate 3 | needs --draft or --prompt-lookup",
                "generate --prompt a --prompt-lookup --speculate 0 | at least 1",
                "generate --prompt a --threads 0 | at least 1",
                "explain | a prompt is missing",
                "explain --prompt a --top-p 2 | top-p must be",
                "explain --prompt a --html / | not the name of a file",
                "explain --prompt a --draft x --prompt-lookup | exclude each other",
                "generate --prompt a --threads 1000000 | at most 4096",
                "generate --prompt a --kernels scalar --threads 2 | --threads and --kernels scalar exclude each other",
                "generate --prompt a --kernels cuda | expected scalar or vector, got",
                "generate --prompt a --json --show-steps | exclude each other",
                "generate --prompt a --out f | --out needs --batch-file",
                "generate --prompt a --system b | --system needs --chat",
                "generate --prompt a --set b=1 | --set needs --chat",
                "generate --prompt-ids 1 --chat | --chat and --prompt-ids exclude each other",
                "generate --chat | a prompt is missing",
                "generate --prompt a --batch-file f | cannot be used with --prompt",
                "generate --batch-file f --beams 2 | cannot be used with --beams",
                "generate --batch-file f --batch-size 0 | at least 1",
                "compare | a prompt is missing",
                "chat --greedy --temperature 0.5 | --greedy and --temperature exclude",
                "chat --template t --template-name n | exclude each other",
                "chat --set x=yes | 'x=yes' has no JSON value",
                "summary gpt2 | unexpected argument 'gpt2'; give a model with --model",
                "trace --prompt a | --out",
                "trace --out f | a prompt is missing",
                "trace --prompt a --out / | is not the name of a file",
                "trace --prompt a --out= | is not the name of a file",
                "doctor --model gpt2 | unknown option",
                "completion fish | unexpected argument 'fish'",
                "tokenize | give a text",
                "tokenize a --ids 1 | only one of them",
                "tokenize a --messages f | only one of them",
                "tokenize --messages f --ids 1 | only one of them",
                "tokenize a --rendered | --rendered needs --messages",
                "tokenize a --set x=1 --tools f | --tools and --set need --messages",
                "tokenize a --no-generation-prompt | --no-generation-prompt needs --messages",
                "tokenize --messages f --rendered --json | --rendered and --json exclude each other",
                "tokenize --messages f --template t --template-name n | exclude each other",
                "tokenize --messages f --set x | 'x' has no name and value",
                "tokenize --messages f --set =1 | '=1' has no name and value",
                "tokenize --messages f --set x=True | 'x=True' has no JSON value",
                "tokenize --messages f --set x= | 'x=' has no JSON value",
                "tokenize --messages f --set x=1 --set x=2 | the variable x is set twice",
                "tokenize --messages f --set tools=[] | \"tools\" cannot be a variable",
                "tokenize --messages / | is not the name of a file",
                "tokenize a b | unexpected argument 'b'; put quotes around",
            })
    void exitsWith2(String line, String message) {
        Cli cli = Cli.run(line.split(" "));

        assertThat(cli.exit()).as(cli.err()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).startsWith("touchstone").contains(message).contains("--help");
        assertThat(cli.err().lines()).hasSize(1);
    }

    @Test
    void aValueMayLookLikeAnOption() {
        for (String prompt : new String[] {"--prompt=-model", "--prompt=-m", "--prompt=--ids", "-p-x"}) {
            Cli cli = Cli.run("tokenize", prompt, "--json");

            assertThat(cli.exit()).as(cli.err()).isZero();
            assertThat(cli.out()).contains("\"text\":\"" + prompt.replaceFirst("--prompt=|-p", "") + "\"");
        }
        assertThat(Cli.run("tokenize", "--prompt", "--ids").err())
                .isEqualToIgnoringNewLines(
                        "touchstone tokenize: --prompt needs a value, but is followed by the option --ids;"
                                + " if that is the value, write --prompt=--ids (see touchstone tokenize --help)");
    }

    @Test
    void noCommandAtAll() {
        Cli cli = Cli.run();

        assertThat(cli.exit()).isEqualTo(2);
        assertThat(cli.err()).contains("a command is missing").contains("touchstone --help");
    }
}
