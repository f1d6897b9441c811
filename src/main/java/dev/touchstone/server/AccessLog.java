package dev.touchstone.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.Problems;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One line for each request. A line has the route, such as {@code /v1/models/{id}}, not the path of the request, and neither texts
 * nor keys.
 */
public final class AccessLog {
    private final Consumer<String> lines;
    private final Consumer<String> failures;
    private final boolean json;
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param lines receives the lines; null for no log
     * @param failures receives the reasons of failures of the server, with stack traces
     * @param json whether lines are JSON objects
     */
    public AccessLog(Consumer<String> lines, Consumer<String> failures, boolean json) {
        this.lines = lines;
        this.failures = failures;
        this.json = json;
    }

    /** A log that discards everything. */
    public static AccessLog none() {
        return new AccessLog(null, failure -> {}, false);
    }

    Entry begin(String method, ServerMetrics metrics) {
        return new Entry(requests.incrementAndGet(), method, metrics);
    }

    /** What is known about one request. */
    final class Entry {
        private final long number;
        private final String method;
        private final ServerMetrics metrics;
        private final Instant begin = Instant.now();
        private final long beginNanos = System.nanoTime();
        private String route = "none";
        private String outcome;
        private int promptTokens = -1;
        private int newTokens;
        private long firstToken = -1;
        private boolean ended;

        private Entry(long number, String method, ServerMetrics metrics) {
            this.number = number;
            this.method = method;
            this.metrics = metrics;
        }

        synchronized void route(String pattern) {
            route = pattern;
        }

        /** How the request ended, if its status does not say it. */
        synchronized void outcome(String name) {
            outcome = name;
        }

        synchronized void prompt(int tokens) {
            promptTokens = tokens;
        }

        synchronized void token() {
            newTokens++;
            if (firstToken < 0) {
                firstToken = System.nanoTime() - beginNanos;
            }
        }

        void failure(Throwable cause) {
            failures.accept("request " + number + " failed: " + Problems.trace(cause));
        }

        synchronized void end(int status) {
            if (ended) {
                return;
            }
            ended = true;
            long nanos = System.nanoTime() - beginNanos;
            metrics.request(route, status, nanos);
            if (promptTokens >= 0) {
                metrics.answer(firstToken, nanos, newTokens);
            }
            if (lines != null) {
                lines.accept(json ? json(status, nanos).toString() : text(status, nanos));
            }
        }

        private String text(int status, long nanos) {
            return begin.truncatedTo(ChronoUnit.MILLIS) + " " + number + " " + method + " " + route + " " + status + " "
                    + nanos / 1_000_000 + " ms"
                    + (promptTokens < 0 ? "" : ", " + promptTokens + " + " + newTokens + " tokens")
                    + (firstToken < 0 ? "" : ", the first after " + firstToken / 1_000_000 + " ms")
                    + (outcome == null ? "" : ", " + outcome);
        }

        private ObjectNode json(int status, long nanos) {
            ObjectNode line = JsonNodeFactory.instance
                    .objectNode()
                    .put("time", begin.truncatedTo(ChronoUnit.MILLIS).toString())
                    .put("request", number)
                    .put("method", method)
                    .put("route", route)
                    .put("status", status)
                    .put("ms", nanos / 1_000_000);
            if (promptTokens >= 0) {
                line.put("prompt_tokens", promptTokens).put("completion_tokens", newTokens);
            }
            if (firstToken >= 0) {
                line.put("first_token_ms", firstToken / 1_000_000);
            }
            return outcome == null ? line : line.put("outcome", outcome);
        }
    }
}
