/**
 * Readers of tokenizer files: {@code tokenizer.json}, {@code vocab.json} and {@code merges.txt}.
 */
package dev.touchstone.checkpoint.tokenizer;
