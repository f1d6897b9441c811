package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.touchstone.tensor.Matrix;
import org.junit.jupiter.api.Test;

class LayerComponentsTest {
    @Test
    void componentsAreListedInOrderIncludingNulls() {
        Matrix weight = Matrix.zeros(Matrix.Type.FLOAT32, 2, 3);

        assertThat(LayerComponents.of(new Linear("up", weight, null)))
                .containsExactly(entry("name", "up"), entry("weight", weight), entry("bias", null));
    }
}
