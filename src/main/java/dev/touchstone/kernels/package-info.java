/**
 * The arithmetic below the model: what each operation is, and in which order it adds. Tensors come in and a new one goes out.
 * {@link dev.touchstone.kernels.ScalarKernels} defines each operation by plain loops;
 * {@link dev.touchstone.kernels.VectorKernels} computes the same bits faster.
 */
package dev.touchstone.kernels;
