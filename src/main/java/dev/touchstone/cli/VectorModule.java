package dev.touchstone.cli;

/**
 * Loads the module of the Vector API into the running JVM.
 *
 * <p>The option {@code --add-modules jdk.incubator.vector} does the same when Java starts, but then Java prints a warning
 * that no option turns off. A module that is loaded later is not warned about. The JDK loads its management agent by the
 * same method, {@code jdk.internal.module.Modules.loadModule}; the manifest of the runnable jar exports its package to
 * this class. The kernels that a JVM without that method or that export chooses are scalar, and they say so.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    private VectorModule() {}

    /** Loads the module if this JVM can and has not done so. */
    static void load() {
        try {
            Module vector = (Module) Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
            VectorModule.class.getModule().addReads(vector);
        } catch (ReflectiveOperationException | LinkageError e) {
            // Not an error: KernelChoice reports a missing module, and how to add it.
        }
    }
}
