/**
 * Explains one run of a model from prompt to generated text, stage by stage. Every number comes from a
 * {@link dev.touchstone.model.Trace} of that run or from the result of its generation.
 *
 * <pre>
 * prompt -> Explainer -> Explanation -> lines in the terminal, or an HTML page
 * </pre>
 */
package dev.touchstone.explain;
