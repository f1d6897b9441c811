/** Discrete choices, such as those of experts, that rounding may change: which differ, and which tokens depend on them. */
package dev.touchstone.parity.choices;
