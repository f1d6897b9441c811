/**
 * The generation loop and its parts. An {@link dev.touchstone.generation.Executor} computes logits, with a cache or without. Each
 * {@link dev.touchstone.generation.processors.LogitsProcessor} changes them. A {@link dev.touchstone.generation.Sampler} chooses
 * an id.
 *
 * <pre>
 * ids -> executor -> logits -> processors -> sampler -> id, which is appended to the ids
 * </pre>
 */
package dev.touchstone.generation;
