/** The first stage: changes text before it is split. One class for each type of normalizer in {@code tokenizer.json}. */
package dev.touchstone.tokenizer.normalizer;
