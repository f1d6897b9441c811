/**
 * Logits processors: functions of the ids so far and the scores for the next token, applied one after the other before a token
 * is chosen. Each computes what Hugging Face's class of the same purpose computes, in float32.
 */
package dev.touchstone.generation.processors;
