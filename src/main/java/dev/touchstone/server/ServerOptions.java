package dev.touchstone.server;

import dev.touchstone.server.api.RequestLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How a server listens and whom it answers. Start from {@link #defaults} and change single options.
 *
 * @param host the address to listen on
 * @param port 0 for any free port
 * @param keys the API keys, of which a request needs one; empty if requests need none
 * @param origins the web pages of other servers that may use this one, such as {@code https://example.org}
 */
public record ServerOptions(
        String host, int port, List<String> keys, Set<String> origins, Limits limits, RequestLimits requestLimits) {
    /**
     * The limits on connections.
     *
     * @param bodyBytes the largest body of a request
     * @param connections the most connections
     * @param requestTime how long a client may take to send the head of a request, and then the body
     * @param idleTime how long a connection stays open without a request
     * @param streamBytes how much of a stream may wait for a slow reader, which is dropped when there is more
     * @param writeTime how long a reader may take to read anything, before it is dropped
     * @param keepAlive the time without a chunk after which a stream gets a comment
     */
    public record Limits(
            int bodyBytes,
            int connections,
            Duration requestTime,
            Duration idleTime,
            int streamBytes,
            Duration writeTime,
            Duration keepAlive) {
        /** 8 MiB, 1,024 connections, 15 s, 75 s, 1 MiB, 30 s, 15 s. */
        public static Limits defaults() {
            return new Limits(
                    8 << 20,
                    1024,
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(75),
                    1 << 20,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(15));
        }
    }

    public ServerOptions {
        keys = List.copyOf(keys);
        origins = Set.copyOf(origins);
    }

    /** On 127.0.0.1, without keys. */
    public static ServerOptions defaults() {
        return new ServerOptions("127.0.0.1", 8080, List.of(), Set.of(), Limits.defaults(), RequestLimits.defaults());
    }

    public ServerOptions withHost(String host) {
        return new ServerOptions(host, port, keys, origins, limits, requestLimits);
    }

    public ServerOptions withPort(int port) {
        return new ServerOptions(host, port, keys, origins, limits, requestLimits);
    }

    public ServerOptions withKeys(List<String> keys) {
        return new ServerOptions(host, port, keys, origins, limits, requestLimits);
    }

    public ServerOptions withOrigins(Set<String> origins) {
        return new ServerOptions(host, port, keys, origins, limits, requestLimits);
    }

    public ServerOptions withLimits(Limits limits) {
        return new ServerOptions(host, port, keys, origins, limits, requestLimits);
    }

    public ServerOptions withRequestLimits(RequestLimits limits) {
        return new ServerOptions(host, port, keys, origins, this.limits, limits);
    }
}
