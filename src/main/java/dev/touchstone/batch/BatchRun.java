package dev.touchstone.batch;

import dev.touchstone.LanguageModel;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Step;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Computes rows together, by continuous batching: the next row begins as soon as one has ended. Used by one thread.
 *
 * <p>The engine's memory for keys and values is enough for the longest row. If a longer one comes, the engine is
 * replaced.
 */
public final class BatchRun implements AutoCloseable {
    /** How many times the largest number of running rows may wait. Their texts are kept in memory. */
    private static final int AHEAD = 8;

    private final Transformer model;
    private final Function<Limits, Engine> engines;
    private final int size;
    private final List<CompletableFuture<End>> unfinished = new ArrayList<>();
    private Limits limits;
    private Engine engine;

    /**
     * @param engines opens an engine for the model
     * @param size the largest number of rows in a forward pass
     * @param pageBytes the memory for keys and values; more is used if a row needs more
     */
    public BatchRun(Transformer model, Function<Limits, Engine> engines, int size, long pageBytes) {
        this.model = model;
        this.engines = engines;
        this.size = size;
        Limits defaults = Limits.defaults();
        this.limits = defaults.withPageBytes(pageBytes)
                .withStepTokens(Math.max(size, defaults.stepTokens()))
                .withRunning(size)
                .withQueued(ahead());
    }

    /**
     * Computes rows, and returns the results in the order of the rows. Reads ahead, so that enough rows are in
     * progress.
     *
     * @param begin begins with a row, usually by {@link #submit}, and returns what waits for its result
     */
    public <A, B> Iterator<B> inOrder(Iterator<A> rows, Function<A, Supplier<B>> begin) {
        return new ReadAhead<>(rows, ahead(), begin);
    }

    private int ahead() {
        return (int) Math.min(Integer.MAX_VALUE, (long) AHEAD * size);
    }

    /**
     * Begins with a row.
     *
     * @return waits for the answer; throws what the generation threw
     */
    public Supplier<BatchAnswer> submit(RowRequest request) {
        makeRoom(request.context());
        Pending pending = new Pending(request);
        engine.submit(new Request("batch", request.row().ids(), request.settings()), pending);
        unfinished.removeIf(CompletableFuture::isDone);
        unfinished.add(pending.end);
        return pending;
    }

    /** Computes a row without a cache and without other rows, when it is asked for. */
    public static Supplier<BatchAnswer> alone(LanguageModel model, RowRequest request) {
        return () -> {
            Likelihood likelihood = new Likelihood();
            Generation made =
                    model.start(request.row().ids(), request.sampling()).run(likelihood::add);
            return new BatchAnswer(request, made, likelihood.sum());
        };
    }

    /** Opens an engine that can compute a row of this many tokens, unless the current one can. */
    private void makeRoom(int tokens) {
        Limits needed = limits.withRoomFor(tokens, model);
        if (engine != null && needed.equals(limits)) {
            return;
        }
        if (engine != null) {
            unfinished.forEach(CompletableFuture::join);
            engine.close();
        }
        limits = needed;
        engine = engines.apply(limits);
    }

    /** Ends the rows in progress. */
    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }

    /** A row in progress. */
    private static final class Pending implements Listener, Supplier<BatchAnswer> {
        private final RowRequest request;
        private final Likelihood likelihood = new Likelihood();
        private final CompletableFuture<End> end = new CompletableFuture<>();

        Pending(RowRequest request) {
            this.request = request;
        }

        @Override
        public void onStep(Step step) {
            likelihood.add(step);
        }

        @Override
        public void onEnd(End reached) {
            end.complete(reached);
        }

        @Override
        public BatchAnswer get() {
            End reached = end.join();
            if (reached.failure() instanceof RuntimeException exception) {
                throw exception;
            }
            if (reached.failure() instanceof Error error) {
                throw error;
            }
            if (reached.failure() != null) {
                throw new CompletionException(reached.failure());
            }
            return new BatchAnswer(request, reached.generation(), likelihood.sum());
        }
    }
}
