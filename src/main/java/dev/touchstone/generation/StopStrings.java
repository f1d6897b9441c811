package dev.touchstone.generation;

import java.util.List;

/**
 * Passes text on up to the first stop string. Text that could be the beginning of a stop string is held back until it is clear
 * whether it is one. The first stop string is the one that is complete first, so the result does not depend on how the text is
 * split.
 */
final class StopStrings {
    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** Adds text, and returns the text that can be passed on now. */
    String feed(String text) {
        held += text;
        int stop = firstStop();
        if (stop >= 0) {
            stopped = true;
            held = held.substring(0, stop);
            return flush();
        }
        return release(held.length() - longestBeginning());
    }

    /** Returns the text that is still held back, at the end of the text. */
    String flush() {
        return release(held.length());
    }

    boolean stopped() {
        return stopped;
    }

    private String release(int length) {
        String released = held.substring(0, length);
        held = held.substring(length);
        return released;
    }

    /** The start of the stop string that is complete first, the longest of several; -1 if none is complete. */
    private int firstStop() {
        int begin = -1;
        int end = Integer.MAX_VALUE;
        for (String stop : stops) {
            int index = held.indexOf(stop);
            int after = index + stop.length();
            if (index >= 0 && (after < end || after == end && index < begin)) {
                begin = index;
                end = after;
            }
        }
        return begin;
    }

    /** The length of the longest suffix of the held text that is a prefix of a stop string. */
    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (held.endsWith(stop.substring(0, length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
