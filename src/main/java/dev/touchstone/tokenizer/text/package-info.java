/** Text and its pieces, bytes written as characters, and UTF-8. */
package dev.touchstone.tokenizer.text;
