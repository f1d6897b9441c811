/**
 * Explains a wrong tensor: searches for the known mistake that would produce it.
 */
package dev.touchstone.parity.diagnosis;
