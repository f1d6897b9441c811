/**
 * What flows and what it meets: floats and a shape, weight matrices in panels, keys and values in pages. No arithmetic, and no
 * knowledge of any other package.
 */
package dev.touchstone.tensor;
