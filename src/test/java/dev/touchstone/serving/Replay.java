package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs a batcher step by step, and checks after each step what must always hold. */
final class Replay {
    private static final Tokenizer TOKENIZER = TinyModels.tokenizer();
    private static final Passes PASSES = new Passes() {
        @Override
        public <T> T run(Supplier<T> pass) {
            return pass.get();
        }
    };

    private final Limits limits;
    private final Batcher batcher;
    private final List<Task> tasks = new ArrayList<>();
    private final List<Recorder> recorders = new ArrayList<>();
    /** Whether a request has a sliding window, which is computed again when it moves. */
    private boolean slides;

    private int steps;

    Replay(Transformer model, Limits limits) {
        this(model, limits, new ScalarKernels());
    }

    Replay(Transformer model, Limits limits, Kernels kernels) {
        this.limits = limits;
        this.batcher = new Batcher(model, kernels, PASSES, limits);
    }

    static Alone alone(Request request, Transformer model) {
        return Alone.of(request, model, TOKENIZER);
    }

    /** Lets a request arrive. */
    Recorder add(Request request) {
        return add(request, new Recorder());
    }

    <R extends Recorder> R add(Request request, R recorder) {
        batcher.check(request);
        Task task = new Task(request, recorder, TOKENIZER);
        batcher.add(task);
        slides |= request.settings().window().stride() > 0;
        tasks.add(task);
        recorders.add(recorder);
        return recorder;
    }

    void cancel(Recorder recorder) {
        tasks.get(recorders.indexOf(recorder)).cancel();
    }

    int steps() {
        return steps;
    }

    Statistics statistics() {
        return batcher.statistics();
    }

    void step() {
        Statistics before = batcher.statistics();
        List<Recorder> decoding = recorders.stream()
                .filter(recorder -> !recorder.hasEnded() && !recorder.steps.isEmpty())
                .toList();
        int[] tokens =
                decoding.stream().mapToInt(recorder -> recorder.steps.size()).toArray();

        batcher.step();
        steps++;

        Statistics after = batcher.statistics();
        assertThat(after.tokens().computed() - before.tokens().computed()).isLessThanOrEqualTo(limits.stepTokens());
        assertThat(after.running()).isLessThanOrEqualTo(limits.running());
        assertThat(after.pages().free()).isGreaterThanOrEqualTo(0);
        assertThat(total(after.pages())).isEqualTo(total(before.pages()));
        if (after.preemptions() == 0 && !slides) {
            for (int i = 0; i < tokens.length; i++) {
                Recorder recorder = decoding.get(i);
                assertThat(recorder.hasEnded() || recorder.steps.size() == tokens[i] + 1)
                        .as("a request that decodes gets a token in each step")
                        .isTrue();
            }
        }
    }

    private static int total(Statistics.Pages pages) {
        return pages.used() + pages.cached() + pages.free();
    }

    /** Runs until all requests have ended, and checks that no page is left in use. */
    void finish() {
        int most = steps + 20_000;
        while (recorders.stream().anyMatch(recorder -> !recorder.hasEnded())) {
            assertThat(steps).as("steps until all requests have ended").isLessThan(most);
            step();
        }
        Statistics end = batcher.statistics();
        assertThat(end.pages().used()).isZero();
        assertThat(end.queued() + end.running()).isZero();
        assertThat(end.ended()).isEqualTo(recorders.size());
    }
}
