package dev.touchstone.kernels;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Plain loops at first, and each kind of vector loop once it is the faster one. Until the JVM's compiler C2 has compiled it, an
 * operation of the Vector API allocates objects and is a hundred times slower than a plain loop, which is compiled at once. So
 * plain loops run while a thread of this selector calls the vector loops, kind by kind and round by round.
 *
 * <p>The rounds take processor time that a model needs as well. So loops of matrix products come first and without a break, and
 * of these the loops of the type that most weights have. Every other kind gets its first round after {@link #ELEMENTS_BEFORE}
 * elements, and then a round after each further {@link #ELEMENTS}: a first prompt does not wait for loops that it would hardly
 * use, and a kind that a model hardly uses costs nothing.
 */
final class WarmUp implements LoopSelector {
    /**
     * That plain loops process before the first round. A prompt of 512 tokens has 19 million elements of softmax with GPT-2 124M, and
     * takes longer if the rounds begin within it.
     */
    static final int ELEMENTS_BEFORE = 1 << 25;
    /** That they process between two rounds. */
    static final int ELEMENTS = 1 << 19;
    /** How often in a row the vector loops must have been faster: once may be an accident. */
    static final int FASTER_ROUNDS = 3;
    /** In a round. */
    static final int CALLS = 16;
    /**
     * After a slow round, a pause of the same length but no longer than this: the processors are needed to load a model and to
     * compile, and more calls do not make the compiler faster.
     */
    private static final int LONGEST_PAUSE_MILLIS = 20;
    /** Vector loops that have run for so long are used even if they are never faster, as on a processor without vectors. */
    static final long LONGEST_NANOS = 10_000_000_000L;

    private final Loops plain;
    private final Loops vector;
    private final LongSupplier clock;
    private final LoopKind.Data data = new LoopKind.Data();
    private final State[] states =
            Arrays.stream(LoopKind.values()).map(kind -> new State()).toArray(State[]::new);
    /** A kind for each round that has become due. */
    private final BlockingQueue<LoopKind> due = new LinkedBlockingQueue<>();
    /** Those of them that have not run, for {@link #thread} alone. */
    private final Set<LoopKind> waiting = EnumSet.noneOf(LoopKind.class);

    private final Thread thread = new Thread(this::work, "touchstone-warm-up");

    /** Of one kind. */
    private static final class State {
        private volatile boolean warm;
        private final AtomicBoolean requested = new AtomicBoolean();
        /** That plain loops have processed, or are expected to. */
        private final AtomicLong plainElements = new AtomicLong();

        private int fasterRounds;
        private long vectorNanos;
    }

    private WarmUp(Loops plain, Loops vector, LongSupplier clock) {
        this.plain = plain;
        this.vector = vector;
        this.clock = clock;
        thread.setDaemon(true);
    }

    /**
     * Starts with the loops that every model needs.
     *
     * @param clock nanoseconds from an arbitrary origin
     */
    static WarmUp start(Loops plain, Loops vector, LongSupplier clock) {
        WarmUp warmUp = new WarmUp(plain, vector, clock);
        warmUp.request(LoopKind.TILE);
        warmUp.request(LoopKind.ROW);
        warmUp.thread.start();
        return warmUp;
    }

    @Override
    public Loops loops(LoopKind kind, int elements) {
        State state = state(kind);
        if (state.warm) {
            return vector;
        }
        long before = state.plainElements.getAndAdd(elements);
        if (kind.isUrgent()) {
            request(kind);
        } else {
            long after = before + elements;
            if (after >= ELEMENTS_BEFORE && before / ELEMENTS != after / ELEMENTS) {
                due.add(kind);
            }
        }
        return plain;
    }

    private State state(LoopKind kind) {
        return states[kind.ordinal()];
    }

    /** Requests the first round; {@link #round} the next ones. */
    private void request(LoopKind kind) {
        if (state(kind).requested.compareAndSet(false, true)) {
            due.add(kind);
        }
    }

    /** Kinds that are not warm yet stay with plain loops. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private void work() {
        try {
            while (!Arrays.stream(states).allMatch(state -> state.warm)) {
                LoopKind kind = next();
                if (!state(kind).warm) {
                    round(kind);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** The tile, on which all prompts depend; else the kind that has the most elements, of the urgent ones if any is. */
    private LoopKind next() throws InterruptedException {
        if (waiting.isEmpty()) {
            waiting.add(due.take());
        }
        due.drainTo(waiting);
        LoopKind next = Collections.max(
                waiting,
                Comparator.comparing((LoopKind kind) -> kind == LoopKind.TILE)
                        .thenComparing(LoopKind::isUrgent)
                        .thenComparing(kind -> state(kind).plainElements.get())
                        .thenComparing(Comparator.reverseOrder()));
        waiting.remove(next);
        return next;
    }

    private void round(LoopKind kind) throws InterruptedException {
        State state = state(kind);
        long nanos = nanos(kind, vector);
        state.fasterRounds = nanos < nanos(kind, plain) ? state.fasterRounds + 1 : 0;
        state.vectorNanos += nanos;
        if (state.fasterRounds == FASTER_ROUNDS || state.vectorNanos > LONGEST_NANOS) {
            state.warm = true;
        } else if (state.fasterRounds > 0) {
            due.add(kind);
        } else if (kind.isUrgent()) {
            Thread.sleep(Math.min(nanos / 1_000_000, LONGEST_PAUSE_MILLIS));
            due.add(kind);
        }
    }

    private long nanos(LoopKind kind, Loops loops) {
        long start = clock.getAsLong();
        for (int i = 0; i < CALLS; i++) {
            kind.run(loops, data);
        }
        return clock.getAsLong() - start;
    }
}
