package dev.touchstone.cli;

import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.cli.Finding.Mark;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        description =
                "Look at what the program and its tests need: Java, vectors, memory, models, libraries; and say what to"
                        + " do about what is missing.",
        footer = {
            "",
            "What is marked -- is missing for some uses only; with anything BAD the exit code is 1.",
            "",
            "Example: touchstone doctor"
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final Console console;

    DoctorCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        List<Finding> findings = new Checkup(Machine.ofThisProcess(), HubCache.ofThisUser()).findings();
        findings.forEach(finding -> console.print(finding + "\n"));
        boolean well = findings.stream().noneMatch(finding -> finding.mark() == Mark.WRONG);
        console.note(well ? "all is well" : "not all is well: see what is BAD");
        return well ? 0 : 1;
    }
}
