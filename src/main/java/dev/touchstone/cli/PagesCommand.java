package dev.touchstone.cli;

import dev.touchstone.util.PageIndex;
import dev.touchstone.util.TouchstoneException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "pages",
        description = "Write an index.html that links the pages that other commands wrote into a folder.",
        footer = {"", "Example:", "  touchstone pages reports"})
final class PagesCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FOLDER",
            description = "A folder with HTML pages of Touchstone, or with folders that have some.")
    private Path folder;

    @Mixin
    private final Console console;

    PagesCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        if (!Files.isDirectory(folder)) {
            throw new TouchstoneException(folder + " is not a folder; give one that has HTML pages");
        }
        int pages = PageIndex.write(folder);
        console.print(folder.resolve("index.html") + " links " + (pages == 1 ? "1 page" : pages + " pages")
                + System.lineSeparator());
        return 0;
    }
}
