package dev.touchstone.spark;

import dev.touchstone.parity.CaseResult;
import java.io.Serializable;

/**
 * The result of a row of a sweep.
 *
 * @param row with its prompt, unless the checkpoint or the fixture cannot be read
 * @param result null if nothing could be compared
 * @param error why nothing could be compared; null if something was
 */
public record CheckedCase(ParityCase row, CaseResult result, String error) implements Serializable {}
