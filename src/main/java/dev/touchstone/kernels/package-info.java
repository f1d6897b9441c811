/**
 * The arithmetic of the model: each operation takes tensors and returns a new one, with a defined order of accumulation.
 * {@link dev.touchstone.kernels.ScalarKernels} defines each operation by plain loops;
 * {@link dev.touchstone.kernels.VectorKernels} computes the same bits faster.
 */
package dev.touchstone.kernels;
