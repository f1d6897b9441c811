/**
 * From ids to logits: the equations of the transformer, as records composed of records. Each layer hands what it computes to
 * a {@link dev.touchstone.model.Trace}, under the name that Hugging Face gives it.
 *
 * <pre>
 * ids (T) -> stem (T, C) -> blocks (T, C) -> norm (T, C) -> head -> logits (T, V)
 * </pre>
 */
package dev.touchstone.model;
