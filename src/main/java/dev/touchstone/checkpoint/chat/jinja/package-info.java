/**
 * An interpreter of the language in which chat templates are written. {@link dev.touchstone.checkpoint.chat.jinja.Lexer} cuts the
 * text into tokens, {@link dev.touchstone.checkpoint.chat.jinja.Parser} makes records of them, and each record runs itself, or
 * computes its value, in a {@link dev.touchstone.checkpoint.chat.jinja.Frame} of variables.
 */
package dev.touchstone.checkpoint.chat.jinja;
