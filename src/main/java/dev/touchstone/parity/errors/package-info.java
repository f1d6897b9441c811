/** How far tensors are from what they should be: errors against float64, their ratios to PyTorch's, where they lie. */
package dev.touchstone.parity.errors;
