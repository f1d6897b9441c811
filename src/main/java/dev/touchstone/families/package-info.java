/**
 * The model architectures that can be loaded: one class for each {@code model_type} of Hugging Face, and the parts that several
 * of them share. Each reads {@code config.json} and assembles a {@link dev.touchstone.model.Transformer}.
 */
package dev.touchstone.families;
