package dev.touchstone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The ids that the command line generates equal those of Hugging Face's {@code generate}, so each setting has its effect. */
class HuggingFaceIdsTest {
    private static final Path FIXTURES = Path.of(System.getProperty("touchstone.basedir", "."), "fixtures");

    /** The option for each setting of {@code generate}. */
    private static final Map<String, String> OPTIONS = new TreeMap<>(Map.of(
            "max_new_tokens", "--max-new-tokens",
            "num_beams", "--beams",
            "length_penalty", "--length-penalty",
            "early_stopping", "--early-stopping",
            "repetition_penalty", "--repetition-penalty",
            "no_repeat_ngram_size", "--no-repeat-ngram"));

    @TestFactory
    Stream<DynamicTest> idsAndTextAreHuggingFaces() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path folder : folders()) {
            ObjectMapper json = new ObjectMapper();
            JsonNode eos = json.readTree(
                            folder.resolve("generation_config.json").toFile())
                    .get("eos_token_id");
            for (JsonNode request :
                    json.readTree(folder.resolve("generation.json").toFile())) {
                // The command line uses the model's end-of-text tokens, so requests with others are skipped.
                if (list(request.get("settings").get("eos_token_id")).equals(list(eos))) {
                    String name =
                            folder.getFileName() + ": " + request.get("name").asText();
                    tests.add(dynamicTest(name, () -> check(folder, request)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(30);
        return tests.stream();
    }

    private static List<Path> folders() throws IOException {
        try (Stream<Path> entries = Files.list(FIXTURES)) {
            return entries.filter(folder -> Files.exists(folder.resolve("generation.json")))
                    .sorted()
                    .toList();
        }
    }

    private static void check(Path folder, JsonNode request) throws IOException {
        List<String> args = new ArrayList<>(List.of("generate", "--json", "--model", "" + folder));
        args.addAll(List.of("--prompt", request.get("prompt").textValue()));
        JsonNode settings = request.get("settings");
        boolean beams = settings.get("num_beams").intValue() > 1;
        OPTIONS.forEach((name, option) -> {
            boolean forBeams =
                    List.of("num_beams", "length_penalty", "early_stopping").contains(name);
            if (beams || !forBeams) {
                args.addAll(List.of(option, settings.get(name).asText()));
            }
        });

        Cli cli = Cli.run(args.toArray(String[]::new));

        assertThat(cli.exit()).as(cli.err()).isZero();
        JsonNode answer = new ObjectMapper().readTree(cli.out());
        assertThat(list(answer.get("prompt_ids"))).isEqualTo(list(request.get("prompt_ids")));
        assertThat(list(answer.get("ids"))).isEqualTo(list(request.get("ids")));
        assertThat(answer.get("finish_reason")).isEqualTo(request.get("finish_reason"));
        // Hugging Face's text includes the end-of-text token.
        String theirs = request.get("text").textValue();
        boolean ended = request.get("finish_reason").textValue().equals("eos");
        assertThat(answer.get("text").textValue()).isEqualTo(ended ? theirs.replaceFirst(" ?<[^<>]+>$", "") : theirs);
    }

    /** One id or several. */
    private static List<Integer> list(JsonNode ids) {
        return ids.isArray()
                ? StreamSupport.stream(ids.spliterator(), false)
                        .map(JsonNode::intValue)
                        .toList()
                : List.of(ids.intValue());
    }
}
