package dev.touchstone.server;

import io.netty.channel.ChannelOutboundInvoker;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the number of connections and how long each may be silent: a client that sends the head of its request one byte at a time
 * is disconnected as one that sends none. Runs on the event loop.
 */
final class Connections {
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final ServerOptions.Limits limits;
    private final Map<HttpConnection, Long> timers = new HashMap<>();

    Connections(Vertx vertx, ServerOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    void opened(HttpConnection connection) {
        if (timers.size() >= limits.connections()) {
            connection.close();
            return;
        }
        connection.closeHandler(closed -> {
            stop(connection);
            timers.remove(connection);
        });
        start(connection, limits.requestTime());
    }

    /** The head of a request has arrived. */
    void busy(HttpConnection connection) {
        stop(connection);
    }

    /** The response has been sent, and the connection waits for another request. */
    void idle(HttpConnection connection) {
        if (timers.containsKey(connection)) {
            start(connection, limits.idleTime());
        }
    }

    /**
     * Closes a connection whose client reads nothing. {@link HttpConnection#close} would wait until everything is written, and so
     * forever. The method is found by reflection, because Vert.x does not export its interface to modules, where this waits.
     */
    static void drop(HttpConnection connection) {
        try {
            Object context =
                    connection.getClass().getMethod("channelHandlerContext").invoke(connection);
            ((ChannelOutboundInvoker) context).close();
        } catch (ReflectiveOperationException e) {
            connection.close();
        }
    }

    private void start(HttpConnection connection, Duration time) {
        stop(connection);
        timers.put(connection, vertx.setTimer(time.toMillis(), late -> drop(connection)));
    }

    private void stop(HttpConnection connection) {
        long timer = timers.getOrDefault(connection, NO_TIMER);
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timers.put(connection, NO_TIMER);
        }
    }
}
