package dev.touchstone.server.api;

import java.util.List;

/** An answer that is one call and nothing else, with an optional tag before it. Any other answer is text. */
final class LlamaCalls implements ToolCallReader {
    private static final String TAG = "<|python_tag|>";
    private static final List<String> ARGUMENTS = List.of("parameters", "arguments");

    private final StringBuilder held = new StringBuilder();
    private boolean isText;

    @Override
    public List<Part> add(String text) {
        held.append(text);
        if (!isText && mayBeCall(held.toString().stripLeading())) {
            return List.of();
        }
        isText = true;
        return release();
    }

    private static boolean mayBeCall(String begun) {
        return begun.startsWith("{") || begun.startsWith(TAG) || TAG.startsWith(begun);
    }

    @Override
    public List<Part> end() {
        String json = held.toString().strip();
        json = json.startsWith(TAG) ? json.substring(TAG.length()) : json;
        Call call = isText ? null : ToolCallReader.parse(json, ARGUMENTS);
        return call == null ? release() : List.of(new Part("", call));
    }

    private List<Part> release() {
        String text = held.toString();
        held.setLength(0);
        return text.isEmpty() ? List.of() : List.of(Part.text(text));
    }
}
