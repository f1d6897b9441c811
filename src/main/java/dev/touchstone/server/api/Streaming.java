package dev.touchstone.server.api;

import java.util.Map;
import java.util.Set;

/** The fields {@code stream} and {@code stream_options}. */
record Streaming(boolean stream, boolean includeUsage) {
    static Streaming read(Fields fields) {
        boolean stream = fields.flag("stream", false);
        Fields options = fields.object("stream_options");
        if (options == null) {
            return new Streaming(stream, false);
        }
        if (!stream) {
            throw ApiException.invalid("stream_options", "stream_options needs stream to be true");
        }
        options.only(Set.of("include_usage"), Map.of("include_obfuscation", Set.of("false")));
        return new Streaming(true, options.flag("include_usage", false));
    }
}
