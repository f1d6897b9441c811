package dev.touchstone.zoo;

import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.CaseResult;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.TapResult;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.util.TouchstoneException;
import java.util.Arrays;
import java.util.List;

/**
 * The result of comparing an engine with a reference.
 *
 * @param tap the first tap that is wrong, or "" if none is
 * @param ratio its error over PyTorch's; the largest of all taps if none is wrong
 * @param clues what the diagnosis says about the likely mistake
 */
record Finding(boolean passes, String tap, double ratio, List<String> clues) {
    static Finding of(Parity.Engine engine, TapMap map, Reference reference) {
        try {
            CaseResult result = Parity.check(engine, map, reference);
            return result.firstDivergence()
                    .map(tap -> new Finding(false, tap.name(), tap.ratio(), result.clues()))
                    .orElse(new Finding(true, "", largestRatio(result), result.clues()));
        } catch (TouchstoneException e) {
            return new Finding(false, tapIn(e, reference), Double.POSITIVE_INFINITY, List.of(e.getMessage()));
        }
    }

    /** The tap that a message names because it has another shape or is missing; "" if there is none. */
    static String tapIn(TouchstoneException e, Reference reference) {
        List<String> words = Arrays.asList(e.getMessage().split("[ ,\\[\\]]+"));
        return reference.taps().stream().filter(words::contains).findFirst().orElse("");
    }

    private static double largestRatio(CaseResult result) {
        return result.taps().stream().mapToDouble(TapResult::ratio).max().orElse(0);
    }
}
