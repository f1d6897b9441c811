/** The map of a model's taps: which layer computes each tap, and from which other taps. */
package dev.touchstone.model.taps;
