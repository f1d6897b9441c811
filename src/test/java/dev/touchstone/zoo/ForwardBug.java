package dev.touchstone.zoo;

/**
 * A known bug of the forward pass.
 *
 * @param id the kind of bug: W weights, F forward pass, N numerics
 * @param what is wrong
 * @param seenIn the project that had it, or ""
 * @param fixture the fixture whose model gets the bug
 * @param plant adds the bug to the model
 * @param warm whether the bug has an effect only if the cache already has keys
 * @param tap the tap at which the bug must be located
 * @param equivalent the reason why the bug changes no result; "" if it does
 */
record ForwardBug(
        String id,
        String what,
        String seenIn,
        String fixture,
        Plant plant,
        boolean warm,
        String tap,
        String equivalent) {

    /** A bug of {@code tiny-gpt2}. */
    static ForwardBug of(String id, String what, String seenIn, String tap, Plant plant) {
        return new ForwardBug(id, what, seenIn, "tiny-gpt2", plant, false, tap, "");
    }

    ForwardBug in(String fixture) {
        return new ForwardBug(id, what, seenIn, fixture, plant, warm, tap, equivalent);
    }

    ForwardBug inTheVariant() {
        return in("tiny-gpt2-variant");
    }

    ForwardBug onAWarmCache() {
        return new ForwardBug(id, what, seenIn, fixture, plant, true, tap, equivalent);
    }

    ForwardBug equivalentBecause(String reason) {
        return new ForwardBug(id, what, seenIn, fixture, plant, warm, tap, reason);
    }

    boolean isEquivalent() {
        return !equivalent.isEmpty();
    }

    @Override
    public String toString() {
        return id + ": " + what + (isEquivalent() ? ", which changes nothing" : ", located at " + tap);
    }
}
