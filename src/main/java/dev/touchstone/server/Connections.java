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
    private final Map<HttpConnection, State> open = new HashMap<>();

    private static final class State {
        long timer = NO_TIMER;
        /** Requests whose responses have not been sent. With pipelining the next one begins before the end of the one before. */
        int requests;
    }

    Connections(Vertx vertx, ServerOptions.Limits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    void opened(HttpConnection connection) {
        if (open.size() >= limits.connections()) {
            connection.close();
            return;
        }
        State state = new State();
        open.put(connection, state);
        connection.closeHandler(closed -> {
            stop(state);
            open.remove(connection);
        });
        start(connection, state, limits.requestTime());
    }

    /** The head of a request has arrived. */
    void busy(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.requests++;
            stop(state);
        }
    }

    /** The response has been sent, and the connection waits for another request, unless there is one already. */
    void idle(HttpConnection connection) {
        State state = open.get(connection);
        if (state != null && --state.requests == 0) {
            start(connection, state, limits.idleTime());
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

    private void start(HttpConnection connection, State state, Duration time) {
        stop(state);
        state.timer = vertx.setTimer(time.toMillis(), late -> drop(connection));
    }

    private void stop(State state) {
        if (state.timer != NO_TIMER) {
            vertx.cancelTimer(state.timer);
            state.timer = NO_TIMER;
        }
    }
}
