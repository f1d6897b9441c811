package dev.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.generation.FinishReason;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Step;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageModelTest {
    private static final String PROMPT = "Once upon a time";
    private static final Sampling TWELVE = Sampling.greedy().maxNewTokens(12);

    private static LanguageModel model;

    @BeforeAll
    static void load() {
        model = LanguageModel.storyteller(LoadOptions.defaults().threads(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void loadsAFolder() {
        Path folder = Fixtures.root().resolve("storyteller");

        try (LanguageModel loaded = LanguageModel.load(folder)) {
            assertThat(loaded.name()).isEqualTo("storyteller");
            assertThat(loaded.generate(PROMPT, TWELVE).text())
                    .isEqualTo(model.generate(PROMPT, TWELVE).text());
        }
    }

    @Test
    void loadsAFolderByItsName() {
        try (LanguageModel loaded =
                LanguageModel.load(Fixtures.root().resolve("tiny-llama").toString(), LoadOptions.defaults())) {
            assertThat(loaded.name()).isEqualTo("tiny-llama");
        }
    }

    @Test
    void aMissingFolderIsRefusedAndLeavesNoThreads() throws InterruptedException {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        List<Thread> started = threadsStartedBy(() -> refusal.set(catchThrowable(() ->
                LanguageModel.load(Path.of("nowhere"), LoadOptions.defaults().threads(3)))));

        assertThat(refusal.get()).isInstanceOf(TouchstoneException.class).hasMessageContaining("nowhere");
        assertThatAllEnd(started);
    }

    @Test
    void closingEndsEveryThread() throws InterruptedException {
        AtomicReference<LanguageModel> other = new AtomicReference<>();
        List<Thread> started = threadsStartedBy(() -> {
            other.set(LanguageModel.storyteller(LoadOptions.defaults().threads(3)));
            other.get().generate(PROMPT, TWELVE);
        });
        assertThat(started)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(Thread::isAlive); // two workers, and maybe the warm-up

        other.get().close();

        assertThatAllEnd(started);
    }

    @Test
    void aClosedModelRefusesCalls() {
        LanguageModel other = LanguageModel.storyteller();
        GenerationTask half = other.start(PROMPT, TWELVE);
        other.close();

        assertThatThrownBy(() -> other.generate(PROMPT, TWELVE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> half.run(step -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> other.logits(1, 2)).isInstanceOf(IllegalStateException.class);
        assertThatCode(other::close).doesNotThrowAnyException();
    }

    @Test
    void theTextOfTheStepsIsTheReturnedText() {
        StringBuilder printed = new StringBuilder();

        Generation made = model.generate(PROMPT, TWELVE, printed::append);

        assertThat(made.ids()).hasSize(12);
        assertThat(made.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(printed).hasToString(made.text()).isNotEmpty();
    }

    @Test
    void theModelsEndOfTextTokenEndsAText() {
        Generation made = IntStream.range(0, 20)
                .mapToObj(seed -> model.generate(
                        "And they lived happily ever after.", Sampling.random().seed(seed)))
                .filter(text -> text.finishReason() == FinishReason.EOS)
                .findFirst()
                .orElseThrow();

        assertThat(model.checkpoint().generation().eosIds()).contains(made.ids()[made.ids().length - 1]);
        assertThat(made.text()).doesNotContain("<|endoftext|>");
    }

    @Test
    void withoutALimitATextEndsWithTheContext() {
        int positions = model.transformer().shape().positions();

        Generation made = model.generate(PROMPT, Sampling.greedy().eosIds());

        assertThat(made.promptIds().length + made.ids().length).isEqualTo(positions + 1);
        assertThat(made.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aStreamComputesOnlyTheStepsThatAreTaken() {
        Generation whole = model.generate(PROMPT, TWELVE);
        List<Step> seen = new ArrayList<>();

        try (Stream<Step> steps = model.stream(PROMPT, TWELVE)) {
            String text = steps.peek(seen::add).limit(5).map(Step::text).collect(Collectors.joining());

            assertThat(whole.text()).startsWith(text).isNotEqualTo(text);
        }
        assertThat(seen).hasSize(5);
        assertThat(seen.stream().mapToInt(Step::id).toArray()).containsExactly(Arrays.copyOf(whole.ids(), 5));
    }

    @Test
    void aTaskCanBeCancelledAtAnyToken() {
        Generation whole = model.generate(PROMPT, TWELVE);
        GenerationTask task = model.start(PROMPT, TWELVE);

        Generation part = task.run(step -> {
            if (step.index() == 3) {
                task.cancel();
            }
        });

        assertThat(part.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(part.ids()).containsExactly(Arrays.copyOf(whole.ids(), 4));
        assertThat(whole.text()).startsWith(part.text());
        assertThat(task.result().ids()).containsExactly(part.ids());
    }

    @Test
    void aCancelledTaskLeavesTheNextCallUnchanged() {
        int[] expected = model.generate(PROMPT, TWELVE).ids();
        GenerationTask task = model.start(PROMPT, TWELVE);
        task.run(step -> task.cancel());

        assertThat(model.generate(PROMPT, TWELVE).ids()).containsExactly(expected);
    }

    @Test
    void theModelIsUsableAfterAFailedConsumer() {
        int[] expected = model.generate(PROMPT, TWELVE).ids();

        assertThatThrownBy(() -> model.generate(PROMPT, TWELVE, step -> {
                    throw new IllegalArgumentException("full");
                }))
                .hasMessage("full");

        assertThat(model.generate(PROMPT, TWELVE).ids()).containsExactly(expected);
    }

    @Test
    void callsFromSeveralThreadsGiveTheSameTextsAsSingleCalls() throws Exception {
        List<String> prompts = List.of(PROMPT, "The king", "The fox", "A poor woman", "In a dark wood", "The wolf");
        Sampling sampling = Sampling.random().temperature(0.9).topK(40).seed(5).maxNewTokens(20);
        List<int[]> alone = prompts.stream()
                .map(prompt -> model.generate(prompt, sampling).ids())
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(prompts.size());
        try {
            List<Future<int[]>> together = new ArrayList<>();
            for (String prompt : prompts) {
                together.add(
                        threads.submit(() -> model.generate(prompt, sampling).ids()));
            }
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together.get(i).get()).containsExactly(alone.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void promptsInABatchGiveTheSameTextsAsAlone() {
        List<String> prompts = List.of("The king", PROMPT, "The fox");
        Map<Integer, StringBuilder> printed = new LinkedHashMap<>();

        List<Generation> together = model.generate(
                prompts,
                TWELVE,
                step -> printed.computeIfAbsent(step.sequence(), i -> new StringBuilder())
                        .append(step));

        for (int i = 0; i < prompts.size(); i++) {
            assertThat(together.get(i).text())
                    .isEqualTo(model.generate(prompts.get(i), TWELVE).text())
                    .isEqualTo(printed.get(i).toString());
        }
    }

    @Test
    void aPromptThatContinuesTheLastTextGivesTheSameBitsAsANewOne() {
        Generation first = model.generate(PROMPT, TWELVE);
        int[] longer = Stream.of(first.promptIds(), first.ids())
                .flatMapToInt(Arrays::stream)
                .toArray();

        int[] continued = model.generate(longer, TWELVE, step -> {}).ids();
        model.clearCache();

        assertThat(continued)
                .containsExactly(model.generate(longer, TWELVE, step -> {}).ids());
    }

    @Test
    void theCacheAndTheKernelsDoNotChangeTheTokens() {
        LoadOptions scalar = LoadOptions.defaults().kernels(KernelChoice.SCALAR);
        try (LanguageModel plain = LanguageModel.storyteller(scalar)) {
            int[] expected = model.generate(PROMPT, TWELVE).ids();

            assertThat(plain.generate(PROMPT, TWELVE).ids()).containsExactly(expected);
            assertThat(plain.generate(PROMPT, TWELVE.useCache(false)).ids()).containsExactly(expected);
        }
    }

    @Test
    void draftsDoNotChangeGreedyTokens() {
        int[] expected = model.generate(PROMPT, TWELVE).ids();

        GenerationTask lookup = model.start(PROMPT, TWELVE.promptLookup(3));
        assertThat(lookup.run(step -> {}).ids()).containsExactly(expected);
        assertThat(lookup.speculation()).isPresent();
        try (LanguageModel draft =
                LanguageModel.storytellerDraft(LoadOptions.defaults().sharedWith(model))) {
            assertThat(model.generate(PROMPT, TWELVE.draft(draft, 4)).ids()).containsExactly(expected);
        }
        assertThat(model.generate(PROMPT, TWELVE).ids()).containsExactly(expected); // the shared kernels are still open
    }

    @Test
    void penaltiesAlsoApplyWithDraftsAndInBatches() {
        Sampling sampling = TWELVE.repetitionPenalty(1.4)
                .noRepeatNgram(2)
                .encoderRepetitionPenalty(1.2)
                .suppressTokens(258)
                .minNewTokens(3);
        int[] expected = model.generate(PROMPT, sampling).ids();

        assertThat(expected).isNotEqualTo(model.generate(PROMPT, TWELVE).ids());
        assertThat(model.generate(PROMPT, sampling.promptLookup(3)).ids()).containsExactly(expected);
        assertThat(model.generate(List.of("The king", PROMPT), sampling, step -> {})
                        .get(1)
                        .ids())
                .containsExactly(expected);
    }

    @Test
    void aDraftModelNeedsTheSameVocabulary() {
        try (LanguageModel other = LanguageModel.load(Fixtures.root().resolve("tiny-llama"))) {
            assertThatThrownBy(() -> model.generate(PROMPT, TWELVE.draft(other, 4)))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("another vocabulary");
        }
    }

    @Test
    void beamsAreTheBestOfSeveralTexts() {
        Generation best = model.generate(PROMPT, TWELVE.beams(3));

        assertThat(logProbability(best)).isGreaterThanOrEqualTo(logProbability(model.generate(PROMPT, TWELVE)));
    }

    @Test
    void beamsAndDraftsContinueOnePromptAtATime() {
        List<int[]> two = List.of(new int[] {1}, new int[] {2});

        assertThatThrownBy(() -> model.start(two, TWELVE.beams(2))).hasMessageContaining("one prompt at a time");
        assertThatThrownBy(() -> model.start(two, TWELVE.promptLookup(2))).hasMessageContaining("one prompt at a time");
    }

    @Test
    void logitsEqualThoseOfTheTransformer() {
        int[] ids = model.tokenizer().encode(PROMPT);

        Tensor logits = model.logits(ids);

        assertThat(logits.shape())
                .containsExactly(ids.length, model.transformer().shape().vocabulary());
        Map<String, Tensor> taps = new LinkedHashMap<>();
        assertThat(model.trace(ids, taps::put).data()).containsExactly(logits.data());
        assertThat(taps.get("logits").data()).containsExactly(logits.data());
    }

    /** What transformers renders and encodes, with the template and the arguments of each call. */
    @Test
    void aConversationIsEncodedAsByTransformersAndAnswered(@TempDir Path folder) throws IOException {
        Path file = Fixtures.root().resolve("chat_prompts.json");
        int calls = 0;
        for (JsonNode call : Json.value("" + file, Files.readString(file))) {
            boolean isOurs = call.get("model").asText().equals("storyteller");
            if (!isOurs || !call.has("ids") || call.has("continue_final_message")) {
                continue;
            }
            Path template = Files.writeString(
                    folder.resolve("template.jinja"), call.get("template").textValue());
            LoadOptions options = LoadOptions.defaults().sharedWith(model).chatTemplate(template);
            try (LanguageModel chatting = LanguageModel.storyteller(options)) {
                int[] ids = chatting.encodeChat(input(call));

                assertThat(Json.tree(ids)).isEqualTo(call.get("ids"));
                if (ids.length < 200) {
                    Sampling three = Sampling.greedy().maxNewTokens(3);
                    Generation answer = chatting.chat(input(call), three, step -> {});
                    assertThat(answer.ids())
                            .isEqualTo(model.generate(ids, three, step -> {}).ids());
                }
            }
            calls++;
        }
        assertThat(calls).isGreaterThanOrEqualTo(10);
    }

    private static ChatInput input(JsonNode call) {
        ChatInput input = ChatInput.of(Message.list("call", call.get("messages")));
        input = call.path("add_generation_prompt").asBoolean() ? input : input.withoutGenerationPrompt();
        input = call.has("tools") ? input.withTools((List<?>) Json.plain(call.get("tools"))) : input;
        input = call.has("documents") ? input.withDocuments((List<?>) Json.plain(call.get("documents"))) : input;
        Map<String, Object> variables = new LinkedHashMap<>();
        call.path("variables")
                .properties()
                .forEach(variable -> variables.put(variable.getKey(), Json.plain(variable.getValue())));
        return input.withVariables(variables);
    }

    @Test
    void aTemplateThatCannotBeReadIsNamedBeforeTheModelIsLoaded() {
        assertThatThrownBy(() -> LoadOptions.defaults().chatTemplate(Path.of("nowhere.jinja")))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("nowhere.jinja: no such file");
    }

    @Test
    void aVariableWithTheNameOfAnArgumentIsRefused() {
        ChatInput input = ChatInput.of(List.of(new Message("user", "Hello")));

        assertThatThrownBy(() -> input.withVariables(Map.of("tools", List.of())))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageStartingWith("\"tools\" cannot be a variable of a chat template");
    }

    @Test
    void aModelWithoutAChatTemplateRefusesMessages() {
        assertThatThrownBy(() -> model.chat(List.of(new Message("user", "Hello")), TWELVE, step -> {}))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("storyteller has no chat template");
    }

    private static double logProbability(Generation made) {
        int[] ids = Stream.of(made.promptIds(), made.ids())
                .flatMapToInt(Arrays::stream)
                .toArray();
        Tensor logits = model.logits(ids);
        double sum = 0;
        for (int i = made.promptIds().length; i < ids.length; i++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int v = 0; v < logits.size(-1); v++) {
                max = Math.max(max, logits.at(i - 1, v));
            }
            double total = 0;
            for (int v = 0; v < logits.size(-1); v++) {
                total += Math.exp(logits.at(i - 1, v) - max);
            }
            sum += logits.at(i - 1, ids[i]) - max - Math.log(total);
        }
        return sum;
    }

    /** The threads that the action started and that are alive. It runs in a new thread group, which new threads inherit. */
    private static List<Thread> threadsStartedBy(Runnable action) throws InterruptedException {
        ThreadGroup group = new ThreadGroup("of one test");
        Thread caller = new Thread(group, action);
        caller.start();
        caller.join();
        Thread[] threads = new Thread[group.activeCount() + 16];
        return Arrays.asList(threads).subList(0, group.enumerate(threads));
    }

    /** Waits, because a thread takes a moment to end. */
    private static void assertThatAllEnd(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(5_000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }
}
