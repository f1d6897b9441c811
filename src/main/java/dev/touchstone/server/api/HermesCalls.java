package dev.touchstone.server.api;

import java.util.ArrayList;
import java.util.List;

/** Calls between tags, with text before, between and after them. White space beside a call is dropped. */
final class HermesCalls implements ToolCallReader {
    private static final String BEGIN = "<tool_call>";
    private static final String END = "</tool_call>";

    /** Text that may belong to a call. */
    private String held = "";
    /** White space that is dropped if a call follows. */
    private String space = "";

    private boolean afterCall;

    @Override
    public List<Part> add(String text) {
        List<Part> parts = new ArrayList<>();
        held += text;
        for (int begin = held.indexOf(BEGIN); begin >= 0; begin = held.indexOf(BEGIN)) {
            release(begin, parts);
            int end = held.indexOf(END);
            if (end < 0) {
                return parts;
            }
            Call call = ToolCallReader.parse(held.substring(BEGIN.length(), end), List.of("arguments"));
            if (call == null) {
                release(end + END.length(), parts);
            } else {
                parts.add(new Part("", call));
                held = held.substring(end + END.length());
                space = "";
                afterCall = true;
            }
        }
        release(held.length() - beginning(), parts);
        return parts;
    }

    @Override
    public List<Part> end() {
        List<Part> parts = new ArrayList<>();
        release(held.length(), parts);
        if (!afterCall && !space.isEmpty()) {
            parts.add(Part.text(space));
        }
        return parts;
    }

    /** Passes on the first characters of the held text, but white space at their end. */
    private void release(int length, List<Part> parts) {
        String text = space + held.substring(0, length);
        held = held.substring(length);
        text = afterCall ? text.stripLeading() : text;
        String clear = text.stripTrailing();
        space = text.substring(clear.length());
        if (!clear.isEmpty()) {
            parts.add(Part.text(clear));
            afterCall = false;
        }
    }

    /** The length of the longest suffix of the held text that is a prefix of the tag. */
    private int beginning() {
        int length = Math.min(held.length(), BEGIN.length() - 1);
        while (length > 0 && !held.endsWith(BEGIN.substring(0, length))) {
            length--;
        }
        return length;
    }
}
