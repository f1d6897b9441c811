package dev.touchstone.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.ApiException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A response of server-sent events. It never makes the caller wait: what a slow reader has not read is kept up to a limit, beyond
 * which the reader is dropped. A stream without events gets comments, so that proxies keep it open.
 */
final class EventStream {
    private final Exchange exchange;
    private final Context loop;
    private final HttpServerResponse response;
    private final ServerOptions.Limits limits;
    /** Bytes that are not with the operating system yet. */
    private final AtomicLong waiting = new AtomicLong();

    private long timer;
    private volatile long lastWrite = System.nanoTime();
    private volatile long lastRead = System.nanoTime();

    EventStream(Exchange exchange, Context loop, Map<String, String> headers, ServerOptions.Limits limits) {
        this.exchange = exchange;
        this.loop = loop;
        this.response = exchange.request().response();
        this.limits = limits;
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "text/event-stream; charset=utf-8");
        all.put("Cache-Control", "no-cache");
        all.put("X-Accel-Buffering", "no"); // for nginx, which would wait for more
        loop.runOnContext(now -> {
            exchange.head(200, all);
            response.setChunked(true).writeHead();
            timer = loop.owner().setPeriodic(period(), tick -> check());
        });
    }

    private long period() {
        return Math.max(
                1, Math.min(limits.keepAlive().toMillis(), limits.writeTime().toMillis()) / 4);
    }

    void send(ObjectNode event) {
        write("data: " + event + "\n\n");
    }

    /** Sends an error as an event and ends the stream. */
    void fail(Throwable cause) {
        ApiException failure = ApiException.of(cause);
        if (failure.status() == 500) {
            exchange.log().failure(cause);
        }
        send(failure.json());
        end(null, failure.status());
    }

    /** @param digest the trailer of the response; null for none */
    void end(String digest, int status) {
        write("data: [DONE]\n\n");
        loop.runOnContext(now -> {
            loop.owner().cancelTimer(timer);
            if (digest != null) {
                response.putTrailer("Touchstone-Digest", digest);
            }
            if (!response.closed()) {
                response.end().onComplete(end -> exchange.finish(status));
            }
        });
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        long all = waiting.addAndGet(bytes.length);
        lastWrite = System.nanoTime();
        loop.runOnContext(now -> {
            if (all > limits.streamBytes()) {
                drop();
            } else if (!response.closed()) {
                response.write(Buffer.buffer(bytes)).onComplete(written -> {
                    waiting.addAndGet(-bytes.length);
                    lastRead = System.nanoTime();
                });
            }
        });
    }

    private void check() {
        long now = System.nanoTime();
        if (exchange.isClosed()) {
            loop.owner().cancelTimer(timer);
        } else if (waiting.get() > 0 && now - lastRead > limits.writeTime().toNanos()) {
            drop();
        } else if (waiting.get() == 0 && now - lastWrite > limits.keepAlive().toNanos()) {
            write(": waiting\n\n");
        }
    }

    private void drop() {
        loop.owner().cancelTimer(timer);
        exchange.log().outcome("dropped");
        exchange.drop();
    }
}
