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
                "Check the installation: Java, vector instructions, memory, models and the libraries of the tests.",
        footer = {
            "",
            "A line with -- names something missing that only some uses need. If a line says BAD, the exit code is 1.",
            "",
            "Example:",
            "  touchstone doctor"
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
        boolean good = findings.stream().noneMatch(finding -> finding.mark() == Mark.WRONG);
        console.note(good ? "no problems found" : "problems found: see the lines marked BAD");
        return good ? 0 : 1;
    }
}
