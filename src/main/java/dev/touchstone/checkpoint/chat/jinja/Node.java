package dev.touchstone.checkpoint.chat.jinja;

import java.util.List;

/** A piece of a template's syntax. */
interface Node {
    /** Where it begins, counted from 1. */
    int line();

    /** The pieces that it consists of, in the order in which Jinja visits them; none unless a node says otherwise. */
    default List<? extends Node> parts() {
        return List.of();
    }
}
