/**
 * Text to token ids and back, and no knowledge of models or files. A {@link dev.touchstone.tokenizer.Pipeline} is parts
 * that text flows through, the parts and names of Hugging Face's {@code tokenizers}:
 *
 * <pre>
 * text -> added tokens -> normalizer -> pre-tokenizer -> model -> post-processor -> ids
 * ids -> tokens -> decoder -> text
 * </pre>
 */
package dev.touchstone.tokenizer;
