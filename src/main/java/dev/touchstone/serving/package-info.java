/**
 * Serves many requests at once by continuous batching (Yu et al., 2022): requests join and leave between steps, and one forward
 * pass computes the next token of some and a part of the prompt of others. Load changes no bit: what a request gets depends on
 * the weights, its ids and its settings only.
 *
 * <pre>
 * submit -> queue -> scheduler -> plan of a step -> forward pass -> logits of each request -> token -> listener
 * </pre>
 */
package dev.touchstone.serving;
