package dev.touchstone.cli;

import dev.touchstone.weights.Progress;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for large models. */
final class LoadingBar implements Progress, AutoCloseable {
    private static final long WORTH_A_BAR = 100_000_000;
    private static final int WIDTH = 80;

    private final Console console;
    private ProgressBar bar;

    LoadingBar(Console console) {
        this.console = console;
    }

    @Override
    public void bytes(long done, long total) {
        if (total < WORTH_A_BAR || !console.showsProgress()) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("loading")
                    .setUnit(" MB", 1_000_000)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(
                            new PrintStream(console.streams().err(), true), WIDTH))
                    .build();
        }
        bar.stepTo(done);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
