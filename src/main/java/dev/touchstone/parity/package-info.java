/**
 * Beside the way of the data: every tensor on it against the goldens, how far from the truth it is, how far PyTorch is, and
 * which layer is the first that is wrong.
 *
 * <pre>
 * goldens, traced tensors -> deviations -> first divergence and what it looks like -> report
 * </pre>
 */
package dev.touchstone.parity;
