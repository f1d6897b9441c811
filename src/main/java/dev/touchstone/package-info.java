/**
 * A language model, from text to text. Data flows through the packages in this order:
 *
 * <pre>
 * text -> tokenizer -> ids -> model -> logits -> generation -> id -> tokenizer -> text
 * </pre>
 *
 * {@link dev.touchstone.checkpoint} loads a model and its tokenizer from files, {@link dev.touchstone.kernels} computes the
 * model's operations on the arrays of {@link dev.touchstone.tensor}, {@link dev.touchstone.parity} compares every intermediate
 * tensor with PyTorch's, and {@link dev.touchstone.cli} is the command line.
 */
package dev.touchstone;
