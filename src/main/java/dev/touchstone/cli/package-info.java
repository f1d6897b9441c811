/**
 * The command line, where the way of the data begins and ends: one class a command, which wires the packages below, prints
 * what they make and exits with 0, 1 or 2.
 */
package dev.touchstone.cli;
