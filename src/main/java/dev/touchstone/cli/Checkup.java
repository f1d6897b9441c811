package dev.touchstone.cli;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.cli.Finding.Mark;
import dev.touchstone.kernels.KernelChoice;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.VectorUse;
import dev.touchstone.model.Trace;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The checks of {@code doctor}. */
record Checkup(Machine machine, HubCache cache) {
    private static final int OLDEST_JAVA = 17;
    /** Below this not even the included model runs. */
    private static final long LEAST_HEAP = 64L << 20;

    /** Below this larger models do not fit. */
    private static final long SMALL_HEAP = 1L << 30;

    private static final String MORE_HEAP = "allow more, for example with TOUCHSTONE_JAVA_OPTS=-Xmx8g";

    List<Finding> findings() {
        return List.of(java(), vectors(), threads(), memory(), storyteller(), models(), oracle());
    }

    private Finding java() {
        String found = machine.java().feature() + " (" + machine.java() + ") in " + machine.javaHome();
        if (machine.java().feature() < OLDEST_JAVA) {
            return new Finding(Mark.WRONG, "Java", found, "install a JDK, 17 or later, and set JAVA_HOME to it");
        }
        return machine.hasCompiler()
                ? Finding.ok("Java", found)
                : new Finding(
                        Mark.MISSING, "Java", found + " has no javac", "install a JDK to build and test the program");
    }

    private Finding vectors() {
        return machine.vectorBits() > 0
                ? Finding.ok("vectors", machine.vectorBits() + " bits")
                : new Finding(
                        Mark.WRONG,
                        "vectors",
                        "none, so the slow scalar kernels are used",
                        "start java with " + KernelChoice.FLAG + ", as the launcher touchstone does");
    }

    private Finding threads() {
        return Finding.ok("threads", machine.cores() + ", one for each core");
    }

    private Finding memory() {
        String found = String.format("%d MiB for Java, of %d MiB", machine.heap() >> 20, machine.memory() >> 20);
        if (machine.heap() >= SMALL_HEAP) {
            return Finding.ok("memory", found);
        }
        return machine.heap() < LEAST_HEAP
                ? new Finding(Mark.WRONG, "memory", found, MORE_HEAP)
                : new Finding(Mark.MISSING, "memory", found + ", too little for larger models", MORE_HEAP);
    }

    /** Runs the included model with each kind of kernels. */
    private Finding storyteller() {
        try {
            LoadedModel model = Checkpoint.storyteller(ReadOptions.DEFAULT);
            int[] ids = model.tokenizer().encode("Once upon a time");
            float[] defined = logits(model, KernelChoice.SCALAR, ids);
            if (machine.vectorBits() > 0 && !Arrays.equals(defined, logits(model, KernelChoice.VECTOR, ids))) {
                return new Finding(
                        Mark.WRONG,
                        "storyteller",
                        "scalar and vector kernels give different results on this machine",
                        "use --kernels scalar, and report this");
            }
            return Finding.ok(
                    "storyteller",
                    "runs" + (machine.vectorBits() > 0 ? "; scalar and vector kernels give identical results" : ""));
        } catch (TouchstoneException e) {
            return new Finding(Mark.WRONG, "storyteller", e.getMessage(), "build the program again: mvn package");
        }
    }

    private static float[] logits(LoadedModel model, KernelChoice kernels, int[] ids) {
        try (Kernels open = kernels.open(1, VectorUse.ALWAYS)) {
            return model.transformer().forward(ids, open, Trace.OFF).data();
        }
    }

    private Finding models() {
        List<String> ids = cache.models();
        if (ids.isEmpty()) {
            return new Finding(
                    Mark.MISSING,
                    "hub cache",
                    "no model in " + cache.folder(),
                    "to get one: hf download openai-community/gpt2");
        }
        String found = ids.stream().map(id -> id + state(id)).collect(Collectors.joining(", "));
        return Finding.ok("hub cache", found + " in " + cache.folder() + "; touchstone models says which of them run");
    }

    private String state(String id) {
        try {
            cache.find(id);
            return "";
        } catch (TouchstoneException e) {
            return " (incomplete)";
        }
    }

    /** The libraries that only {@code mvn verify} needs, which downloads them. */
    private Finding oracle() {
        List<String> missing = libraries().entrySet().stream()
                .filter(library -> !Files.exists(machine.repository().resolve((String) library.getValue())))
                .map(library -> (String) library.getKey())
                .sorted()
                .toList();
        return missing.isEmpty()
                ? Finding.ok("oracle", "libtorch and tokenizers, needed by the tests, in " + machine.repository())
                : new Finding(
                        Mark.MISSING,
                        "oracle",
                        "no " + String.join(", no ", missing) + ", needed by the tests, in " + machine.repository(),
                        "mvn verify downloads them");
    }

    private static Properties libraries() {
        Properties libraries = new Properties();
        try (InputStream in = Checkup.class.getResourceAsStream("oracle.properties")) {
            libraries.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return libraries;
    }
}
