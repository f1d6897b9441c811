/** What can be done with Python's values: operators, attributes, the methods of strings and containers, formats. */
package dev.touchstone.checkpoint.chat.jinja.operations;
