package dev.touchstone.server;

import dev.touchstone.Sampling;
import dev.touchstone.server.api.ApiException;
import dev.touchstone.server.api.Embeddings;
import dev.touchstone.server.api.Job.Prompt;
import dev.touchstone.serving.BusyException;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.serving.Ticket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Makes embeddings. A request with many texts has a few of them in the engine at a time. */
record EmbeddingEndpoint(Supplier<Service> service) implements Endpoint {
    private static final int AT_A_TIME = 16;
    private static final Sampling NOTHING =
            Sampling.greedy().withoutModelDefaults().maxNewTokens(0);

    @Override
    public void answer(Exchange exchange) {
        Service now = service.get();
        new Delivery(exchange, now, Embeddings.read(exchange.json(), now.context())).start();
    }

    private static final class Delivery {
        private final Exchange exchange;
        private final Service service;
        private final Embeddings request;
        private final float[][] vectors;
        private final List<Ticket> tickets = new CopyOnWriteArrayList<>();
        private int begun;
        private int made;

        Delivery(Exchange exchange, Service service, Embeddings request) {
            this.exchange = exchange;
            this.service = service;
            this.request = request;
            this.vectors = new float[request.inputs().size()][];
        }

        void start() {
            exchange.log()
                    .prompt(request.inputs().stream()
                            .mapToInt(input -> input.ids().length)
                            .sum());
            exchange.onClose(this::cancel);
            while (begun < Math.min(AT_A_TIME, vectors.length)) {
                next();
            }
        }

        private void cancel() {
            tickets.forEach(Ticket::cancel);
        }

        private void next() {
            int index = begun++;
            Prompt input = request.inputs().get(index);
            String client = Service.client(exchange, request.user());
            Embeddings.Pool pool = request.pooling().pool(input.ids().length);
            try {
                tickets.add(service.engine()
                        .submit(
                                new Request(
                                        client,
                                        input.ids(),
                                        service.model().settings(input.ids(), NOTHING),
                                        Wanted.HIDDEN_STATES),
                                new Listener() {
                                    @Override
                                    public void onHiddenState(int position, float[] hidden) {
                                        exchange.run(() -> pool.add(position, hidden));
                                    }

                                    @Override
                                    public void onEnd(End end) {
                                        exchange.run(() -> ended(index, end, pool));
                                    }
                                }));
            } catch (RuntimeException e) {
                cancel();
                throw e instanceof BusyException busy ? Service.busy(busy) : e;
            }
            if (exchange.isClosed()) {
                cancel();
            }
        }

        private void ended(int index, End end, Embeddings.Pool pool) {
            switch (end.outcome()) {
                case FINISHED -> {
                    vectors[index] = pool.vector();
                    made++;
                }
                case CANCELLED -> {
                    return;
                }
                case FAILED -> {
                    cancel();
                    throw ApiException.of(end.failure());
                }
                case DRAINED -> {
                    cancel();
                    throw Service.drained();
                }
            }
            if (begun < vectors.length) {
                next();
            } else if (made == vectors.length) {
                exchange.sendProven(request.answer(List.of(vectors), service.context(), service.awaitFingerprint()));
            }
        }
    }
}
