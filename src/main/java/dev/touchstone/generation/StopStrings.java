package dev.touchstone.generation;

import java.util.List;

/**
 * Lets text through up to the first stop string, which may arrive in pieces: what could be the beginning of one is held
 * back until it is clear.
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

    private int firstStop() {
        return stops.stream()
                .mapToInt(held::indexOf)
                .filter(index -> index >= 0)
                .min()
                .orElse(-1);
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
