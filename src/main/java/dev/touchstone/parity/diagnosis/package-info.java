/**
 * Explains a wrong tensor by searching for the known mistake that computes its values.
 *
 * <pre>
 * wrong tensor, right values, tap map -> Signature -> clues
 * </pre>
 */
package dev.touchstone.parity.diagnosis;
