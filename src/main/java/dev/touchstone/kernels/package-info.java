/** The arithmetic: what each operation is, and in which order it adds. */
package dev.touchstone.kernels;
