package dev.touchstone.kernels;

import dev.touchstone.util.TouchstoneException;
import java.util.function.Consumer;

/** Which kernels compute. The bits are the same; the speed is not. */
public enum KernelChoice {
    /** The definition, on one thread: slow, and in need of nothing. */
    SCALAR {
        @Override
        public Kernels open(int threads) {
            return new ScalarKernels();
        }
    },
    /** The Vector API, on several threads. */
    VECTOR {
        @Override
        public Kernels open(int threads) {
            if (!vectorModuleIsThere()) {
                throw new TouchstoneException("the vector kernels need the module " + MODULE + ": start java with "
                        + FLAG + ", or choose the scalar kernels");
            }
            return new VectorKernels(threads); // the first mention that runs: without the module the class cannot load
        }
    };

    private static final String MODULE = "jdk.incubator.vector";
    /** What tells java to open the module of the vector kernels; a jar cannot say it by itself. */
    public static final String FLAG = "--add-modules " + MODULE;

    /** New kernels of this kind; the scalar ones use one thread whatever {@code threads} says. */
    public abstract Kernels open(int threads);

    /**
     * The vector kernels, quick from the first token on; without their module the scalar ones, and one line to
     * {@code hint} that says what is missing.
     */
    public static Kernels best(int threads, Consumer<String> hint) {
        if (vectorModuleIsThere()) {
            Kernels kernels = VECTOR.open(threads);
            WarmUp.begin();
            return kernels;
        }
        hint.accept("slow: without the module " + MODULE + " the scalar kernels run; start java with " + FLAG);
        return SCALAR.open(threads);
    }

    /** The width of the vectors that the vector kernels would use, in bits; 0 without their module. */
    public static int vectorBits() {
        return vectorModuleIsThere() ? VectorKernels.bits() : 0;
    }

    private static boolean vectorModuleIsThere() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }
}
