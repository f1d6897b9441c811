package dev.touchstone.server;

import dev.touchstone.serving.End.Outcome;
import dev.touchstone.serving.Statistics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The metrics of one server, in the text format of Prometheus. Labels are routes, statuses and outcomes, nothing of a request. */
final class ServerMetrics {
    private static final PrometheusTextFormatWriter FORMAT = PrometheusTextFormatWriter.create();
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250};

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("touchstone_http_requests_total")
            .help("Requests by route and status; 499 if the client disconnected.")
            .labelNames("route", "status")
            .register(registry);
    private final Histogram requestSeconds = histogram(
            "touchstone_http_request_seconds", "Time from a request to the end of its response, by route.", "route");
    private final Histogram firstToken =
            histogram("touchstone_time_to_first_token_seconds", "Time from a request to its first token.");
    private final Histogram perToken = histogram(
            "touchstone_time_per_token_seconds", "Mean time between the tokens of an answer after the first.");

    private final Supplier<Statistics> statistics;
    /** The statistics for the page that is written, so that its numbers are of one moment; null while the model loads. */
    private Statistics now;

    /** @param statistics of the engine; null while the model loads */
    ServerMetrics(Supplier<Statistics> statistics) {
        this.statistics = statistics;
        gauge("touchstone_requests_queued", "Texts that wait to be computed.", Statistics::queued);
        gauge("touchstone_requests_running", "Texts that are computed now.", Statistics::running);
        gauge(
                "touchstone_pages_used",
                "Pages of keys and values in use.",
                all -> all.pages().used());
        gauge(
                "touchstone_pages_cached",
                "Pages kept in the prefix cache.",
                all -> all.pages().cached());
        gauge("touchstone_pages_free", "Free pages.", all -> all.pages().free());
        counter(
                "touchstone_prompt_tokens_total",
                "Tokens of prompts.",
                all -> all.tokens().prompt());
        counter(
                "touchstone_generated_tokens_total",
                "New tokens.",
                all -> all.tokens().generated());
        counter(
                "touchstone_computed_tokens_total",
                "Tokens that went through the model.",
                all -> all.tokens().computed());
        counter(
                "touchstone_prefix_hit_tokens_total",
                "Tokens found in the prefix cache.",
                all -> all.tokens().hit());
        counter("touchstone_steps_total", "Forward passes.", Statistics::steps);
        counter(
                "touchstone_preemptions_total",
                "Texts that lost their pages and were queued again.",
                Statistics::preemptions);
        CounterWithCallback.builder()
                .name("touchstone_texts_total")
                .help("Ended texts by outcome.")
                .labelNames("outcome")
                .callback(values -> {
                    Map<Outcome, Long> ends = now == null ? Map.of() : now.ends();
                    ends.forEach((outcome, count) ->
                            values.call(count, outcome.name().toLowerCase(Locale.ROOT)));
                })
                .register(registry);
    }

    private Histogram histogram(String name, String help, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
    }

    private void gauge(String name, String help, ToDoubleFunction<Statistics> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(values -> values.call(now == null ? 0 : value.applyAsDouble(now)))
                .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<Statistics> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(values -> values.call(now == null ? 0 : value.applyAsDouble(now)))
                .register(registry);
    }

    /** A request has ended. */
    void request(String route, int status, long nanos) {
        requests.labelValues(route, String.valueOf(status)).inc();
        requestSeconds.labelValues(route).observe(nanos / 1e9);
    }

    /**
     * An answer has ended.
     *
     * @param first nanoseconds to the first token; below 0 if there was none
     */
    void answer(long first, long nanos, int tokens) {
        if (first >= 0) {
            firstToken.observe(first / 1e9);
        }
        if (tokens > 1) {
            perToken.observe((nanos - first) / 1e9 / (tokens - 1));
        }
    }

    String contentType() {
        return FORMAT.getContentType();
    }

    synchronized byte[] page() {
        now = statistics.get();
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            FORMAT.write(page, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page.toByteArray();
    }
}
