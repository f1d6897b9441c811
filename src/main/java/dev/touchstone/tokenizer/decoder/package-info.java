/** The way back: turns tokens into text. One class for each type of decoder in {@code tokenizer.json}. */
package dev.touchstone.tokenizer.decoder;
