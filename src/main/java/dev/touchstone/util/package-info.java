/**
 * What every package may use: the exception for bad input, suggestions for mistyped words, JSON, files that are written whole, and
 * HTML pages. It depends on no other package of the project.
 */
package dev.touchstone.util;
