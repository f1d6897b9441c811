package dev.touchstone.serving;

import dev.touchstone.generation.Sequence.Choice;
import dev.touchstone.serving.Plan.Chunk;
import dev.touchstone.tensor.Tensor;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The next tokens of the requests of a pass. */
final class Choices {
    private Choices() {}

    /**
     * Chooses the next token of each request that needs one, in their order. If tokens are sampled this uses all processors: with a
     * large vocabulary a choice takes milliseconds, and many take as long as the forward pass. (L, V) -> (L)
     *
     * @return the tokens; one that could not be chosen throws the reason
     */
    static Iterator<Supplier<Choice>> of(Plan plan, Tensor logits) {
        List<Task> tasks = plan.chunks().stream()
                .filter(Chunk::choosesToken)
                .map(Chunk::task)
                .toList();
        IntStream rows = IntStream.range(0, tasks.size());
        return (tasks.stream().anyMatch(Task::samples) ? rows.parallel() : rows)
                .mapToObj(row -> choose(tasks.get(row), logits, row))
                .toList()
                .iterator();
    }

    private static Supplier<Choice> choose(Task task, Tensor logits, int row) {
        try {
            Choice choice = task.choose(logits.row(row));
            return () -> choice;
        } catch (RuntimeException | Error e) { // fails this request, and no other
            return () -> {
                throw e;
            };
        }
    }
}
