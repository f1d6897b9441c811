/**
 * Fuzzing: damages valid inputs. A reader may throw only the project's own exceptions, must use bounded memory and must end.
 * An input that is refused for a new reason, or accepted with a new result, is used to make further inputs.
 */
package dev.touchstone.fuzz;
