/**
 * Benchmarks: the speed of Touchstone compared with the machine's limits and with PyTorch. {@code ci/bench.sh} runs
 * {@link dev.touchstone.bench.Benchmarks}, which writes a report.
 */
package dev.touchstone.bench;
