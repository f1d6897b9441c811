package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.generation.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps all that a listener is called with, and checks the order of the calls. */
class Recorder implements Listener {
    private static final AtomicLong ENDS = new AtomicLong();

    final List<float[]> promptLogits = new ArrayList<>();
    final List<float[]> hiddenStates = new ArrayList<>();
    final List<Step> steps = new ArrayList<>();
    final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile long endNumber = Long.MAX_VALUE;

    @Override
    public void onPromptLogits(int position, float[] logits) {
        assertThat(position).isEqualTo(promptLogits.size());
        assertThat(steps).isEmpty();
        assertThat(end).isNotDone();
        promptLogits.add(logits);
    }

    @Override
    public void onHiddenState(int position, float[] hidden) {
        assertThat(position).isEqualTo(hiddenStates.size());
        assertThat(steps).isEmpty();
        assertThat(end).isNotDone();
        hiddenStates.add(hidden);
    }

    @Override
    public void onStep(Step step) {
        assertThat(step.index()).isEqualTo(steps.size());
        assertThat(end).isNotDone();
        steps.add(step);
    }

    @Override
    public void onEnd(End end) {
        endNumber = ENDS.incrementAndGet();
        if (!this.end.complete(end)) {
            throw new IllegalStateException("a second end");
        }
    }

    boolean hasEnded() {
        return end.isDone();
    }

    boolean endedBefore(Recorder other) {
        return endNumber < other.endNumber;
    }

    /** Waits for the end. */
    End end() {
        return end.join();
    }
}
