package dev.touchstone.server;

import dev.touchstone.server.api.ApiException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads the body of a request up to a size and for a time. Runs on the event loop. */
final class BodyReader {
    private final Vertx vertx;
    private final ServerOptions.Limits limits;

    BodyReader(Vertx vertx, ServerOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** Throws if the head of the request announces too large a body. */
    void read(HttpServerRequest request, Consumer<Buffer> whole, Consumer<ApiException> failed) {
        String announced = request.getHeader("Content-Length");
        if (announced != null && announced.length() > 18
                || announced != null && Long.parseLong(announced) > limits.bodyBytes()) {
            throw tooLarge();
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Buffer body = Buffer.buffer();
        long timer = vertx.setTimer(
                limits.requestTime().toMillis(),
                late -> failed.accept(ApiException.refused(
                        408,
                        "request_timeout",
                        "the body did not arrive within " + limits.requestTime().toSeconds() + " s")));
        request.handler(part -> {
            if (body.length() + part.length() > limits.bodyBytes()) {
                vertx.cancelTimer(timer);
                request.handler(rest -> {});
                request.endHandler(end -> {});
                failed.accept(tooLarge());
            } else {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            if (vertx.cancelTimer(timer)) {
                whole.accept(body);
            }
        });
    }

    private ApiException tooLarge() {
        return ApiException.refused(
                413, "body_too_large", "the body is larger than " + limits.bodyBytes() + " bytes; send a shorter one");
    }
}
