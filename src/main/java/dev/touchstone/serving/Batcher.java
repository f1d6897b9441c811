package dev.touchstone.serving;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;

/** Computes requests step by step. It has no thread and no clock: the same calls have the same results. */
final class Batcher {
    private final Transformer model;
    private final Kernels kernels;
    private final Passes passes;
    private final Limits limits;
    private final Queue<Task> waiting = new ArrayDeque<>();
    private final List<Task> running = new ArrayList<>();
    private final Map<Outcome, Long> ends = new EnumMap<>(Outcome.class);
    private long steps;
    private long promptTokens;
    private long generated;
    private long computed;

    Batcher(Transformer model, Kernels kernels, Passes passes, Limits limits) {
        this.model = model;
        this.kernels = kernels;
        this.passes = passes;
        this.limits = limits;
        for (Outcome outcome : Outcome.values()) {
            ends.put(outcome, 0L);
        }
    }

    /** Throws a {@link TouchstoneException} if the request could never be computed. */
    void check(Request request) {
        model.checkIds(request.prompt());
        int positions = model.shape().positions();
        if (request.wanted() != Wanted.TOKENS && request.prompt().length > positions) {
            throw new TouchstoneException("the prompt has " + request.prompt().length + " tokens, but the model has "
                    + positions + " positions; outputs of every prompt token need a shorter one");
        }
    }

    void add(Task task) {
        waiting.add(task);
    }

    /** Ends all requests. */
    void drain() {
        List<Task> all = new ArrayList<>(running);
        all.addAll(waiting);
        running.clear();
        waiting.clear();
        all.forEach(task -> end(task, End.drained(task.sequence().result())));
    }

    /** Runs a forward pass. */
    void step() {
        List<Task> cancelled = new ArrayList<>(running);
        cancelled.addAll(waiting);
        cancelled.removeIf(task -> !task.isCancelled());
        cancelled.forEach(task -> leave(task, End::cancelled));
        while (running.size() < limits.running() && !waiting.isEmpty()) {
            Task task = waiting.remove();
            promptTokens += task.request().prompt().length;
            task.run(model.newCache());
            running.add(task);
        }
        List<Task> now = new ArrayList<>();
        List<Batch.Sequence> rows = new ArrayList<>();
        for (Task task : List.copyOf(running)) {
            if (task.isComplete()) {
                leave(task, End::finished);
                continue;
            }
            int[] window = task.sequence().window();
            if (task.cache().length() >= window.length) {
                task.run(model.newCache());
            }
            int[] ids = Arrays.copyOfRange(window, task.cache().length(), window.length);
            now.add(task);
            rows.add(new Batch.Sequence(ids, task.cache(), task.needsPromptOutputs() ? ids.length : 1));
        }
        if (now.isEmpty()) {
            return;
        }
        Batch batch = new Batch(rows);
        Tensor hidden;
        Tensor logits;
        try {
            hidden = passes.run(() -> model.hidden(batch, kernels, Trace.OFF));
            logits = passes.run(() -> model.logits(hidden, kernels, Trace.OFF));
        } catch (Throwable e) {
            now.forEach(task -> leave(task, generation -> End.failed(generation, e)));
            return;
        }
        steps++;
        int row = 0;
        for (int i = 0; i < now.size(); i++) {
            Task task = now.get(i);
            int count = rows.get(i).ids().length;
            computed += count;
            try {
                if (task.needsPromptOutputs()) {
                    for (int t = 0; t < count; t++) {
                        task.report(t, row(hidden, row + t), row(logits, row + t));
                    }
                }
                if (!task.sequence().finished()) {
                    task.sequence().pick(row(logits, row + count - 1), task.listener()::onStep);
                    generated++;
                }
            } catch (Throwable e) {
                leave(task, generation -> End.failed(generation, e));
            }
            row += count;
            if (running.contains(task) && task.isComplete()) {
                leave(task, End::finished);
            }
        }
    }

    private static float[] row(Tensor rows, int row) {
        int columns = rows.size(-1);
        return Arrays.copyOfRange(rows.data(), row * columns, (row + 1) * columns);
    }

    private void leave(Task task, Function<dev.touchstone.generation.Generation, End> end) {
        running.remove(task);
        waiting.remove(task);
        end(task, end.apply(task.sequence().result()));
    }

    private void end(Task task, End end) {
        ends.merge(end.outcome(), 1L, Long::sum);
        try {
            task.listener().onEnd(end);
        } catch (Throwable e) {
            System.getLogger(Engine.class.getName()).log(System.Logger.Level.WARNING, "a listener failed", e);
        }
    }

    Statistics statistics() {
        return new Statistics(
                waiting.size(),
                running.size(),
                new Statistics.Tokens(promptTokens, generated, computed, 0),
                new Statistics.Pages(0, 0, 0),
                steps,
                0,
                ends);
    }
}
