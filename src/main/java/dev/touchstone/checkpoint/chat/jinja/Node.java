package dev.touchstone.checkpoint.chat.jinja;

import java.util.List;

/** A piece of a template's syntax. */
interface Node {
    /** Where it begins, counted from 1. */
    int line();

    /** The pieces that it consists of, in the order in which Jinja visits them. */
    List<? extends Node> parts();
}
