package dev.touchstone.generation;

import java.util.List;

/**
 * Lets text through up to the first stop string, which may arrive in pieces: what could be the beginning of one is held
 * back until it is clear. First is the one that is complete first, so that it does not matter what the pieces are.
 */
final class StopStrings {
    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** What of {@code text}, and of what was held back before it, can be let through. */
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

    /** What is still held back, once no more text comes. */
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

    /** Where the stop string begins that is complete first, the longest of several; -1 if none is complete. */
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

    /** The length of the longest end of the held text that begins a stop string. */
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
