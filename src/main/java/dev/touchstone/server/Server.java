package dev.touchstone.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.LanguageModel;
import dev.touchstone.server.Routes.Route;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.server.api.ChatRequest;
import dev.touchstone.server.api.CompletionRequest;
import dev.touchstone.server.api.Context;
import dev.touchstone.server.api.Tokens;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.util.TouchstoneException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.BindException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/**
 * An HTTP server with OpenAI's API. It listens at once, and answers that it is loading until {@link #serve} gives it a model.
 */
public final class Server implements AutoCloseable {
    private static final Duration UNAVAILABLE = Duration.ofSeconds(5);
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final int MOST_HEADERS = 32 << 10;
    private static final int LONGEST_LINE = 8 << 10;

    private final ServerOptions options;
    private final AccessLog log;
    private final Gate gate;
    private final Workers workers = new Workers(Math.max(2, Runtime.getRuntime().availableProcessors()));
    private final ServerMetrics metrics;
    private final Routes routes;
    private final Vertx vertx;
    private final Connections connections;
    private final BodyReader bodies;
    private final HttpServer http;
    private volatile Service service;
    private volatile boolean draining;

    private Server(ServerOptions options, AccessLog log) {
        this.options = options;
        this.log = log;
        this.gate = new Gate(options);
        this.metrics = new ServerMetrics(
                () -> service == null ? null : service.engine().statistics());
        this.routes = routes();
        this.vertx = vertx();
        this.connections = new Connections(vertx, options.limits());
        this.bodies = new BodyReader(vertx, options.limits());
        this.http = vertx.createHttpServer(new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(MOST_HEADERS)
                .setMaxInitialLineLength(LONGEST_LINE));
        http.connectionHandler(connections::opened);
        http.invalidRequestHandler(this::refuseMalformed);
        http.exceptionHandler(failure -> {}); // a connection that broke before its request was complete
        http.requestHandler(this::handle);
    }

    /**
     * Starts to listen.
     *
     * @throws TouchstoneException if it cannot, for example because the port is in use
     */
    public static Server open(ServerOptions options, AccessLog log) {
        Server server = new Server(options, log);
        try {
            server.http.listen().toCompletionStage().toCompletableFuture().join();
            return server;
        } catch (CompletionException e) {
            server.close();
            String place = options.host() + ":" + options.port();
            throw new TouchstoneException(
                    e.getCause() instanceof BindException bind
                                    && String.valueOf(bind.getMessage()).contains("in use")
                            ? "port " + options.port() + " of " + options.host()
                                    + " is in use by another program; stop it, or choose another port"
                            : place + " cannot be listened on: " + e.getCause().getMessage(),
                    e.getCause());
        }
    }

    private static Vertx vertx() {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setBlockedThreadCheckInterval(1)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.DAYS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
        Vertx vertx = Vertx.vertx(options);
        vertx.exceptionHandler(failure -> {}); // of connections; requests have their own
        return vertx;
    }

    private Routes routes() {
        ExplainEndpoint explain = new ExplainEndpoint(this::service);
        return new Routes()
                .add("POST", "/v1/completions", new TextEndpoint(this::service, CompletionRequest::read, options))
                .add("POST", "/v1/chat/completions", new TextEndpoint(this::service, ChatRequest::read, options))
                .add("POST", "/v1/embeddings", new EmbeddingEndpoint(this::service))
                .add("POST", "/tokenize", exchange -> tokens(exchange, Tokens::tokenize))
                .add("POST", "/detokenize", exchange -> tokens(exchange, Tokens::detokenize))
                .add("POST", "/explain", explain::make)
                .addOpen("GET", "/explain/*", explain::show)
                .add("GET", "/v1/models", new ModelsEndpoint(this::service))
                .add("GET", "/v1/models/*", new ModelsEndpoint(this::service))
                .add("GET", "/metrics", this::metrics)
                .addOpen("GET", "/health", exchange -> status(exchange, "ok"))
                .addOpen("GET", "/ready", exchange -> {
                    service();
                    status(exchange, "ready");
                })
                .addOpen("GET", "/", new PageFiles())
                .addOpen("GET", "/page/*", new PageFiles());
    }

    private void tokens(Exchange exchange, BiFunction<JsonNode, Context, ObjectNode> endpoint) {
        exchange.send(200, endpoint.apply(exchange.json(), service().context()));
    }

    private void metrics(Exchange exchange) {
        exchange.send(200, Map.of("Content-Type", metrics.contentType()), metrics.page());
    }

