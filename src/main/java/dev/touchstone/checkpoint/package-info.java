/**
 * Before the way of the data: from a Hugging Face folder to a transformer and its tokenizer. The only package that knows files
 * and names on disk. A family of models is one class here; {@code Family} says how.
 *
 * <pre>
 * config.json, model.safetensors -> Config, Weights -> Family -> Transformer
 * tokenizer.json                 -> TokenizerFiles            -> Tokenizer
 * </pre>
 */
package dev.touchstone.checkpoint;
