package dev.touchstone.serving;

import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.Window;
import dev.touchstone.generation.processors.Processors;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Many requests from several clients, with cancels, listeners and passes that fail, and too little memory for all of them. Counts
 * requests without an end or with several, steps that are not the same as alone, and pages that are not given back.
 */
final class FaultRun {
    private static final Transformer MODEL = TinyModels.ALL.get("windows, rotary embeddings, groups");
    private static final Tokenizer TOKENIZER = TinyModels.tokenizer();
    private static final int CLIENTS = 4;
    /** Requests of a client that have not ended. */
    private static final int OUTSTANDING = 12;

    private static final Limits LIMITS = Limits.defaults()
            .withPageBytes(TinyModels.bytes(MODEL, 24))
            .withRunning(12)
            .withStepTokens(128)
            .withChunkTokens(48)
            .withQueued(20);

    private final List<Sample> samples = new ArrayList<>();
    private final Map<Outcome, AtomicLong> ends = new EnumMap<>(Outcome.class);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong secondEnds = new AtomicLong();
    private final AtomicLong differences = new AtomicLong();

    /** A request, and the hash of each step that it gets alone. */
    private record Sample(Request request, long[] alone) {}

    /**
     * @param lost accepted requests without an end, or with a second one
     * @param different requests with a step that they do not get alone, or without one
     * @param ends by outcome
     * @param refused how often the queue was full
     * @param megabytes of the Java heap after a collection, at tenths of the run
     * @param last the engine's statistics at the end
     */
    record Result(
            long accepted,
            long lost,
            long different,
            Map<Outcome, AtomicLong> ends,
            long refused,
            List<Long> megabytes,
            Statistics last) {}