    private static void status(Exchange exchange, String status) {
        exchange.send(200, JsonNodeFactory.instance.objectNode().put("status", status));
    }

    /** The model, if it is loaded and the server does not end. */
    private Service service() {
        if (draining) {
            throw ApiException.unavailable(
                    "draining", "the server stops and takes no new requests; try another one", UNAVAILABLE);
        }
        Service now = service;
        if (now == null) {
            throw ApiException.unavailable("loading", "the server is loading its model; try again soon", UNAVAILABLE);
        }
        return now;
    }

    /** The port, which is a free one if the options name none. */
    public int port() {
        return http.actualPort();
    }

    /**
     * Begins to answer requests. The model stays the caller's, who closes it after the server.
     *
     * @param limits of the engine that computes the answers
     * @param fingerprint of the model; answers wait for it
     */
    public void serve(LanguageModel model, Limits limits, CompletableFuture<String> fingerprint) {
        Engine engine = model.engine(limits);
        Context context = Context.of(model, options.requestLimits());
        service = new Service(context, engine, fingerprint, System.currentTimeMillis() / 1000);
    }

    private void handle(HttpServerRequest request) {
        connections.busy(request.connection());
        String method = request.method().name();
        AccessLog.Entry entry = log.begin(method.matches("[A-Z]{1,10}") ? method : "OTHER", metrics);
        Exchange exchange = new Exchange(request, Vertx.currentContext(), workers.serial(), entry);
        request.response().endHandler(end -> connections.idle(request.connection()));
        try {
            gate.checkHost(request);
            gate.crossOrigin(request).forEach(request.response()::putHeader);
            String path = request.path() == null ? "" : request.path();
            if (method.equals("OPTIONS")) {
                preflight(exchange, path);
                return;
            }
            Route route = routes.find(method, path);
            entry.route(route.pattern());
            if (!route.isOpen()) {
                gate.checkKey(request);
            }
            if (method.equals("POST")) {
                checkType(request);
                bodies.read(
                        request,
                        body -> {
                            exchange.body(body);
                            exchange.run(() -> route.endpoint().answer(exchange));
                        },
                        exchange::fail);
            } else {
                exchange.run(() -> route.endpoint().answer(exchange));
            }
        } catch (ApiException e) {
            if (e.status() == 405) {
                request.response().putHeader("Allow", String.join(", ", routes.allowed(request.path())));
            }
            exchange.fail(e);
        }
    }

    /** A browser asks whether a page of another server may send a request. */
    private void preflight(Exchange exchange, String path) {
        HttpServerResponse response = exchange.request().response();
        String methods = String.join(", ", routes.allowed(path));
        if (response.headers().contains("Access-Control-Allow-Origin")) {
            response.putHeader("Access-Control-Allow-Methods", methods);
            response.putHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
            response.putHeader("Access-Control-Max-Age", "600");
        }
        exchange.send(204, Map.of("Allow", methods), new byte[0]);
    }

    /** A page of another server can send forms here without asking, but not JSON. */
    private static void checkType(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw ApiException.refused(
                    415,
                    "unsupported_media_type",
                    "the body must be JSON: send the header Content-Type: application/json");
        }
    }

    private void refuseMalformed(HttpServerRequest request) {
        AccessLog.Entry entry = log.begin("OTHER", metrics);
        Exchange exchange = new Exchange(request, Vertx.currentContext(), workers.serial(), entry);
        String cause = request.decoderResult().cause().getClass().getSimpleName();
        int status = cause.contains("TooLongHttpHeader") ? 431 : cause.contains("TooLongHttpLine") ? 414 : 400;
        exchange.fail(ApiException.refused(
                status,
                "malformed_request",
                status == 400 ? "the request is not valid HTTP" : "the head of the request is too long"));
    }

    /**
     * Stops: refuses new requests, and waits for those in progress. After the grace period streams that are left end with an error
     * event, and other requests with status 503.
     */
    public void drain(Duration grace) throws InterruptedException {
        draining = true;
        Service now = service;
        if (now != null) {
            now.engine().drain(grace);
        }
        await(http.shutdown(Duration.ofSeconds(2))); // responses on their way
    }

    /** Waits for the end of connections, but not long for one that does not end. */
    private static void await(Future<Void> end) {
        try {
            end.toCompletionStage().toCompletableFuture().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The process ends next, and its connections with it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all connections and ends the threads of the server. */
    @Override
    public void close() {
        draining = true;
        if (service != null) {
            service.engine().close();
        }
        workers.close(); // before the event loop, to which its tasks write
        await(vertx.close());
    }
}
