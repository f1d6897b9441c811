package dev.touchstone.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    private final Workspace workspace = new Workspace(false);

    @Test
    void anArrayIsReusedTwoBlocksLater() {
        Tensor first = workspace.take(64, 64);
        workspace.blockIsDone();
        Tensor second = workspace.take(32, 128);
        workspace.blockIsDone();
        Tensor third = workspace.take(4096, 1);
        workspace.blockIsDone();
        Tensor fourth = workspace.take(1, 4096);

        assertThat(first.shape()).containsExactly(64, 64);
        assertThat(second.data()).isNotSameAs(first.data());
        assertThat(third.data()).isSameAs(first.data());
        assertThat(third.shape()).containsExactly(4096, 1);
        assertThat(fourth.data()).isSameAs(second.data());
    }

    @Test
    void tensorsOfOneBlockHaveSeparateArrays() {
        Tensor first = workspace.take(64, 64);
        workspace.blockIsDone();
        workspace.blockIsDone();

        Tensor a = workspace.take(64, 64);
        Tensor b = workspace.take(64, 64);

        assertThat(a.data()).isSameAs(first.data());
        assertThat(b.data()).isNotSameAs(first.data());
    }

    @Test
    void anotherSizeNeedsAnotherArray() {
        workspace.take(64, 64);
        workspace.blockIsDone();
        workspace.blockIsDone();

        assertThat(workspace.take(64, 65).data()).hasSize(64 * 65);
    }

    @Test
    void aCheckedWorkspaceFillsArraysWithNaNBeforeAndAfterUse() {
        Workspace checked = new Workspace(true);
        Tensor tensor = checked.take(2, 3);
        assertThat(tensor.data()).containsOnly(Float.NaN);
        Arrays.fill(tensor.data(), 7);

        checked.blockIsDone();
        assertThat(tensor.data()).containsOnly(7);

        checked.blockIsDone();
        assertThat(tensor.data()).containsOnly(Float.NaN);
        assertThat(checked.take(2, 3).data()).isNotSameAs(tensor.data());
    }

    @Test
    void aShapeThatDoesNotFitAnArrayIsRefused() {
        assertThatThrownBy(() -> workspace.take(1 << 16, 1 << 16)).hasMessageContaining("65536");
    }
}
