package dev.touchstone.explain;

/** A token that may come next. */
public record Candidate(int id, double probability) {}
