package dev.touchstone.server;

import dev.touchstone.server.api.ApiException;
import dev.touchstone.util.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files of the chat page: resources beside this class, and those that all pages share. Only plain names are looked up, so no
 * path leads elsewhere.
 */
final class PageFiles implements Endpoint {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "webmanifest", "application/manifest+json");
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final Map<String, File> files = new ConcurrentHashMap<>();

    private record File(byte[] content, String tag) {}

    @Override
    public void answer(Exchange exchange) {
        String path = exchange.request().path();
        String name = path.equals("/") ? "index.html" : path.substring(path.lastIndexOf('/') + 1);
        File file = path.equals("/") || path.equals("/page/" + name) ? find(name) : null;
        if (file == null) {
            throw ApiException.refused(404, "unknown_url", "there is no such path on this server");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        headers.put("ETag", file.tag);
        headers.put("Cache-Control", "no-cache"); // kept, and asked for again with its tag
        headers.put("Content-Security-Policy", POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        if (file.tag.equals(exchange.request().getHeader("If-None-Match"))) {
            exchange.send(304, headers, new byte[0]);
        } else {
            exchange.send(200, headers, file.content);
        }
    }

    private File find(String name) {
        boolean plain = NAME.matcher(name).matches() && TYPES.containsKey(name.substring(name.lastIndexOf('.') + 1));
        return plain ? files.computeIfAbsent(name, PageFiles::read) : null;
    }

    private static File read(String name) {
        URL own = PageFiles.class.getResource("page/" + name);
        URL shared = PageFiles.class.getResource("/dev/touchstone/page/" + name);
        if (own == null && shared == null) {
            return null;
        }
        try (InputStream in = (own == null ? shared : own).openStream()) {
            byte[] content = in.readAllBytes();
            byte[] hash = Sha256.of(content);
            return new File(content, "\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
