/** Floats and a shape; weight matrices in panels. No arithmetic, and no knowledge of any other package. */
package dev.touchstone.tensor;
