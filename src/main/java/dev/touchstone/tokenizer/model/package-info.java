/** The third stage: turns pieces of text into ids. One class for each type of model in {@code tokenizer.json}. */
package dev.touchstone.tokenizer.model;
