package dev.touchstone.server.api;

import dev.touchstone.LanguageModel;
import dev.touchstone.util.TouchstoneException;

/**
 * What requests are checked against.
 *
 * @param model the model that answers
 * @param tools the format in which the model calls functions
 * @param limits the limits on a request
 */
public record Context(LanguageModel model, ToolFormat tools, RequestLimits limits) {
    public static Context of(LanguageModel model, RequestLimits limits) {
        return new Context(model, ToolFormat.of(model), limits);
    }

    int positions() {
        return model.transformer().shape().positions();
    }

    int vocabulary() {
        return model.transformer().shape().vocabulary();
    }

    /** Refuses a request that names another model. One that names none is for this one. */
    void checkModel(Fields fields) {
        String name = fields.text("model");
        if (name != null && !name.equals(model.name())) {
            throw ApiException.modelNotFound(
                    "the model " + name + " is not served here; this server has " + model.name());
        }
    }

    /** Refuses ids that the model does not have, and more of them than its context holds. */
    void checkIds(String param, int[] ids) {
        if (ids.length == 0) {
            throw ApiException.invalid(param, param + " has no tokens, expected at least one");
        }
        if (ids.length > positions()) {
            throw ApiException.contextLength(
                    param,
                    "the prompt has " + ids.length + " tokens, but the model has " + positions()
                            + " positions; shorten it");
        }
        checkVocabulary(param, ids);
    }

    /** Refuses ids that the model does not have. */
    void checkVocabulary(String param, int[] ids) {
        try {
            model.transformer().checkIds(ids);
        } catch (TouchstoneException e) {
            throw ApiException.invalid(param, e.getMessage());
        }
    }
}
