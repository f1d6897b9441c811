package dev.touchstone.zoo;

/**
 * A classic bug of the forward pass.
 *
 * @param id its number in the literature of porting: W weights, F forward pass, N numerics
 * @param what is wrong
 * @param seenIn where it was really made, or "" where nobody admits it
 * @param fixture the model it is planted in
 * @param plant how it gets there
 * @param warm whether it shows only where a cache holds something already
 * @param tap where it must be found
 * @param equivalent why nobody could notice it; "" for a bug
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
        return id + ": " + what + (isEquivalent() ? ", which changes nothing" : ", found at " + tap);
    }
}
