/** Errors of tensors against float64, and their distribution. */
package dev.touchstone.parity.errors;
