/**
 * Regular expressions with the syntax of Oniguruma, matched by a finite automaton.
 *
 * <pre>
 * expression -> Parser -> Node -> Program -> Automaton (states built while it runs)
 * text       -> Alphabet -> classes of characters -> lookarounds -> matches
 * </pre>
 */
package dev.touchstone.tokenizer.regex;
