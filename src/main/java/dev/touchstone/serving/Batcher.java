package dev.touchstone.serving;

import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Sequence.Choice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Plan.Chunk;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Computes requests step by step. It has no thread of its own and no clock: the same calls have the same results. */
final class Batcher {
    /** Prompt tokens whose logits are computed together: the memory for them does not depend on the length of the prompt. */
    private static final int ROWS = 64;

    private final Transformer model;
    private final Kernels kernels;
    private final Passes passes;
    private final Limits limits;
    private final PagePool pool;
    private final Scheduler scheduler;
    private final Map<Outcome, Long> ends = new EnumMap<>(Outcome.class);
    private long steps;
    private long generated;
    private long computed;

    /** The results of a pass: the hidden state of each token, and the logits after which a token is chosen. (T, C), (L, V) */
    private record Outputs(Tensor hidden, Tensor logits) {}

    Batcher(Transformer model, Kernels kernels, Passes passes, Limits limits) {
        this.model = model;
        this.kernels = kernels;
        this.passes = passes;
        this.limits = limits;
        long pages = limits.pageBytes() / model.caches().pageBytes();
        this.pool = new PagePool((int) Math.min(Integer.MAX_VALUE, pages));
        this.scheduler = new Scheduler(model, limits, pool);
        for (Outcome outcome : Outcome.values()) {
            ends.put(outcome, 0L);
        }
    }

    /** Throws a {@link TouchstoneException} if a request could never be computed. Safe to call from any thread. */
    void check(Request request) {
        int length = request.prompt().length;
        int positions = model.shape().positions();
        model.checkIds(request.prompt());
        if (request.wanted() != Wanted.TOKENS && length > positions) {
            throw new TouchstoneException("the prompt has " + length + " tokens, but the model has " + positions
                    + " positions; outputs of every prompt token need a shorter one");
        }
        long tokens =
                Math.min(positions, Math.max(length, length + request.settings().maxNewTokens() - 1L));
        int needed = model.caches().mostPages((int) tokens, limits.stepTokens());
        if (needed > pool.capacity()) {
            throw new TouchstoneException(tokens + " tokens of prompt and new text need " + needed
                    + " pages of keys and values, but there is memory for " + pool.capacity()
                    + "; shorten the prompt, request fewer new tokens, or give the engine more memory");
        }
    }

    /** Accepts a request, which was {@link #check}ed. */
    void add(Task task) {
        scheduler.add(task);
    }

    /** Ends all requests. */
    void endAll(Function<Generation, End> end) {
        scheduler.tasks().forEach(task -> end(task, end));
    }

    /** Ends requests that were cancelled, and runs a forward pass for the others. */
    void step() {
        for (Task task : scheduler.tasks()) {
            if (task.isCancelled()) {
                end(task, End::cancelled);
            } else if (task.isComplete()) {
                end(task, End::finished); // nothing was asked of the model
            }
        }
        Plan plan = scheduler.plan();
        if (plan.isEmpty()) {
            return;
        }
        Outputs outputs;
        Iterator<Supplier<Choice>> choices;
        try {
            outputs = passes.run(() -> compute(plan));
            scheduler.computed(plan);
            choices = Choices.of(plan, outputs.logits);
        } catch (Throwable e) { // also without memory: the others go on
            plan.chunks().forEach(chunk -> end(chunk.task(), text -> End.failed(text, e)));
            return;
        }
        steps++;
        int row = 0;
        for (Chunk chunk : plan.chunks()) {
            computed += chunk.count();
            Supplier<Choice> choice = chunk.choosesToken() ? choices.next() : null;
            try {
                deliver(chunk, outputs.hidden, row, choice);
            } catch (Throwable e) {
                end(chunk.task(), text -> End.failed(text, e));
            }
            row += chunk.count();
        }
    }

    private Outputs compute(Plan plan) {
        Batch batch = plan.batch();
        Tensor hidden = model.hidden(batch, kernels, Trace.OFF);
        return new Outputs(hidden, model.logits(hidden.rows(batch.rowsToKeep()), kernels, Trace.OFF));
    }

    /**
     * Passes the results of a pass on to one request.
     *
     * @param row the row of the chunk's first token in {@code hidden}
     * @param choice the next token; null if none is chosen
     */
    private void deliver(Chunk chunk, Tensor hidden, int row, Supplier<Choice> choice) {
        Task task = chunk.task();
        if (task.needsPromptOutputs()) {
            reportPrompt(chunk, hidden.rows(row, row + chunk.count()));
        }
        if (choice != null) {
            task.append(choice.get());
            generated++;
            scheduler.chosen(task);
        }
        if (task.isComplete()) {
            end(task, End::finished);
        }
    }

    /** Passes on the outputs of those of a chunk's tokens whose outputs the listener does not have. (T, C) */
    private void reportPrompt(Chunk chunk, Tensor hidden) {
        Task task = chunk.task();
        while (task.needsPromptOutputs() && task.reported() < chunk.to()) {
            int from = task.reported() - chunk.from();
            int to = Math.min(from + ROWS, Math.min(chunk.to(), task.promptLength()) - chunk.from());
            Tensor rows = hidden.rows(from, to);
            Tensor outputs = task.wanted() == Wanted.HIDDEN_STATES
                    ? rows
                    : passes.run(() -> model.logits(rows, kernels, Trace.OFF));
            for (int i = 0; i < outputs.rows(); i++) {
                task.report(outputs.row(i));
            }
        }
    }

    private void end(Task task, Function<Generation, End> result) {
        End end = result.apply(task.result());
        scheduler.remove(task);
        ends.merge(end.outcome(), 1L, Long::sum);
        try {
            task.listener().onEnd(end);
        } catch (Throwable e) {
            System.getLogger(Engine.class.getName())
                    .log(System.Logger.Level.WARNING, "a listener failed at the end of its request", e);
        }
    }

    Statistics statistics() {
        return new Statistics(
                scheduler.queued(),
                scheduler.running(),
                new Statistics.Tokens(scheduler.promptTokens(), generated, computed, scheduler.hitTokens()),
                new Statistics.Pages(pool.used(), pool.idle(), pool.free()),
                steps,
                scheduler.preemptions(),
                ends);
    }
}
