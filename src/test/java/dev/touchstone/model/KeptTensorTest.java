package dev.touchstone.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.ScalarKernels;
import dev.touchstone.kernels.VectorKernels;
import dev.touchstone.kernels.VectorUse;
import dev.touchstone.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Layers that keep a tensor of an earlier block, simulated by a norm that returns an earlier result. Tests run with assertions,
 * so arrays are filled with NaN when they are reused.
 */
class KeptTensorTest {
    private static final int NORMS_OF_A_BLOCK = 2;
    private static final Transformer MODEL = RandomModel.of(new Transformer.Shape(4, 2, 5, 10, 20, 31), 13, 1);
    private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2};

    @Test
    void aTensorOfThePreviousBlockIsStillValid() {
        float[] expected = logits(new ScalarKernels(), NORMS_OF_A_BLOCK);

        try (Kernels vector = new VectorKernels(1, VectorUse.ALWAYS)) {
            assertThat(logits(vector, NORMS_OF_A_BLOCK)).isEqualTo(expected);
        }
    }

    @Test
    void aTensorThatIsKeptForTwoBlocksIsNaN() {
        float[] withoutReuse = logits(new ScalarKernels(), 2 * NORMS_OF_A_BLOCK);

        try (Kernels vector = new VectorKernels(1, VectorUse.ALWAYS)) {
            assertThat(withoutReuse).doesNotContain(Float.NaN);
            assertThat(logits(vector, 2 * NORMS_OF_A_BLOCK)).containsOnly(Float.NaN);
        }
    }

    private static float[] logits(Kernels kernels, int norms) {
        return MODEL.forward(IDS, keeping(kernels, norms, new ArrayList<>()), Trace.OFF)
                .data();
    }

    /** Kernels whose norm returns the result of {@code norms} calls earlier if there is one; except the final norm. */
    private static Kernels keeping(Kernels kernels, int norms, List<Tensor> results) {
        int normsOfBlocks = NORMS_OF_A_BLOCK * MODEL.blocks().size();
        return (Kernels) Proxy.newProxyInstance(
                Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(kernels, arguments);
                        if (result instanceof Kernels forBlocks) {
                            return keeping(forBlocks, norms, results);
                        }
                        if (method.getName().equals("layerNorm") && results.size() < normsOfBlocks) {
                            results.add((Tensor) result);
                            return results.size() > norms ? results.get(results.size() - 1 - norms) : result;
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
