/** The overview of a model: its parts in order of computation, and a diagram of them. */
package dev.touchstone.explain.diagram;
