/**
 * From logits to the next id, and so to text, again and again: one loop, and all that can be plugged into it. An
 * {@link dev.touchstone.generation.Executor} asks the model for logits, with a cache or without; each
 * {@link dev.touchstone.generation.processors.LogitsProcessor} changes them; a {@link dev.touchstone.generation.Sampler} takes an id.
 *
 * <pre>
 * ids -> executor -> logits -> processors -> sampler -> id, which joins the ids
 * </pre>
 */
package dev.touchstone.generation;
