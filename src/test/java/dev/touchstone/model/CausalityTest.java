package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.Prompts;
import dev.touchstone.support.Prompts.Prompt;
import dev.touchstone.tensor.Tensor;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class CausalityTest {
    @Property(tries = 40)
    void changingATokenNeverChangesLogitsBeforeIt(
            @ForAll("prompts") Prompt prompt, @ForAll @IntRange(min = 0, max = 1000) int seed) {
        Transformer model = Fixtures.model(prompt.fixture()).transformer();
        int[] changed = prompt.ids().clone();
        int index = seed % changed.length;
        changed[index] = (changed[index] + 1) % model.shape().vocabulary();

        Tensor before = model.forward(prompt.ids(), new ScalarKernels(), Trace.OFF);
        Tensor after = model.forward(changed, new ScalarKernels(), Trace.OFF);

        assertThat(after.rows(0, index).data()).isEqualTo(before.rows(0, index).data());
        assertThat(after.rows(index, index + 1).data())
                .isNotEqualTo(before.rows(index, index + 1).data());
    }

    @Provide
    Arbitrary<Prompt> prompts() {
        return Arbitraries.of(Fixtures.all()).flatMap(Prompts::of);
    }
}
