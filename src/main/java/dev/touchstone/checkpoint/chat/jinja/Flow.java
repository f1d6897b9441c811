package dev.touchstone.checkpoint.chat.jinja;

/** Where a template goes on after a statement. */
enum Flow {
    NEXT,
    /** Behind the loop. */
    BREAK,
    /** At the next element of the loop. */
    CONTINUE
}
