package dev.touchstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import dev.touchstone.LanguageModel;
import dev.touchstone.LoadOptions;
import dev.touchstone.Sampling;
import dev.touchstone.server.AccessLog;
import dev.touchstone.server.Server;
import dev.touchstone.server.ServerOptions;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * What the engine and the server cost a request that is alone: the same amount of work by {@code generate}, by the engine, and over
 * HTTP as a stream, in one process and in turn.
 */
final class ServedAlone implements AutoCloseable {
    private static final int PROMPT = 16;
    private static final int TOKENS = 24;
    private static final int WARMUP = 3;
    private static final Sampling SAMPLING = Sampling.greedy().eosIds().maxNewTokens(TOKENS);
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Requests to the included model, whose tokens take little time, so that the code of the server is compiled. */
    private static final int SMALL_REQUESTS = 300;

    private final LanguageModel model;
    private final Engine engine;
    private final Connection connection;
    private int prompts;

    /** A way to continue a prompt. */
    private interface Way {
        void run(int[] prompt) throws IOException, InterruptedException;
    }

    ServedAlone(Path folder, int threads) {
        model = LanguageModel.load(folder, LoadOptions.defaults().threads(threads));
        engine = model.engine(Limits.defaults());
        try (LanguageModel small = LanguageModel.storyteller();
                Connection other = new Connection(small)) {
            for (int i = 0; i < SMALL_REQUESTS; i++) {
                other.post(new int[] {3, 4, i}, 2 * TOKENS);
            }
            connection = new Connection(model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server with a model, and a client that is connected to it. */
    private static final class Connection implements AutoCloseable {
        private final Server server;
        private final Socket socket;
        private final BufferedReader responses;

        Connection(LanguageModel model) throws IOException {
            server = Server.open(ServerOptions.defaults().withPort(0), AccessLog.none());
            server.serve(model, Limits.defaults(), CompletableFuture.completedFuture("0".repeat(64)));
            socket = new Socket("127.0.0.1", server.port());
            responses = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        }

        /** The number of tokens of the answer, which is a stream. */
        int post(int[] prompt, int tokens) throws IOException {
            String body = "{\"prompt\": " + Arrays.toString(prompt) + ", \"max_tokens\": " + tokens
                    + ", \"temperature\": 0, \"stream\": true}";
            String head =
                    "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(UTF_8));
            int events = 0;
            for (String line = responses.readLine(); !line.equals("0"); line = responses.readLine()) { // the last chunk
                events += line.startsWith("data: {") ? 1 : 0;
            }
            while (!responses.readLine().isEmpty()) {
                // the trailers
            }
            return events - 1; // the last event has the reason of the end
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /**
     * Seconds of generate, engine and server by the clock, and then of processor time of all threads.
     *
     * @param round the number of this measurement, which decides what is measured first
     */
    double[] measure(int round) {
        List<Way> ways = List.of(this::generate, this::submit, this::post);
        double[] seconds = new double[2 * ways.size()];
        for (int i = 0; i < ways.size(); i++) {
            int way = (round + i) % ways.size();
            int[] prompt = Prompt.ids(1 + 100 * prompts++, PROMPT);
            long processor = PROCESS.getProcessCpuTime();
            long start = System.nanoTime();
            try {
                ways.get(way).run(prompt);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            seconds[way] = (System.nanoTime() - start) * 1e-9;
            seconds[ways.size() + way] = (PROCESS.getProcessCpuTime() - processor) * 1e-9;
        }
        return seconds;
    }

    private void generate(int[] prompt) {
        model.generate(prompt, SAMPLING, step -> {});
    }

    private void submit(int[] prompt) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        engine.submit(new Request("client", prompt, model.settings(prompt, SAMPLING)), new Listener() {
            @Override
            public void onEnd(End end) {
                ended.countDown();
            }
        });
        ended.await();
    }

    private void post(int[] prompt) throws IOException {
        int tokens = connection.post(prompt, TOKENS);
        if (tokens != TOKENS) {
            throw new IllegalStateException("expected " + TOKENS + " tokens, got " + tokens);
        }
    }

    @Override
    public void close() {
        connection.close();
        engine.close();
        model.close();
    }

    /** Measures many times in a process; the seconds of each time. */
    static List<double[]> measure(Contestant process, int rounds) {
        List<double[]> all = new ArrayList<>();
        for (int round = -WARMUP; round < rounds; round++) {
            double[] seconds = process.servedAlone(Math.floorMod(round, 3));
            if (round >= 0) {
                all.add(seconds);
            }
        }
        System.err.printf("one request alone by generate, engine and server: %d rounds%n", rounds);
        return all;
    }

    /**
     * The median of the ratios of a way to generate.
     *
     * @param way 1 for the engine, 2 for the server; 3 more for processor time
     */
    static double ratio(List<double[]> rounds, int way) {
        int generate = way - way % 3;
        return Workload.median(rounds.stream()
                .mapToDouble(seconds -> seconds[way] / seconds[generate])
                .toArray());
    }
}
