package dev.touchstone.explain;

/**
 * A token, for people.
 *
 * @param text in quotes, with escapes for what would not show
 * @param bytes in hexadecimal
 * @param special whether it is no part of the text proper
 */
public record Piece(String text, String bytes, boolean special) {}
