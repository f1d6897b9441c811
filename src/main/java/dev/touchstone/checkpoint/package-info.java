/**
 * From a Hugging Face folder to a transformer and its tokenizer: the only package that knows files and names on disk. A
 * family of models is one class here: {@code Family} says how.
 */
package dev.touchstone.checkpoint;
