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
    private final WordWrap wrap;
    private String prompt;
    private boolean endsLine;

    StoryPrinter(Console console, String prompt) {
        this(console, prompt, 0);
    }

    /** @param columns the width at which lines are wrapped; 0 if they are not */
    StoryPrinter(Console console, String prompt, int columns) {
        this.console = console;
        this.wrap = new WordWrap(columns);
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
        printNow(wrap.add(text));
    }

    private void printNow(String text) {
        if (!text.isEmpty()) {
            console.print(text);
            endsLine = text.endsWith("\n");
        }
    }

    /** Ends the last line, unless the text ends with a line end. */
    void end() {
        print("");
        printNow(wrap.end());
        if (!endsLine) {
            console.print("\n");
        }
    }
}
