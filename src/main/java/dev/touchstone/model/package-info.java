/**
 * From ids to logits: the equations of the transformer, as records of records. Each layer passes its output to a
 * {@link dev.touchstone.model.Trace}, under the path of its module in Hugging Face transformers.
 *
 * <pre>
 * ids (T) -> stem (T, C) -> blocks (T, C) -> norm (T, C) -> head -> logits (T, V)
 * </pre>
 */
package dev.touchstone.model;
