/** Containers of numbers, without arithmetic: tensors, weight matrices in panels, keys and values in pages. */
package dev.touchstone.tensor;
