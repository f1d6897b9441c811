/**
 * The safetensors format: reads and writes tensors, alone or in shards.
 */
package dev.touchstone.checkpoint.safetensors;
