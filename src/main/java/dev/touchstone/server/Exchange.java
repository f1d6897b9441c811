package dev.touchstone.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.util.Json;
import dev.touchstone.util.TouchstoneException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * A request and its response. {@link #run} runs the code of the endpoint, one task after the other; the response is written by the
 * event loop. The first response counts, later ones are discarded.
 */
final class Exchange {
    /** RFC 9110, 5.6.7. The formatter of Java for RFC 1123 writes days below 10 with one digit. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    private final HttpServerRequest request;
    private final Context loop;
    private final Executor worker;
    private final AccessLog.Entry log;
    private final List<Runnable> atClose = new ArrayList<>();
    private byte[] body = new byte[0];
    private boolean closed;
    private boolean answered;

    /**
     * @param loop the event loop of the connection
     * @param worker runs tasks in order
     */
    Exchange(HttpServerRequest request, Context loop, Executor worker, AccessLog.Entry log) {
        this.request = request;
        this.loop = loop;
        this.worker = worker;
        this.log = log;
        request.exceptionHandler(failure -> close());
        request.response().exceptionHandler(failure -> close());
        request.response().closeHandler(end -> close());
    }

    HttpServerRequest request() {
        return request;
    }

    /** The entry of this request in the log and the metrics. */
    AccessLog.Entry log() {
        return log;
    }

    void body(Buffer whole) {
        body = whole.getBytes();
    }

    byte[] body() {
        return body;
    }

    /** The body. Throws an {@link ApiException} if it is not JSON. */
    JsonNode json() {
        if (body.length == 0) {
            throw ApiException.refused(400, "invalid_json", "the body is empty, expected a JSON object");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return Json.value("the body", text);
        } catch (CharacterCodingException e) {
            throw ApiException.refused(400, "invalid_json", "the body is not UTF-8");
        } catch (TouchstoneException e) {
            throw ApiException.refused(400, "invalid_json", e.getMessage());
        }
    }

    /** Runs a task of this request after its earlier ones. If it throws, the exception is the answer. */
    void run(Runnable task) {
        worker.execute(() -> {
            try {
                task.run();
            } catch (Throwable e) { // out of memory too: this request fails, and no other
                fail(e);
            }
        });
    }

    /** Calls {@code action} when the client has disconnected before the end of the response; at once if it has already. */
    void onClose(Runnable action) {
        synchronized (this) {
            if (!closed) {
                atClose.add(action);
                return;
            }
        }
        action.run();
    }

    private void close() {
        List<Runnable> actions;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            actions = List.copyOf(atClose);
        }
        actions.forEach(Runnable::run);
        log.end(499); // nginx's number for a client that closed the connection
    }

    synchronized boolean isClosed() {
        return closed;
    }

    void send(int status, ObjectNode json) {
        send(status, Map.of("Content-Type", "application/json"), json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Sends an answer, with the digest of its proof as a header. */
    void sendProven(ObjectNode answer) {
        String digest = answer.at("/touchstone/digest").textValue();
        send(
                200,
                Map.of("Content-Type", "application/json", "Touchstone-Digest", digest),
                answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    void send(int status, Map<String, String> headers, byte[] content) {
        if (begin()) {
            loop.runOnContext(now -> {
                HttpServerResponse response = head(status, headers);
                response.end(Buffer.buffer(content)).onComplete(end -> finish(status));
            });
        }
    }

    /** Sends an error instead of an answer; the connection is closed if the request has not been read to its end. */
    void fail(Throwable cause) {
        ApiException failure = ApiException.of(cause);
        if (failure.status() == 500) {
            log.failure(cause);
        }
        if (!begin()) {
            return;
        }
        loop.runOnContext(now -> {
            HttpServerResponse response = head(failure.status(), Map.of("Content-Type", "application/json"));
            if (failure.retryAfter() != null) {
                response.putHeader(
                        "Retry-After",
                        String.valueOf(Math.max(1, failure.retryAfter().toSeconds())));
            }
            if (failure.status() == 401) {
                response.putHeader("WWW-Authenticate", "Bearer");
            }
            boolean unread = !request.isEnded();
            if (unread) {
                response.putHeader("Connection", "close");
            }
            response.end(failure.json().toString()).onComplete(end -> {
                finish(failure.status());
                if (unread) {
                    request.connection().close();
                }
            });
        });
    }

    /** Begins a response whose parts follow; null if the client has disconnected, or has its response already. */
    EventStream stream(Map<String, String> headers, ServerOptions.Limits limits) {
        return begin() ? new EventStream(this, loop, headers, limits) : null;
    }

    HttpServerResponse head(int status, Map<String, String> headers) {
        HttpServerResponse response = request.response().setStatusCode(status);
        response.putHeader("Date", date(Instant.now()));
        headers.forEach(response::putHeader);
        return response;
    }

    static String date(Instant time) {
        return DATE.format(time.atOffset(ZoneOffset.UTC));
    }

    /** Records the end of the response. */
    void finish(int status) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true; // nothing is left to cancel
        }
        log.end(status);
    }

    /** Closes the connection, whatever is still to be written. */
    void drop() {
        Connections.drop(request.connection());
    }

    private synchronized boolean begin() {
        boolean first = !answered && !closed;
        answered = true;
        return first;
    }
}
