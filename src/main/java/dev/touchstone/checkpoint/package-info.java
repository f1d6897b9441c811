/**
 * From a Hugging Face folder to a model and its tokenizer.
 *
 * <pre>
 * config.json, model.safetensors -> Config, Weights -> Family -> Transformer
 * tokenizer.json                 -> TokenizerFiles           -> Tokenizer
 * </pre>
 */
package dev.touchstone.checkpoint;
