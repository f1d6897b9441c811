package dev.touchstone;

import dev.touchstone.generation.Decoding;
import dev.touchstone.generation.FinishReason;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.Step;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A generation that runs once, on the thread that requests its results. {@link #cancel} ends it early, from any thread.
 */
public final class GenerationTask {
    private final Decoding decoding;
    private final Runnable atEnd;
    private volatile boolean cancelled;
    private boolean ended;

    /** @param atEnd called once, when the generation has ended for any reason */
    GenerationTask(Decoding decoding, Runnable atEnd) {
        this.decoding = decoding;
        this.atEnd = atEnd;
    }

    /**
     * Runs to the end and returns the text of the first prompt, or the part that was generated before {@link #cancel}.
     *
     * @param onStep receives each token as soon as it is chosen
     */
    public Generation run(Consumer<Step> onStep) {
        return runAll(onStep).get(0);
    }

    /** As {@link #run}, for all prompts, in their order. */
    public List<Generation> runAll(Consumer<Step> onStep) {
        try {
            while (advance(onStep)) {
                // Each iteration is one forward pass.
            }
            return decoding.results();
        } finally {
            end();
        }
    }

    /**
     * A stream of tokens, each of which is computed when the consumer of the stream requests it. To stop early, use for example
     * {@code limit} or {@code takeWhile}; closing the stream makes the cache available to the next call.
     */
    public Stream<Step> steps() {
        return StreamSupport.stream(new Steps(), false).onClose(this::end);
    }

    /** Ends the generation after the forward pass that is running; the result so far stays available. */
    public void cancel() {
        cancelled = true;
    }

    /** The result so far, of the first prompt: {@link FinishReason#CANCELLED} if the text has not ended. */
    public Generation result() {
        return decoding.results().get(0);
    }

    /** The passes so far, and how many drafted tokens each accepted; empty without speculative decoding. */
    public Optional<SpeculativeGenerator.Result> speculation() {
        return decoding instanceof SpeculativeGenerator.Run run ? Optional.of(run.result()) : Optional.empty();
    }

    /** One forward pass, unless the generation has ended or was cancelled. */
    private boolean advance(Consumer<Step> onStep) {
        if (cancelled || decoding.isFinished()) {
            return false;
        }
        decoding.advance(onStep);
        return true;
    }

    private void end() {
        if (!ended) {
            ended = true;
            atEnd.run();
        }
    }

    private final class Steps extends AbstractSpliterator<Step> {
        private final Queue<Step> made = new ArrayDeque<>();

        Steps() {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        }

        @Override
        public boolean tryAdvance(Consumer<? super Step> action) {
            while (made.isEmpty()) {
                if (!advance(made::add)) {
                    end();
                    return false;
                }
            }
            action.accept(made.remove());
            return true;
        }
    }
}
