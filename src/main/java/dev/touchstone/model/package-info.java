/** The equations of the transformer, from token ids to logits, as records composed of records. */
package dev.touchstone.model;
