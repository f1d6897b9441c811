package dev.touchstone.kernels;

import dev.touchstone.util.TouchstoneException;
import java.util.function.Consumer;

/** The kernels that run a model. All of them return the same bits; they differ in speed. */
public enum KernelChoice {
    /** Reference kernels: one thread, no JVM flags. */
    SCALAR {
        @Override
        public Kernels open(int threads, VectorUse use) {
            return new ScalarKernels();
        }
    },
    /** Kernels that use the Vector API and several threads. */
    VECTOR {
        @Override
        public Kernels open(int threads, VectorUse use) {
            if (!vectorModuleIsLoaded()) {
                throw new TouchstoneException("the vector kernels need the Java module " + MODULE
                        + ", which is not loaded: start java with " + FLAG + ", or choose the scalar kernels");
            }
            return new VectorKernels(threads, use); // without the module this class cannot be loaded
        }
    };

    private static final String MODULE = "jdk.incubator.vector";
    /** The JVM option that loads the module of the vector kernels. A jar's manifest cannot request it. */
    public static final String FLAG = "--add-modules " + MODULE;

    /**
     * New kernels of this kind, to be closed by the caller.
     *
     * @param threads how many threads compute, the caller included; the scalar kernels always use one
     * @throws TouchstoneException if the kernels need a module that is not loaded
     */
    public Kernels open(int threads) {
        return open(threads, VectorUse.ONCE_COMPILED);
    }

    /**
     * As {@link #open(int)}, with another use of vectors.
     *
     * @param use when the vector kernels run vector loops; ignored by the scalar kernels
     */
    public abstract Kernels open(int threads, VectorUse use);

    /**
     * The vector kernels if their module is loaded, otherwise the scalar kernels and one line to {@code hint} that names the
     * missing module. The caller closes the kernels.
     */
    public static Kernels best(int threads, Consumer<String> hint) {
        if (vectorModuleIsLoaded()) {
            return VECTOR.open(threads);
        }
        hint.accept("slow: the Java module " + MODULE + " is not loaded, so the scalar kernels run; start java with "
                + FLAG);
        return SCALAR.open(threads);
    }

    /** The width of the vector kernels' vectors, in bits; 0 if their module is not loaded. */
    public static int vectorBits() {
        return vectorModuleIsLoaded() ? VectorKernels.bits() : 0;
    }

    /** Looks for a class, because a module that is loaded later is not in the boot layer. */
    private static boolean vectorModuleIsLoaded() {
        try {
            Class.forName(MODULE + ".FloatVector", false, KernelChoice.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
