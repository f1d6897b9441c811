package dev.touchstone.cli;

import dev.touchstone.cli.Console.Style;
import dev.touchstone.generation.Step;
import java.util.function.Consumer;

/**
 * Prints a text while it is generated. The prompt is bold on a terminal and in brackets elsewhere; with {@code --quiet} it
 * is not printed. Nothing is printed before the first token, because until then the prompt may turn out to be unusable.
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
            console.print(Style.PROMPT, console.hasColors() ? prompt : "[" + prompt + "]");
        }
        prompt = null;
        if (!text.isEmpty()) {
            console.print(text);
            endsLine = text.endsWith("\n");
        }
    }

    /** Ends the last line, unless the text ends with a line end. */
    void end() {
        print("");
        if (!endsLine) {
            console.print("\n");
        }
    }
}
