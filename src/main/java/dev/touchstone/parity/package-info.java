/**
 * Compares every tensor of a forward pass with the goldens: its error against float64 beside PyTorch's own, and the first
 * operation that is wrong.
 *
 * <pre>
 * goldens, traced tensors -> deviations -> first divergence and its probable cause -> report
 * </pre>
 */
package dev.touchstone.parity;
