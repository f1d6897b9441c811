package dev.touchstone.server;

import dev.touchstone.server.api.ApiException;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Decides whether a request may be answered: its key, the web page that it comes from, and the name by which it was sent here. */
final class Gate {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]|localhost");

    private final ServerOptions options;

    Gate(ServerOptions options) {
        this.options = options;
    }

    /**
     * Throws if the request has none of the keys. All keys are compared, and each in a time that does not depend on where the first
     * difference is.
     */
    void checkKey(HttpServerRequest request) {
        if (options.keys().isEmpty()) {
            return;
        }
        String header = request.getHeader("Authorization");
        boolean bearer = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
        byte[] given = bytes(bearer ? header.substring(7).strip() : "");
        boolean known = false;
        for (String key : options.keys()) {
            known |= MessageDigest.isEqual(given, bytes(key));
        }
        if (!known) {
            throw ApiException.refused(
                    401,
                    "invalid_api_key",
                    header == null
                            ? "the API key is missing; send it in the header Authorization: Bearer KEY"
                            : "the API key is wrong");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Throws if a server without keys was reached by a name that is neither an address nor localhost: a web page can make its own
     * name mean 127.0.0.1 (DNS rebinding), and then the browser takes this server for the page's own.
     */
    void checkHost(HttpServerRequest request) {
        String host = request.getHeader("Host");
        if (!options.keys().isEmpty() || host == null) {
            return;
        }
        String name = host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]*$", "");
        if (!ADDRESS.matcher(name).matches() && !name.equals(options.host().toLowerCase(Locale.ROOT))) {
            throw ApiException.refused(
                    403,
                    "host_not_allowed",
                    "a server without API keys answers requests to an IP address or to localhost only");
        }
    }

    /** The headers that let a listed web page read the answer; none for other pages. */
    Map<String, String> crossOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        Map<String, String> headers = new LinkedHashMap<>();
        if (origin != null && options.origins().contains(origin)) {
            headers.put("Access-Control-Allow-Origin", origin);
            headers.put("Vary", "Origin");
            headers.put("Access-Control-Expose-Headers", "Touchstone-Digest, Retry-After");
        }
        return headers;
    }

    /** Whether the request comes from a page of this server, as far as the browser says so, or from no page. */
    static boolean isSameOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return true;
        }
        try {
            return String.valueOf(URI.create(origin).getRawAuthority()).equalsIgnoreCase(request.getHeader("Host"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
