/**
 * Logits processors: functions of the ids so far and the scores for the next token, applied one after the other before a token
 * is chosen. Each computes the same as the corresponding class of Hugging Face, in float32.
 */
package dev.touchstone.generation.processors;
