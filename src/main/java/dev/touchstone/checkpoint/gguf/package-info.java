/**
 * Reads GGUF files, the format of llama.cpp.
 *
 * <pre>
 * file -> GgufHeader -> metadata, GgufTensors -> BlockFormat -> float32 values
 * </pre>
 */
package dev.touchstone.checkpoint.gguf;
