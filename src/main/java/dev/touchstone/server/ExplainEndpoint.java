package dev.touchstone.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.touchstone.Sampling;
import dev.touchstone.explain.Explainer;
import dev.touchstone.explain.Explanation;
import dev.touchstone.explain.ExplanationPage;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.server.api.ChatRequest;
import dev.touchstone.server.api.CompletionRequest;
import dev.touchstone.server.api.Job;
import dev.touchstone.server.api.Job.Run;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Explains how an answer is computed: takes the request of the answer, and returns the address of a page of the package explain,
 * which the server keeps for a while. Uses kernels of its own with one thread, so the answers of others go on meanwhile.
 */
final class ExplainEndpoint {
    private static final String PATH = "/explain/";
    private static final int MOST_NEW_TOKENS = 256;
    private static final int DRAFT_TOKENS = 4;
    private static final int PAGES = 8;
    private static final String POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            // An origin of its own, so that its inline scripts cannot read what the chat page keeps. Its dialog closes
            // by a form, and its numbers can be downloaded.
            + " sandbox allow-scripts allow-forms allow-downloads";

    private final Supplier<Service> service;
    private final Semaphore one = new Semaphore(1);
    private final SecureRandom random = new SecureRandom();
    /** By their random names, which cannot be guessed. */
    private final Map<String, byte[]> pages = new LinkedHashMap<>();

    ExplainEndpoint(Supplier<Service> service) {
        this.service = service;
    }

    /** The body is that of a chat or a completion. */
    void make(Exchange exchange) {
        Service now = service.get();
        JsonNode body = exchange.json();
        Job job = body.has("messages")
                ? ChatRequest.read(body, now.context())
                : CompletionRequest.read(body, now.context());
        if (job.prompts().size() * job.n() != 1) {
            throw ApiException.invalid("n", "an explanation is of one text; send one prompt, and n = 1");
        }
        Run run = job.runs(now.context()).get(0);
        if (!one.tryAcquire()) {
            throw ApiException.queueFull("another explanation is being made; try again later", Duration.ofSeconds(10));
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        byte[] page = page(now, job, run).getBytes(StandardCharsets.UTF_8);
                        String path = PATH.substring(1) + keep(page);
                        exchange.send(200, JsonNodeFactory.instance.objectNode().put("url", path));
                    } catch (Throwable e) {
                        exchange.fail(e);
                    } finally {
                        one.release();
                    }
                },
                "touchstone-explain");
        thread.setDaemon(true);
        thread.start();
    }

    private static String page(Service service, Job job, Run run) {
        Sampling seeded = run.seed() == null ? job.sampling() : job.sampling().seed(run.seed());
        Sampling sampling = seeded.maxNewTokens(Math.min(run.settings().maxNewTokens(), MOST_NEW_TOKENS));
        try (Kernels kernels = KernelChoice.best(1, hint -> {})) {
            Explanation explanation = new Explainer(service.model().checkpoint(), kernels)
                    .explain(
                            job.prompts().get(0).text(),
                            run.ids(),
                            service.model().settings(run.ids(), sampling),
                            () -> {
                                var task = service.model().start(run.ids(), sampling.promptLookup(DRAFT_TOKENS));
                                task.run(step -> {});
                                return task.speculation().orElseThrow();
                            },
                            "prompt lookup");
            return ExplanationPage.html(explanation);
        }
    }

    private synchronized String keep(byte[] page) {
        byte[] name = new byte[16];
        random.nextBytes(name);
        if (pages.size() == PAGES) {
            pages.remove(pages.keySet().iterator().next());
        }
        pages.put(HexFormat.of().formatHex(name), page);
        return HexFormat.of().formatHex(name);
    }

    /** A page that was made. */
    void show(Exchange exchange) {
        byte[] page;
        synchronized (this) {
            page = pages.get(exchange.request().path().substring(PATH.length()));
        }
        if (page == null) {
            throw ApiException.refused(404, "unknown_url", "this explanation is not kept any more; ask for it again");
        }
        exchange.send(
                200,
                Map.of(
                        "Content-Type",
                        "text/html; charset=utf-8",
                        "Content-Security-Policy",
                        POLICY,
                        "X-Content-Type-Options",
                        "nosniff",
                        "Cache-Control",
                        "no-store",
                        "Referrer-Policy",
                        "no-referrer"),
                page);
    }
}
