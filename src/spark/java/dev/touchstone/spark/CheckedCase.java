package dev.touchstone.spark;

import dev.touchstone.parity.CaseResult;
import java.io.Serializable;

/**
 * The comparison of one prompt of a fixture.
 *
 * @param fixture the folder with the checkpoint and its goldens
 * @param name the name of the prompt; null if the fixture cannot be used
 * @param result null if it cannot be compared
 * @param error why it cannot be compared; null if it can
 */
public record CheckedCase(String fixture, String name, CaseResult result, String error) implements Serializable {}
