/**
 * The whole way of the data once more, for people: one run of a model from text to text, stage by stage. Every figure is
 * what a {@link dev.touchstone.model.Trace} of that run saw, or what a class of the generation said of itself.
 *
 * <pre>
 * prompt -> Explainer -> Explanation -> lines in the terminal, or a page
 * </pre>
 */
package dev.touchstone.explain;
