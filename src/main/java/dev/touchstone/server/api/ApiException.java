package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.util.TouchstoneException;
import java.time.Duration;

/** A request that is not answered: the status of HTTP, and the fields of OpenAI's error object. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final String param;
    private final String code;
    private final Duration retryAfter;

    private ApiException(int status, String type, String param, String code, String message, Duration retryAfter) {
        super(TouchstoneException.oneLine(message), null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** The request is wrong: 400, or another status below 500. */
    public static ApiException refused(int status, String code, String message) {
        return new ApiException(status, INVALID, null, code, message, null);
    }

    /** A field of the request is wrong. */
    public static ApiException invalid(String param, String message) {
        return new ApiException(400, INVALID, param, "invalid_value", message, null);
    }

    /** A parameter that OpenAI's API has and this server does not support. */
    public static ApiException unsupported(String param, String message) {
        return new ApiException(400, INVALID, param, "unsupported_parameter", message, null);
    }

    /** A parameter that does not exist. */
    public static ApiException unknown(String param, String message) {
        return new ApiException(400, INVALID, param, "unknown_parameter", message, null);
    }

    /** The prompt, or the prompt with the new tokens, does not fit into the model's context. */
    public static ApiException contextLength(String param, String message) {
        return new ApiException(400, INVALID, param, "context_length_exceeded", message, null);
    }

    /** The request asks for another model. */
    public static ApiException modelNotFound(String message) {
        return new ApiException(404, INVALID, "model", "model_not_found", message, null);
    }

    /** Too many requests wait. */
    public static ApiException queueFull(String message, Duration retryAfter) {
        return new ApiException(429, "rate_limit_error", null, "queue_full", message, retryAfter);
    }

    /**
     * The server does not accept requests now.
     *
     * @param code {@code loading} or {@code draining}
     */
    public static ApiException unavailable(String code, String message, Duration retryAfter) {
        return new ApiException(503, "service_unavailable", null, code, message, retryAfter);
    }

    /** The server failed; the request may be right. */
    public static ApiException failed(String code, String message) {
        return new ApiException(500, "server_error", null, code, message, null);
    }

    /** The cause of an exception, as the client gets it: bad input is 400, anything else a failure without details. */
    public static ApiException of(Throwable cause) {
        if (cause instanceof ApiException known) {
            return known;
        }
        if (cause instanceof TouchstoneException input) {
            return refused(400, null, input.getMessage());
        }
        return failed(
                cause instanceof OutOfMemoryError ? "out_of_memory" : "internal_error",
                cause instanceof OutOfMemoryError
                        ? "the server ran out of memory for this request; send a shorter one, or try again later"
                        : "the server failed to answer this request; its log says why");
    }

    public int status() {
        return status;
    }

    /** Null if the status does not say that trying again helps. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return json;
    }
}
