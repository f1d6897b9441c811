/**
 * The command line. Each command is a class that parses its options, calls the packages below and prints the result.
 */
package dev.touchstone.cli;
