package dev.touchstone.explain;

/**
 * A token in readable form.
 *
 * @param text in quotes, with escapes for invisible characters
 * @param bytes in hexadecimal
 * @param special whether it is a special token, such as the end of the text
 */
public record Piece(String text, String bytes, boolean special) {}
