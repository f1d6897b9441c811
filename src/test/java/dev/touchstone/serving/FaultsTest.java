package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.Window;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A fault ends the requests that it concerns, and no other. */
class FaultsTest {
    private static final Transformer MODEL = TinyModels.ALL.get("windows, rotary embeddings, groups");
    private static final Limits LIMITS = Limits.defaults()
            .withPageBytes(TinyModels.bytes(MODEL, 60))
            .withRunning(3)
            .withStepTokens(40)
            .withChunkTokens(20);
    private static final Settings SETTINGS = Settings.greedy(30, Set.of(), Window.error(TinyModels.POSITIONS));

    private static Request request(int seed) {
        return request(seed, SETTINGS, Wanted.TOKENS);
    }

    private static Request request(int seed, Settings settings, Wanted wanted) {
        int[] prompt = new Random(seed).ints(10 + 30 * (seed % 4), 0, 60).toArray();
        return new Request("client " + seed % 2, prompt, settings, wanted);
    }

    /** A pass can fail at any operation, with its caches half written. */
    @Property(tries = 25)
    void aPassThatFailsEndsItsRequestsOnly(
            @ForAll @IntRange(min = 1, max = 4000) int operation, @ForAll boolean memory) {
        Throwable fault = memory ? new OutOfMemoryError("for a test") : new IllegalStateException("for a test");
        Replay replay = new Replay(MODEL, LIMITS, FailingKernels.at(operation, fault));
        List<Request> requests = new ArrayList<>();
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(request(i));
            recorders.add(replay.add(requests.get(i)));
        }

        replay.finish();

        List<Recorder> failed = recorders.stream()
                .filter(recorder -> recorder.end().outcome() == Outcome.FAILED)
                .toList();
        assertThat(failed).hasSizeBetween(1, LIMITS.running());
        assertThat(failed).allMatch(recorder -> recorder.end().failure() == fault);
        for (int i = 0; i < requests.size(); i++) {
            Replay.alone(requests.get(i), MODEL).assertEquals(recorders.get(i));
        }
    }

    @Test
    void aListenerThatThrowsFailsItsOwnRequest() {
        RuntimeException fault = new RuntimeException("for a test");
        Replay replay = new Replay(MODEL, LIMITS);
        Recorder bad = replay.add(request(1), new Recorder() {
            @Override
            public void onStep(Step step) {
                super.onStep(step);
                if (step.index() == 3) {
                    throw fault;
                }
            }
        });
        Recorder worse = replay.add(request(2, SETTINGS, Wanted.PROMPT_LOGITS), new Recorder() {
            @Override
            public void onPromptLogits(int position, float[] logits) {
                throw fault;
            }
        });
        Recorder good = replay.add(request(3));

        replay.finish();

        assertThat(bad.end().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(bad.end().failure()).isSameAs(fault);
        assertThat(bad.end().generation().ids()).hasSize(4);
        assertThat(worse.end().failure()).isSameAs(fault);
        assertThat(worse.end().generation().ids()).isEmpty();
        Replay.alone(request(3), MODEL).assertEquals(good);
    }

    @Test
    void aListenerThatThrowsAtTheEndChangesNothing() {
        List<LogRecord> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(Engine.class.getName());
        logger.setFilter(warning -> !warnings.add(warning));
        Replay replay = new Replay(MODEL, LIMITS);
        Recorder bad = replay.add(request(1), new Recorder() {
            @Override
            public void onEnd(End end) {
                super.onEnd(end);
                throw new IllegalStateException("for a test");
            }
        });
        Recorder good = replay.add(request(3));

        replay.finish();

        logger.setFilter(null);
        assertThat(warnings)
                .singleElement()
                .satisfies(warning ->
                        assertThat(warning.getMessage()).isEqualTo("a listener failed at the end of its request"));
        Replay.alone(request(1), MODEL).assertEquals(bad);
        Replay.alone(request(3), MODEL).assertEquals(good);
    }

    @Test
    void aProcessorThatThrowsFailsItsOwnRequest() {
        RuntimeException fault = new RuntimeException("for a test");
        Settings failing = SETTINGS.withProcessors(List.of((ids, scores) -> {
            if (ids.length == 50) {
                throw fault;
            }
            return scores;
        }));
        Replay replay = new Replay(MODEL, LIMITS);
        Recorder bad = replay.add(request(1, failing, Wanted.TOKENS));
        Recorder good = replay.add(request(2));

        replay.finish();

        assertThat(bad.end().failure()).isSameAs(fault);
        assertThat(bad.end().generation().ids()).hasSize(10);
        Replay.alone(request(2), MODEL).assertEquals(good);
    }

    /** Scalar kernels, one operation of which fails. */
    private static final class FailingKernels {
        static Kernels at(int operation, Throwable fault) {
            Kernels scalar = new ScalarKernels();
            int[] count = {0};
            Kernels[] self = {null};
            self[0] = (Kernels) Proxy.newProxyInstance(
                    Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                        if (++count[0] == operation) {
                            throw fault;
                        }
                        return method.getName().equals("forBlocks") ? self[0] : method.invoke(scalar, arguments);
                    });
            return self[0];
        }
    }
}