    /** @param distinct how many different requests there are */
    FaultRun(int distinct, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < distinct; i++) {
            Request request = request(random, i);
            List<Step> steps = Replay.alone(request, MODEL).steps();
            samples.add(
                    new Sample(request, steps.stream().mapToLong(FaultRun::hash).toArray()));
        }
        for (Outcome outcome : Outcome.values()) {
            ends.put(outcome, new AtomicLong());
        }
    }

    /** Prompts that are beginnings of four texts, so that many have a common prefix. */
    private static Request request(Random random, int number) {
        int length = 1 + random.nextInt(random.nextInt(12) == 0 ? 250 : 70);
        int[] prompt = new Random(random.nextInt(4)).ints(length, 0, 60).toArray();
        prompt[length - 1] = random.nextInt(60);
        Settings settings = Settings.greedy(
                random.nextInt(12) == 0 ? 60 + random.nextInt(TinyModels.POSITIONS - 60 - length) : random.nextInt(20),
                Set.of(7),
                Window.error(TinyModels.POSITIONS));
        if (random.nextBoolean()) {
            settings = settings.withProcessors(
                            new Processors().temperature(1.3).topP(0.9).forSampling())
                    .withSampler(Sampler.MULTINOMIAL, random.nextLong())
                    .withStopStrings(List.of("abca"));
        }
        return new Request("client " + number % CLIENTS, prompt, settings);
    }

    private static long hash(Step step) {
        long ids = 31L * step.index() + step.id();
        return (ids * 31 + step.text().hashCode()) * 31
                + Arrays.hashCode(step.logits()) * 31L
                + Arrays.hashCode(step.scores());
    }

    Result run(int requests, long seed) throws InterruptedException {
        List<Long> megabytes = new ArrayList<>();
        Statistics last;
        try (Engine engine = new Engine(MODEL, new ScalarKernels(), TOKENIZER, failing(new Random(seed)), LIMITS)) {
            int tenth = Math.max(1, requests / 10);
            for (int done = 0; done < requests; done += tenth) {
                submitAll(engine, Math.min(tenth, requests - done), seed + done);
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                megabytes.add((runtime.totalMemory() - runtime.freeMemory()) >> 20);
            }
            engine.drain(Duration.ofMinutes(5));
            last = engine.statistics();
        }
        long ended = ends.values().stream().mapToLong(AtomicLong::get).sum();
        long lost = Math.abs(accepted.get() - ended) + secondEnds.get();
        return new Result(accepted.get(), lost, differences.get(), ends, refused.get(), megabytes, last);
    }

    /** One of 400 passes fails before it computes anything, one of 400 after it has written all keys and values. */
    private static Passes failing(Random random) {
        return new Passes() {
            @Override
            public <T> T run(Supplier<T> pass) {
                int fault = random.nextInt(400);
                if (fault == 0) {
                    throw new IllegalStateException("for a test");
                }
                T result = pass.get();
                if (fault == 1) {
                    throw new OutOfMemoryError("for a test");
                }
                return result;
            }
        };
    }

    private void submitAll(Engine engine, int requests, long seed) throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            Random random = new Random(seed * CLIENTS + client);
            int share = requests / CLIENTS + (client < requests % CLIENTS ? 1 : 0);
            clients.add(new Thread(() -> runClient(engine, share, random)));
        }
        clients.forEach(Thread::start);
        for (Thread client : clients) {
            client.join();
        }
    }

    private void runClient(Engine engine, int requests, Random random) {
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        for (int i = 0; i < requests; i++) {
            outstanding.acquireUninterruptibly();
            submit(engine, new Checker(samples.get(random.nextInt(samples.size())), random, outstanding), random);
        }
        outstanding.acquireUninterruptibly(OUTSTANDING);
    }

    private void submit(Engine engine, Checker checker, Random random) {
        while (true) {
            try {
                Ticket ticket = engine.submit(checker.sample.request, checker);
                accepted.incrementAndGet();
                checker.ticket = ticket;
                if (random.nextInt(50) == 0) {
                    ticket.cancel(); // mostly in the queue
                }
                return;
            } catch (BusyException e) {
                refused.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** Compares each step. One of 20 cancels its request after some steps; one of 400 throws. */
    private final class Checker implements Listener {
        private final Sample sample;
        private final Semaphore outstanding;
        private final int cancelAt;
        private final int throwAt;
        private volatile Ticket ticket;
        private int steps;
        private boolean different;
        private boolean ended;

        Checker(Sample sample, Random random, Semaphore outstanding) {
            this.sample = sample;
            this.outstanding = outstanding;
            this.cancelAt = random.nextInt(20) == 0 ? random.nextInt(20) : -1;
            this.throwAt = random.nextInt(400) == 0 ? random.nextInt(20) : -1;
        }

        @Override
        public void onStep(Step step) {
            different |= ended || steps >= sample.alone.length || hash(step) != sample.alone[steps];
            steps++;
            if (steps == cancelAt && ticket != null) {
                ticket.cancel();
            }
            if (steps == throwAt) {
                throw new IllegalStateException("for a test");
            }
        }

        @Override
        public void onEnd(End end) {
            if (ended) {
                secondEnds.incrementAndGet();
                return;
            }
            ended = true;
            different |= end.outcome() == Outcome.FINISHED && steps != sample.alone.length;
            different |= end.generation().ids().length != steps;
            if (different) {
                differences.incrementAndGet();
            }
            ends.get(end.outcome()).incrementAndGet();
            outstanding.release();
        }
    }

    /** Arguments: the number of requests, the seed. Exits with 1 if a request was lost or got other results. */
    public static void main(String[] args) throws InterruptedException {
        long start = System.nanoTime();
        Result result =
                new FaultRun(200, Long.parseLong(args[1])).run(Integer.parseInt(args[0]), Long.parseLong(args[1]));
        System.out.printf(
                "%,d requests in %.0f s: %d lost, %d with other results; ends %s; refused %,d times by a full queue%n",
                result.accepted,
                (System.nanoTime() - start) * 1e-9,
                result.lost,
                result.different,
                result.ends,
                result.refused);
        System.out.printf("heap at each tenth of the run, in MiB: %s%n%s%n", result.megabytes, result.last);
        if (result.lost + result.different + result.last.pages().used() > 0) {
            System.exit(1);
        }
    }
}
