/**
 * Rows of a batch: from a JSON object with a prompt to a JSON object with its continuation. An answer depends on the
 * model, the row and the settings of the run, not on other rows, their order, or the process that computes it.
 */
package dev.touchstone.batch;
