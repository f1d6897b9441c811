package dev.touchstone.spark.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation in cases that can be computed by hand, and the formula against the simulation. */
class SimulationTest {
    /** Executors start in 5 s and load in 2 s; a row takes 0.1 s; nothing fails, and all are equal. */
    private static final Costs PLAIN = new Costs(5, 2, 0.1, 1, 0, 0, 0, 0, 1);

    private static double simulate(Job job, Costs costs) {
        return Simulation.seconds(job, costs, 1);
    }

    @Test
    void tasksOfEqualTimeRunInRounds() {
        assertThat(simulate(new Job(1000, 10, 10), PLAIN)).isCloseTo(8 + 10 * 1, within(1e-9));
        assertThat(simulate(new Job(1001, 10, 10), PLAIN)).isCloseTo(8 + 11 * 1, within(1e-9));
    }

    @Test
    void aDriverThatIsSlowerThanTheExecutorsLimitsThem() {
        Costs slowDriver = new Costs(5, 2, 0.1, 1, 0.5, 0, 0, 0, 1);

        // 100 tasks begin 0.5 s after each other, and the last one takes 1 s
        assertThat(simulate(new Job(1000, 10, 10), slowDriver)).isCloseTo(8 + 99 * 0.5 + 1, within(1e-9));
    }

    @Test
    void aSlowExecutorTakesFewerTasks() {
        Costs oneSlow = new Costs(5, 2, 0.1, 1, 0, 0, 0, 0.5, 3);

        // in 3 s one executor does 3 tasks and the other 1
        assertThat(simulate(new Job(400, 2, 10), oneSlow)).isCloseTo(8 + 30, within(1e-9));
    }

    @Test
    void failuresCostTheTasksInFlightAndTheRestart() {
        Costs failing = new Costs(5, 2, 0.1, 1, 0, 0, 1e-3, 0, 1);
        Job job = new Job(1_000_000, 100, 10);

        // 100 executors fail about 100 times in 1,000 s. Each time costs half of a task of 1 s, and a restart of 8 s.
        assertThat(simulate(job, failing) - simulate(job, PLAIN)).isCloseTo(100 * (0.5 + 8) / 100, within(2.5));
    }

    /** The README has what {@link CostTable} prints. */
    @Test
    void theReadmeHasTheTable() throws IOException {
        Path readme = Path.of(System.getProperty("touchstone.basedir"), "src/spark/README.md");

        assertThat(Files.readString(readme)).contains(String.join("\n", CostTable.lines()));
    }

    @ParameterizedTest
    @CsvSource({"1000000, 10", "1000000, 100", "1000000, 1000", "1000000000, 1000"})
    void theFormulaIsNearTheSimulation(long rows, int executors) {
        for (Scenario scenario : Scenario.values()) {
            Job job = scenario.job(rows, executors);

            double simulated = simulate(job, scenario.costs());

            assertThat(Estimate.seconds(job, scenario.costs()) / simulated)
                    .as(scenario + " " + job)
                    .isBetween(0.93, 1.07);
        }
    }
}
