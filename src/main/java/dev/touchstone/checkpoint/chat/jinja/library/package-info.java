/** The filters, tests and functions that chat templates can use. */
package dev.touchstone.checkpoint.chat.jinja.library;
