package dev.touchstone.server;

import dev.touchstone.server.api.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The endpoints by path and method. A path that ends with {@code /*} stands for all paths that begin with it. */
final class Routes {
    /**
     * @param pattern the path, for logs and metrics
     * @param isOpen whether it needs no key
     */
    record Route(String pattern, boolean isOpen, Endpoint endpoint) {}

    private final Map<String, Map<String, Route>> byPath = new LinkedHashMap<>();

    Routes add(String method, String path, Endpoint endpoint) {
        return add(method, path, false, endpoint);
    }

    Routes addOpen(String method, String path, Endpoint endpoint) {
        return add(method, path, true, endpoint);
    }

    private Routes add(String method, String path, boolean open, Endpoint endpoint) {
        byPath.computeIfAbsent(path, key -> new LinkedHashMap<>()).put(method, new Route(path, open, endpoint));
        return this;
    }

    /** Throws 404 for an unknown path, and 405 for a known one with another method. */
    Route find(String method, String path) {
        Map<String, Route> methods = methods(path);
        if (methods == null) {
            throw ApiException.refused(404, "unknown_url", "there is no such path on this server");
        }
        Route route = methods.get(method.equals("HEAD") ? "GET" : method);
        if (route == null) {
            throw ApiException.refused(
                    405, "method_not_allowed", "this path takes " + String.join(" or ", allowed(path)) + " only");
        }
        return route;
    }

    /** The methods of a path; empty if there is no such path. */
    Set<String> allowed(String path) {
        Map<String, Route> methods = methods(path);
        return methods == null ? Set.of() : new TreeSet<>(methods.keySet());
    }

    private Map<String, Route> methods(String path) {
        Map<String, Route> exact = byPath.get(path);
        if (exact != null) {
            return exact;
        }
        return byPath.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("/*")
                        && path.startsWith(
                                entry.getKey().substring(0, entry.getKey().length() - 1)))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }
}
