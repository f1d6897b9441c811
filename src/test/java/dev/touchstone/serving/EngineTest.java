package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.util.TouchstoneException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final LanguageModel MODEL = LanguageModel.storyteller();
    private static final Sampling SAMPLING =
            Sampling.random().temperature(0.8).topP(0.9).seed(3).maxNewTokens(12);

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static Request request(String text, Sampling sampling, Wanted wanted) {
        int[] prompt = MODEL.tokenizer().encode(text);
        return new Request("client", prompt, MODEL.settings(prompt, sampling), wanted);
    }

    @Test
    void manyRequestsGetWhatEachGetsAlone() {
        List<String> texts =
                List.of("The king", "Once upon a time there was", "A fox and a", "There was once a poor man");
        List<Recorder> recorders = new ArrayList<>();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            for (String text : texts) {
                Recorder recorder = new Recorder();
                recorders.add(recorder);
                engine.submit(request(text, SAMPLING, Wanted.TOKENS), recorder);
            }
            recorders.forEach(Recorder::end);
        }

        for (int i = 0; i < texts.size(); i++) {
            List<Step> alone = new ArrayList<>();
            Generation expected = MODEL.generate(texts.get(i), SAMPLING, alone::add);
            End end = recorders.get(i).end();
            assertThat(end.outcome()).isEqualTo(Outcome.FINISHED);
            assertThat(end.generation()).usingRecursiveComparison().isEqualTo(expected);
            assertThat(recorders.get(i).steps).usingRecursiveComparison().isEqualTo(alone);
        }
    }

    @Test
    void theLogitsOfEachPromptTokenAreThoseOfOnePass() {
        Recorder recorder = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            engine.submit(request("There was once", Sampling.greedy().maxNewTokens(0), Wanted.PROMPT_LOGITS), recorder);
            assertThat(recorder.end().generation().text()).isEmpty();
        }

        float[] expected =
                MODEL.logits(MODEL.tokenizer().encode("There was once")).data();
        assertThat(recorder.promptLogits.stream().flatMap(row -> floats(row).stream()))
                .containsExactlyElementsOf(floats(expected));
    }

    private static List<Float> floats(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    @Test
    void aCancelledRequestEndsOnce() {
        Recorder recorder = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            Settings settings = request("The king", Sampling.greedy().maxNewTokens(200), Wanted.TOKENS)
                    .settings();
            Ticket ticket = engine.submit(new Request("client", new int[] {5}, settings), recorder);
            ticket.cancel();
            assertThat(recorder.end().outcome()).isEqualTo(Outcome.CANCELLED);
            ticket.cancel();
        }
    }

    private static final class Gate implements Listener {
        final CompletableFuture<Void> begun = new CompletableFuture<>();
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final CompletableFuture<End> end = new CompletableFuture<>();

        /** Holds the engine's thread until the test opens the gate. */
        @Override
        public void onStep(Step step) {
            begun.complete(null);
            open.join();
        }

        @Override
        public void onEnd(End end) {
            this.end.complete(end);
        }
    }

    @Test
    void aFullQueueRefusesRequests() {
        Request request = request("The king", Sampling.greedy().maxNewTokens(3), Wanted.TOKENS);
        try (Engine engine = MODEL.engine(Limits.defaults().withRunning(1).withQueued(2))) {
            Gate gate = new Gate();
            engine.submit(request, gate);
            gate.begun.join();
            Recorder first = new Recorder();
            Recorder second = new Recorder();
            engine.submit(request, first);
            engine.submit(request, second);
            assertThat(engine.statistics().queued() + engine.statistics().running())
                    .isEqualTo(3);

            assertThatThrownBy(() -> engine.submit(request, new Recorder()))
                    .isInstanceOfSatisfying(BusyException.class, e -> {
                        assertThat(e.reason()).isEqualTo(BusyException.Reason.QUEUE_FULL);
                        assertThat(e.retryAfter()).isPositive();
                    })
                    .hasMessage("3 requests run or wait already");

            gate.open.complete(null);
            assertThat(first.end().outcome()).isEqualTo(Outcome.FINISHED);
            assertThat(second.end().outcome()).isEqualTo(Outcome.FINISHED);
            Recorder later = new Recorder();
            engine.submit(request, later);
            assertThat(later.end().outcome()).isEqualTo(Outcome.FINISHED);
        }
    }

    @Test
    void anInvalidRequestIsRefused() {
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            Settings settings = request("The king", Sampling.greedy().maxNewTokens(3), Wanted.TOKENS)
                    .settings();

            assertThatThrownBy(() -> engine.submit(new Request("client", new int[0], settings), new Recorder()))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("the prompt is empty");
            assertThatThrownBy(() -> engine.submit(new Request("client", new int[] {-1}, settings), new Recorder()))
                    .hasMessageContaining("token id -1 is not in the vocabulary");
            assertThat(engine.statistics().ended()).isZero();
        }
    }

    @Test
    void aDrainedEngineFinishesWhatItAccepted() throws InterruptedException {
        Request request = request("The king", Sampling.greedy().maxNewTokens(5), Wanted.TOKENS);
        Recorder recorder = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults())) {
            engine.submit(request, recorder);

            engine.drain(Duration.ofMinutes(1));

            assertThat(recorder.end.getNow(null).outcome()).isEqualTo(Outcome.FINISHED);
            assertThatThrownBy(() -> engine.submit(request, new Recorder()))
                    .isInstanceOfSatisfying(
                            BusyException.class, e -> assertThat(e.reason()).isEqualTo(BusyException.Reason.DRAINING));
        }
    }

    @Test
    void theEndOfTheGracePeriodEndsTheRest() throws InterruptedException {
        Request request = request("The king", Sampling.greedy().eosIds().maxNewTokens(250), Wanted.TOKENS);
        Recorder running = new Recorder();
        Recorder waiting = new Recorder();
        try (Engine engine = MODEL.engine(Limits.defaults().withRunning(1))) {
            engine.submit(request, running);
            engine.submit(request, waiting);

            engine.drain(Duration.ofMillis(20));

            for (Recorder recorder : List.of(running, waiting)) {
                End end = recorder.end.getNow(null);
                assertThat(end.outcome()).isEqualTo(Outcome.DRAINED);
                assertThat(end.failure()).hasMessage("the engine stopped before the text was complete");
                assertThat(end.generation().ids()).hasSize(recorder.steps.size());
            }
            assertThat(engine.statistics().pages().used()).isZero();
        }
    }

    @Test
    void aClosedModelFailsRequests() {
        LanguageModel model = LanguageModel.storyteller(LoadOptions.defaults().sharedWith(MODEL));
        Request request = request("The king", Sampling.greedy().maxNewTokens(5), Wanted.TOKENS);
        Recorder recorder = new Recorder();
        try (Engine engine = model.engine(Limits.defaults())) {
            model.close();
            engine.submit(request, recorder);

            assertThat(recorder.end().failure()).hasMessage("the model is closed");
        }
    }

    /** Clients on several threads submit and cancel while other calls on the model take turns with the engine. */
    @Test
    void severalThreadsMaySubmit() throws InterruptedException {
        List<Recorder> recorders = Collections.synchronizedList(new ArrayList<>());
        String alone = MODEL.generate("A fox and a", SAMPLING).text();
        try (Engine engine = MODEL.engine(Limits.defaults().withRunning(3))) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(new Thread(() -> {
                    for (int j = 0; j < 4; j++) {
                        Recorder recorder = new Recorder();
                        recorders.add(recorder);
                        Ticket ticket = engine.submit(request("A fox and a", SAMPLING, Wanted.TOKENS), recorder);
                        if (j == 1) {
                            ticket.cancel();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            assertThat(MODEL.generate("A fox and a", SAMPLING).text()).isEqualTo(alone);
            for (Thread thread : threads) {
                thread.join();
            }
            engine.drain(Duration.ofMinutes(1));
            assertThat(engine.statistics().ended()).isEqualTo(12);
            assertThat(recorders).allMatch(Recorder::hasEnded);
        }
        assertThat(recorders.stream().map(Recorder::end).filter(end -> end.outcome() == Outcome.FINISHED))
                .hasSizeGreaterThanOrEqualTo(9)
                .allMatch(end -> end.generation().text().equals(alone));
    }
}
