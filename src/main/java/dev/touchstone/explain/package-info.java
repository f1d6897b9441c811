/** One run of a model, from text to text, stage by stage, for people: every figure is what a trace of that run saw. */
package dev.touchstone.explain;
