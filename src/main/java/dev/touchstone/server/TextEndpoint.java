package dev.touchstone.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.generation.Step;
import dev.touchstone.server.api.Answer;
import dev.touchstone.server.api.Context;
import dev.touchstone.server.api.Job;
import dev.touchstone.server.api.Job.Run;
import dev.touchstone.serving.BusyException;
import dev.touchstone.serving.End;
import dev.touchstone.serving.Listener;
import dev.touchstone.serving.Request;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.serving.Ticket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Makes texts: completions and chats, as one JSON object or as a stream. */
final class TextEndpoint implements Endpoint {
    private final Supplier<Service> service;
    private final BiFunction<JsonNode, Context, Job> reader;
    private final ServerOptions options;

    /** @param reader reads the body of a request */
    TextEndpoint(Supplier<Service> service, BiFunction<JsonNode, Context, Job> reader, ServerOptions options) {
        this.service = service;
        this.reader = reader;
        this.options = options;
    }

    @Override
    public void answer(Exchange exchange) {
        Service now = service.get();
        Job job = reader.apply(exchange.json(), now.context());
        List<Run> runs = job.runs(now.context());
        Answer answer = new Answer(job, runs, now.context(), System.currentTimeMillis() / 1000, now.awaitFingerprint());
        exchange.log().prompt(answer.promptTokens());
        new Delivery(exchange, now, job, answer).start(runs);
    }

    /** One answer on its way. Its methods run as tasks of the exchange, but those of the listeners. */
    private final class Delivery {
        private final Exchange exchange;
        private final Service service;
        private final Job job;
        private final Answer answer;
        private final List<Ticket> tickets = new CopyOnWriteArrayList<>();
        private EventStream stream;
        private boolean failed;

        Delivery(Exchange exchange, Service service, Job job, Answer answer) {
            this.exchange = exchange;
            this.service = service;
            this.job = job;
            this.answer = answer;
        }

        void start(List<Run> runs) {
            Wanted wanted = job.output().echo() && job.output().hasLogprobs() ? Wanted.PROMPT_LOGITS : Wanted.TOKENS;
            String client = Service.client(exchange, job.user());
            exchange.onClose(this::cancel);
            try {
                for (int i = 0; i < runs.size(); i++) {
                    Run run = runs.get(i);
                    tickets.add(service.engine()
                            .submit(new Request(client, run.ids(), run.settings(), wanted), new Receiver(i)));
                }
            } catch (RuntimeException e) {
                failed = true;
                cancel();
                throw e instanceof BusyException busy ? Service.busy(busy) : e;
            }
            if (exchange.isClosed()) {
                cancel(); // it may have closed before the last ticket was there
            }
            if (job.output().stream()) {
                stream = exchange.stream(Map.of("Trailer", "Touchstone-Digest"), options.limits());
                send(answer.opening());
            }
        }

        private void cancel() {
            tickets.forEach(Ticket::cancel);
        }

        private void send(List<ObjectNode> chunks) {
            if (stream != null) {
                chunks.forEach(stream::send);
            }
        }

        private void ended(int choice, End end) {
            switch (end.outcome()) {
                case FINISHED -> finished(choice, end);
                case CANCELLED -> {}
                case FAILED -> fail(end.failure());
                case DRAINED -> fail(Service.drained());
            }
        }

        private void finished(int choice, End end) {
            send(answer.end(choice, end.generation()));
            if (!answer.isComplete()) {
                return;
            }
            if (job.output().stream()) {
                if (stream != null) {
                    stream.end(answer.digest(), 200);
                }
            } else {
                exchange.sendProven(answer.whole());
            }
        }

        /** One choice has failed, so the answer has. */
        private void fail(Throwable cause) {
            if (failed) {
                return;
            }
            failed = true;
            cancel();
            exchange.log().outcome("failed");
            if (stream != null) {
                stream.fail(cause);
            } else {
                exchange.fail(cause);
            }
        }

        /** Passes what the engine's thread reports to the tasks of the exchange. */
        private final class Receiver implements Listener {
            private final int choice;

            Receiver(int choice) {
                this.choice = choice;
            }

            private void run(Runnable task) {
                exchange.run(() -> {
                    try {
                        if (!failed) {
                            task.run();
                        }
                    } catch (Throwable e) {
                        fail(e);
                    }
                });
            }

            @Override
            public void onPromptLogits(int position, float[] logits) {
                run(() -> answer.promptLogits(choice, position, logits));
            }

            @Override
            public void onStep(Step step) {
                exchange.log().token();
                int id = step.id();
                String text = step.text();
                float[] logits = job.output().hasLogprobs() ? step.logits() : null; // large, so not kept in vain
                run(() -> send(answer.step(choice, id, text, logits)));
            }

            @Override
            public void onEnd(End end) {
                run(() -> ended(choice, end));
            }
        }
    }
}
