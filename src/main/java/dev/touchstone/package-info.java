/**
 * A language model, from text to text. The way of the data is the order of the packages:
 *
 * <pre>
 * text -> tokenizer -> ids -> model -> logits -> generation -> id -> tokenizer -> text
 * </pre>
 *
 * {@link dev.touchstone.checkpoint} makes a model and its tokenizer from files, {@link dev.touchstone.kernels} does the
 * model's arithmetic on the numbers of {@link dev.touchstone.tensor}, {@link dev.touchstone.parity} compares each number with
 * PyTorch's, and {@link dev.touchstone.cli} is how people get at all this. Here is only what all of them share: the exception
 * that tells of bad input.
 */
package dev.touchstone;
