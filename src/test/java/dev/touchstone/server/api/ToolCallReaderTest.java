package dev.touchstone.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.server.api.ToolCallReader.Part;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Calls of functions in the text of an answer. */
class ToolCallReaderTest {
    private static final String CALL =
            "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": [1, \"</b>\"]}}\n</tool_call>";
    private static final String PARSED = "f({\"x\":[1,\"</b>\"]})";

    /** The text, with calls as {@code name(arguments)}. */
    private static String read(ToolCallReader reader, List<String> pieces) {
        StringBuilder all = new StringBuilder();
        List<Part> parts = new ArrayList<>();
        pieces.forEach(piece -> parts.addAll(reader.add(piece)));
        parts.addAll(reader.end());
        for (Part part : parts) {
            assertThat(part.call() == null).isEqualTo(!part.text().isEmpty());
            all.append(
                    part.call() == null
                            ? part.text()
                            : part.call().name() + "(" + part.call().arguments() + ")");
        }
        return all.toString();
    }

    private static String hermes(String text) {
        return read(new HermesCalls(), List.of(text));
    }

    @Test
    void hermesCallsAreFoundAmongText() {
        assertThat(hermes("just text ")).isEqualTo("just text ");
        assertThat(hermes(CALL)).isEqualTo(PARSED);
        assertThat(hermes("Well.\n\n" + CALL + "\n" + CALL + "\n")).isEqualTo("Well." + PARSED + PARSED);
        assertThat(hermes(CALL + " and then")).isEqualTo(PARSED + "and then");
    }

    @Test
    void whatIsNoHermesCallStaysText() {
        for (String text : List.of(
                "<tool_call>",
                "<tool_call>{}</tool_call>",
                "a <tool_call>{\"name\": \"f\"",
                "<tool_cal",
                "<tool_call>{\"name\": 1, \"arguments\": {}}</tool_call>",
                "<tool_call>x</tool_call> y",
                "<tool_call>" + "{\"name\": \"f\", \"arguments\": []}</tool_call>")) {
            assertThat(hermes(text)).isEqualTo(text);
        }
    }

    @Test
    void aLlamaCallIsTheWholeAnswer() {
        String call = "{\"name\": \"f\", \"parameters\": {\"x\": 1}}";

        assertThat(read(new LlamaCalls(), List.of(call))).isEqualTo("f({\"x\":1})");
        assertThat(read(new LlamaCalls(), List.of("\n<|python_tag|>" + call))).isEqualTo("f({\"x\":1})");
        for (String text : List.of("I think " + call, call + " done", "{\"name\": \"f\"}", "{", "<|python", "")) {
            assertThat(read(new LlamaCalls(), List.of(text))).isEqualTo(text);
        }
    }

    @Property
    void theResultDoesNotDependOnThePieces(@ForAll @From("texts") String text, @ForAll List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        String rest = text;
        for (int cut : cuts) {
            int length = Math.floorMod(cut, rest.length() + 1);
            pieces.add(rest.substring(0, length));
            rest = rest.substring(length);
        }
        pieces.add(rest);

        assertThat(read(new HermesCalls(), pieces)).isEqualTo(hermes(text));
        assertThat(read(new LlamaCalls(), pieces)).isEqualTo(read(new LlamaCalls(), List.of(text)));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "<tool_call>",
                        "</tool_call>",
                        "{\"name\": \"f\", \"arguments\": {}}",
                        CALL,
                        " ",
                        "\n",
                        "a",
                        "<",
                        "{",
                        "<|python_tag|>")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }
}
