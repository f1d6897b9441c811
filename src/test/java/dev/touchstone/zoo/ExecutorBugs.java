package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.KvCache;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.support.Fixtures;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** F8 and F19: more tokens than positions, and caches with keys of an earlier request or of another row. */
final class ExecutorBugs {
    private static final Transformer MODEL =
            Fixtures.model(Fixtures.named("tiny-gpt2")).transformer();

    private static final Check<Function<Transformer, Executor>> EARLIER_REQUESTS =
            new Check<>("earlier requests do not change any bit", executor -> {
                Executor cached = executor.apply(MODEL);
                cached.next(List.of(ids(9, 3)));

                for (int[] ids : List.of(ids(12, 5), ids(12, 3), ids(6, 3), ids(9, 3))) {
                    same(cached.next(List.of(ids)), naive().next(List.of(ids)));
                }
            });

    private static final Check<Function<Transformer, Executor>> OTHER_ROWS =
            new Check<>("other rows of the batch do not change any bit", executor -> {
                List<int[]> batch = List.of(ids(9, 3), ids(9, 5), ids(4, 3));

                same(executor.apply(MODEL).next(batch), naive().next(batch));
            });

    private static final Check<Function<Transformer, Executor>> TOO_LONG = new Check<>(
            "more tokens than positions are refused",
            executor -> assertThatThrownBy(() -> executor.apply(MODEL).next(List.of(ids(41, 3))))
                    .isInstanceOf(TouchstoneException.class)
                    .hasMessageContaining("has positions for 40"));

    static final List<Check<Function<Transformer, Executor>>> CHECKS = List.of(EARLIER_REQUESTS, OTHER_ROWS, TOO_LONG);

    static final List<Bug<Function<Transformer, Executor>>> ALL = List.of(
            bug(
                    "F19",
                    "the cache of the previous request is reused",
                    "langchain4j#6027",
                    model -> new SharedCache(model) {
                        @Override
                        KvCache reuse(int[] ids, KvCache last, int[] lastIds) {
                            return last.length() < ids.length ? last : model.newCache();
                        }
                    },
                    EARLIER_REQUESTS),
            bug(
                    "F19",
                    "a cache is truncated one token too late",
                    "mlx-lm#1423",
                    model -> new SharedCache(model) {
                        @Override
                        KvCache reuse(int[] ids, KvCache last, int[] lastIds) {
                            int difference = Arrays.mismatch(ids, lastIds);
                            int common = difference < 0 ? ids.length : difference;
                            return last.truncate(Math.min(Math.min(common + 1, last.length()), ids.length - 1));
                        }
                    },
                    EARLIER_REQUESTS),
            bug(
                    "F19",
                    "the rows of a batch share a cache",
                    "langchain4j#6027",
                    model -> new SharedCache(model) {
                        @Override
                        KvCache reuse(int[] ids, KvCache last, int[] lastIds) {
                            return last.truncate(Math.min(last.length(), ids.length - 1));
                        }
                    },
                    OTHER_ROWS),
            bug(
                    "F8",
                    "past the context positions start at 0 again",
                    "rasbt/LLMs-from-scratch#925",
                    model -> tooLong(model, (ids, positions) -> Arrays.copyOfRange(ids, 0, positions)),
                    TOO_LONG),
            bug(
                    "F8",
                    "past the context the oldest tokens are dropped silently",
                    "rasbt/LLMs-from-scratch#925",
                    model -> tooLong(
                            model, (ids, positions) -> Arrays.copyOfRange(ids, ids.length - positions, ids.length)),
                    TOO_LONG),
            bug(
                    "F8",
                    "past the context memory after the position table is read",
                    "rasbt/LLMs-from-scratch#925",
                    model -> new CachedExecutor(PositionBugs.longer(model), new ScalarKernels()),
                    TOO_LONG));

    private ExecutorBugs() {}

    private static Bug<Function<Transformer, Executor>> bug(
            String id,
            String what,
            String seenIn,
            Function<Transformer, Executor> executor,
            Check<Function<Transformer, Executor>> check) {
        return new Bug<>(id, what, seenIn, executor, check);
    }

    private static Executor naive() {
        return new NaiveExecutor(MODEL, new ScalarKernels());
    }

    private static int[] ids(int length, int step) {
        return IntStream.range(0, length).map(i -> (i * i * step + 7) % 200).toArray();
    }

    private static void same(Tensor actual, Tensor expected) {
        assertThat(Arrays.equals(actual.data(), expected.data()))
                .as("equal bits")
                .isTrue();
    }

    /** One cache shared by all requests. */
    private abstract static class SharedCache implements Executor {
        private final Transformer model;
        private KvCache last;
        private int[] lastIds = {};

        SharedCache(Transformer model) {
            this.model = model;
            this.last = model.newCache();
        }

        abstract KvCache reuse(int[] ids, KvCache last, int[] lastIds);

        @Override
        public Tensor next(List<int[]> sequences) {
            Tensor next = Tensor.zeros(sequences.size(), model.shape().vocabulary());
            for (int b = 0; b < sequences.size(); b++) {
                float[] row = last(sequences.get(b), 1).data();
                System.arraycopy(row, 0, next.data(), b * row.length, row.length);
            }
            return next;
        }

        @Override
        public Tensor last(int[] ids, int count) {
            last = reuse(ids, last, lastIds);
            lastIds = ids.clone();
            int[] unread = Arrays.copyOfRange(ids, last.length(), ids.length);
            Batch.Sequence sequence = new Batch.Sequence(unread, last, count);
            return model.forward(new Batch(List.of(sequence)), new ScalarKernels(), Trace.OFF);
        }
    }

    /** Shortens a sequence that exceeds the context. */
    @FunctionalInterface
    private interface Truncation {
        int[] of(int[] ids, int positions);
    }

    private static Executor tooLong(Transformer model, Truncation truncation) {
        Executor correct = new NaiveExecutor(model, new ScalarKernels());
        int positions = model.shape().positions();
        return new Executor() {
            @Override
            public Tensor next(List<int[]> sequences) {
                return correct.next(sequences.stream()
                        .map(ids -> ids.length > positions ? truncation.of(ids, positions) : ids)
                        .toList());
            }

            @Override
            public Tensor last(int[] ids, int count) {
                return correct.last(ids.length > positions ? truncation.of(ids, positions) : ids, count);
            }
        };
    }
}
