/**
 * From tensors on disk to the layers of a model: checks names, shapes and numbers, and packs matrices into panels.
 */
package dev.touchstone.weights;
