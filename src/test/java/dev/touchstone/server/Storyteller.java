package dev.touchstone.server;

import dev.touchstone.LanguageModel;

/** The included model, which is loaded once for all tests of the server. */
final class Storyteller {
    static final LanguageModel MODEL = LanguageModel.storyteller();

    private Storyteller() {}
}
