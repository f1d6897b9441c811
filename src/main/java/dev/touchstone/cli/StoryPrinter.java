package dev.touchstone.cli;

import dev.touchstone.cli.Console.Style;
import dev.touchstone.generation.Step;
import java.util.function.Consumer;

/**
 * Prints a text as it grows, its prompt told apart: by colour on a terminal, in brackets elsewhere. Quiet prints the
 * continuation only. Nothing is printed before there is a first token, which is when the prompt is known to be usable.
 */
final class StoryPrinter implements Consumer<Step> {
    private final Console console;
    private String prompt;
    private boolean endsLine;

    StoryPrinter(Console console, String prompt) {
        this.console = console;
        this.prompt = prompt;
    }

    @Override
    public void accept(Step step) {
        print(step.text());
    }

    void print(String text) {
        if (prompt != null && !console.isQuiet()) {
            console.print(Style.PROMPT, console.hasColours() ? prompt : "[" + prompt + "]");
        }
        prompt = null;
        if (!text.isEmpty()) {
            console.print(text);
            endsLine = text.endsWith("\n");
        }
    }

    /** The last line ends, unless the text ended it. */
    void end() {
        print("");
        if (!endsLine) {
            console.print("\n");
        }
    }
}
