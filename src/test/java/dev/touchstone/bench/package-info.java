/**
 * How fast Touchstone is, beside what the machine can do and beside PyTorch. {@link dev.touchstone.bench.Benchmarks} runs
 * everything and writes the report; {@code ci/bench.sh} calls it.
 */
package dev.touchstone.bench;
