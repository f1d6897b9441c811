/**
 * Python's values and what can be done with them, as far as chat templates see it: operators, {@code str} and {@code repr}, the
 * methods of strings and containers, formats. {@link dev.touchstone.checkpoint.chat.jinja.python.Values} lists which type of Java
 * stands for which of Python's.
 */
package dev.touchstone.checkpoint.chat.jinja.python;
