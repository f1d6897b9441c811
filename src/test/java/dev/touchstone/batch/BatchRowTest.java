package dev.touchstone.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.generation.Generation;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of a batch: what is read, what the answer depends on, and what it contains. */
class BatchRowTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Sampling RUN = Sampling.greedy().maxNewTokens(5);
    private static final Sampling RANDOM =
            Sampling.random().temperature(1.2).seed(7).maxNewTokens(5);

    @TempDir
    private static Path folder;

    private static LanguageModel model;

    /** The limits of the engines that were opened. */
    private static final Set<Limits> opened = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void load() throws Exception {
        Path template = Files.writeString(
                folder.resolve("t.jinja"),
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{{ tools[0].name if tools }}{% if"
                        + " add_generation_prompt %}<a>{% endif %}");
        model = LanguageModel.storyteller(LoadOptions.defaults().threads(1).chatTemplate(template));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Expected values: int.from_bytes(hashlib.sha256(b"7\nrow-1").digest()[:8], "big", signed=True) of Python. */
    @Test
    void theSeedIsAFunctionOfTheSeedOfTheRunAndTheId() {
        assertThat(RowRequest.seed(7, "row-1")).isEqualTo(-6876257927468744480L);
        assertThat(RowRequest.seed(-3, "17")).isEqualTo(6379391504645497691L);
        assertThat(request("{\"id\": \"row-1\", \"prompt\": \"a\"}", RANDOM).seed())
                .isEqualTo(-6876257927468744480L);
        assertThat(request("{\"id\": 17, \"prompt\": \"a\"}", RANDOM.seed(-3)).seed())
                .isEqualTo(6379391504645497691L);
    }

    @Test
    void aRowWithoutIdHasTheSeedOfTheRunAndOneWithASeedHasItsOwn() {
        assertThat(request("\"a\"", RANDOM).seed()).isEqualTo(7);
        assertThat(request("{\"id\": 1, \"prompt\": \"a\", \"settings\": {\"seed\": 5}}", RANDOM)
                        .seed())
                .isEqualTo(5);
        assertThat(request("{\"id\": 1, \"prompt\": \"a\"}", RUN).seed()).isNull();
    }

    @Test
    void theAnswerIsThatOfTheRowAloneWithItsSeed() throws Exception {
        JsonNode answer = answers(List.of("{\"id\": \"x\", \"prompt\": \"The king\"}"), RANDOM, 4)
                .get(0);

        Generation alone =
                model.generate("The king", RANDOM.seed(answer.get("seed").longValue()));
        assertThat(answer.get("text").textValue()).isEqualTo(alone.text());
        assertThat(JSON.convertValue(answer.get("ids"), int[].class)).isEqualTo(alone.ids());
    }

    @Test
    void settingsOfARowOverrideThoseOfTheRun() throws Exception {
        JsonNode answer = answers(
                        List.of("{\"prompt\": \"The king\", \"settings\": {\"max_new_tokens\": 2, \"do_sample\": true,"
                                + " \"temperature\": 1.5, \"seed\": 9}}"),
                        RUN,
                        4)
                .get(0);

        Generation alone = model.generate(
                "The king", Sampling.random().temperature(1.5).seed(9).maxNewTokens(2));
        assertThat(JSON.convertValue(answer.get("ids"), int[].class)).isEqualTo(alone.ids());
    }

    @Test
    void settingsAndMessagesMayBeJsonInAString() {
        BatchRow object =
                row("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"settings\": {\"seed\": 5}}");
        BatchRow text = row("{\"messages\": \"[{\\\"role\\\": \\\"user\\\", \\\"content\\\": \\\"Hi\\\"}]\","
                + " \"settings\": \"{\\\"seed\\\": 5}\"}");

        assertThat(text.prompt()).isEqualTo(object.prompt()).isEqualTo("<user>Hi<a>");
        assertThat(text.settings()).isEqualTo(object.settings());
    }

    @Test
    void messagesAreRenderedByTheChatTemplateWithTools() {
        BatchRow row = row("{\"messages\": [{\"role\": \"system\", \"content\": \"Be\"}, {\"role\": \"user\","
                + " \"content\": \"Hi\"}], \"tools\": [{\"name\": \"f\"}]}");

        assertThat(row.prompt()).isEqualTo("<system>Be<user>Hif<a>");
        ChatInput input = ChatInput.of(List.of(new Message("system", "Be"), new Message("user", "Hif")));
        assertThat(row.ids()).isEqualTo(model.encodeChat(input));
    }

    /** The formula: the sum of log(exp(x) / sum(exp(x))) of the chosen tokens, in double. */
    @Test
    void theLogProbabilityIsThatOfTheModel() throws Exception {
        JsonNode answer = answers(List.of("{\"id\": 3, \"prompt\": \"The king\"}"), RANDOM, 4)
                .get(0);
        int[] prompt = JSON.convertValue(answer.get("prompt_ids"), int[].class);
        int[] made = JSON.convertValue(answer.get("ids"), int[].class);
        int[] all = new int[prompt.length + made.length];
        System.arraycopy(prompt, 0, all, 0, prompt.length);
        System.arraycopy(made, 0, all, prompt.length, made.length);

        Tensor logits = model.logits(all);
        double expected = 0;
        for (int i = prompt.length; i < all.length; i++) {
            double sum = 0;
            for (int v = 0; v < logits.size(-1); v++) {
                sum += Math.exp(logits.at(i - 1, v));
            }
            expected += logits.at(i - 1, all[i]) - Math.log(sum);
        }

        assertThat(answer.get("log_probability").doubleValue()).isCloseTo(expected, within(1e-5));
        assertThat(expected).isLessThan(-1);
    }

    @Test
    void theDigestIsThatOfTheFieldsThatItNames() throws Exception {
        JsonNode answer = answers(List.of("{\"id\": 3, \"prompt\": \"The king\"}"), RUN, 4)
                .get(0);
        String text = "{\"prompt_ids\":" + answer.get("prompt_ids")
                + ",\"settings\":{\"do_sample\":false,\"eos_token_id\":"
                + JSON.valueToTree(model.checkpoint().generation().eosIds())
                + ",\"max_new_tokens\":5},\"ids\":" + answer.get("ids")
                + ",\"finish_reason\":\"length\",\"log_probability\":"
                + answer.get("log_probability") + "}";

        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.get("digest").textValue()).isEqualTo(HexFormat.of().formatHex(hash));
    }

    @Test
    void anAnswerDoesNotDependOnTheOrderTheSizeOrTheLengthOfOtherRows() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String text = "The king and the queen ".repeat(i % 4 + 1);
            rows.add("{\"id\": " + i + ", \"prompt\": \"" + text + "\", \"settings\": {\"max_new_tokens\": "
                    + (i % 3 == 0 ? 40 : 3) + "}}");
        }
        List<String> others = new ArrayList<>(rows);
        Collections.shuffle(others, new Random(3));

        TreeMap<Integer, String> expected = byId(answers(rows, RANDOM, 1));
        assertThat(expected).hasSize(20);
        assertThat(byId(answers(others, RANDOM, 7))).isEqualTo(expected);
        assertThat(byId(answers(others, RANDOM, 100))).isEqualTo(expected);
        assertThat(opened).as("engines for longer and longer rows").hasSizeGreaterThan(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"a\", \"settings\": 5} | here: settings is no object",
                "{\"prompt\": \"a\", \"settings\": {\"top\": 5}} | here: settings: top is no setting that can be read",
                "{\"prompt\": \"a\", \"settings\": {\"top_k\": 5}} | here: settings: top_k has an effect on sampling only",
                "{\"prompt\": \"a\", \"settings\": {\"num_beams\": 2}} | here: beam search is not possible",
                "{\"prompt\": \"a\", \"settings\": {\"max_new_tokens\": 9999}} | here: the prompt has 1 tokens and 9999",
                "{\"messages\": \"x\"} | here: messages is not valid JSON",
                "{\"messages\": [5]} | here: messages: message 0 is no object",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"tools\": 7} | here: tools is no list",
                "{\"prompt_ids\": [1, 99999999999]} | here: token id 99999999999 is not in the vocabulary",
                "{\"prompt_ids\": []} | here: the prompt is empty",
            })
    void aBadRowIsRefusedWithItsPlace(String json, String message) {
        assertThatThrownBy(() -> request(json, RUN))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith(message);
    }

    private static Engine open(Limits limits) {
        opened.add(limits);
        return model.engine(limits);
    }

    private static TreeMap<Integer, String> byId(List<JsonNode> answers) {
        TreeMap<Integer, String> byId = new TreeMap<>();
        answers.forEach(answer -> byId.put(answer.get("id").intValue(), answer.toString()));
        return byId;
    }

    private static List<JsonNode> answers(List<String> rows, Sampling run, int size) throws Exception {
        List<JsonNode> answers = new ArrayList<>();
        try (BatchRun batch =
                new BatchRun(model.transformer(), BatchRowTest::open, size, 1)) { // 1 byte: only what rows need
            Iterator<BatchAnswer> made = batch.inOrder(rows.iterator(), row -> batch.submit(request(row, run)));
            while (made.hasNext()) {
                answers.add(JSON.readTree(made.next().json().toString()));
            }
        }
        return answers;
    }

    private static RowRequest request(String json, Sampling run) {
        return RowRequest.of(row(json), model.checkpoint(), run);
    }

    private static BatchRow row(String json) {
        return new RowReader(new PromptEncoder(model.checkpoint().text(), null)).read("here", json);
    }
}
