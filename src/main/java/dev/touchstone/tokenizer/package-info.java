/**
 * Text to token ids and back, independent of models and files. A {@link dev.touchstone.tokenizer.Pipeline} has the stages
 * of Hugging Face's {@code tokenizers} library, under the same names:
 *
 * <pre>
 * text -> added tokens -> normalizer -> pre-tokenizer -> model -> post-processor -> ids
 * ids -> tokens -> decoder -> text
 * </pre>
 */
package dev.touchstone.tokenizer;
