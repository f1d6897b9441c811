/**
 * The second stage: splits text into pieces, none of which a token extends beyond. One class for each kind of
 * pre-tokenizer in {@code tokenizer.json}.
 */
package dev.touchstone.tokenizer.pretokenizer;
