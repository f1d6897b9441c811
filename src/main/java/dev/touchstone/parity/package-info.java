/** Our tensors against the goldens: how far from the truth, and how far PyTorch is. */
package dev.touchstone.parity;
