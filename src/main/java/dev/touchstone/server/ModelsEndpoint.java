package dev.touchstone.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.model.Transformer.Shape;
import dev.touchstone.server.api.Answer;
import dev.touchstone.server.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The list of models, which has one, and its description. */
record ModelsEndpoint(Supplier<Service> service) implements Endpoint {
    private static final String LIST = "/v1/models";

    @Override
    public void answer(Exchange exchange) {
        Service now = service.get();
        String path = exchange.request().path();
        if (path.equals(LIST)) {
            ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
            list.putArray("data").add(describe(now));
            exchange.send(200, list);
            return;
        }
        String name = URLDecoder.decode(path.substring(LIST.length() + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        if (!name.equals(now.model().name())) {
            throw ApiException.modelNotFound(
                    "this server has the model " + now.model().name() + " only");
        }
        exchange.send(200, describe(now));
    }

    private static ObjectNode describe(Service service) {
        Shape shape = service.model().transformer().shape();
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", service.model().name())
                .put("object", "model")
                .put("created", service.since())
                .put("owned_by", "touchstone")
                .put("max_model_len", shape.positions())
                .put("vocabulary", shape.vocabulary())
                .put("chat", service.model().checkpoint().chatTemplate().isPresent())
                .put("tools", service.context().tools() != null)
                .put("system_fingerprint", Answer.shortened(service.awaitFingerprint()));
    }
}
