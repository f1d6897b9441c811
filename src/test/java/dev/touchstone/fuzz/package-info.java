/**
 * Fuzzing: inputs that no one thought of, made by damaging good ones. Only the project's own exceptions may leave, memory
 * stays bounded, nothing hangs. An input that is refused for a new reason, or accepted with a new result, becomes one
 * that further inputs are made from.
 */
package dev.touchstone.fuzz;
