package dev.touchstone.checkpoint.chat.jinja.python;

/** The absence of a value: an attribute that does not exist, a variable without an assignment. No template sees it. */
public enum Missing {
    MISSING
}
