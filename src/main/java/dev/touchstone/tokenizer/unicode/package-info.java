/** Properties of characters, independent of the JDK's version of Unicode. */
package dev.touchstone.tokenizer.unicode;
