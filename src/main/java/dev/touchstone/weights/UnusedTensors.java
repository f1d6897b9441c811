package dev.touchstone.weights;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tensors of a checkpoint that the model has not read. */
final class UnusedTensors {
    /**
     * Buffers that older versions of model classes saved: causal masks, rotary frequencies, a table of sinusoids, and the version of
     * OPT's file. Newer versions make them from the configuration.
     */
    private static final Pattern BUFFERS = Pattern.compile("(?:.*\\.)?attn\\.(?:masked_)?bias"
            + "|(?:.*\\.)?attention\\.(?:masked_)?bias"
            + "|(?:.*\\.)?rotary_emb\\.\\w+"
            + "|embed_positions\\.weights"
            + "|decoder\\.version");

    private static final Pattern BLOCK = Pattern.compile("(?:\\D*\\.)?\\d+(?=\\.)");
    private static final int MOST_NAMED = 5;

    private final Map<String, StoredTensor> unused;
    private final Set<String> layers = new HashSet<>();

    /** @param tensors all of the checkpoint, by name */
    UnusedTensors(Map<String, StoredTensor> tensors) {
        this.unused = new LinkedHashMap<>(tensors);
    }

    /** To be called when a tensor has been read. Returns whether this was the first time. */
    boolean remove(String name) {
        layers.add(layer(name));
        return unused.remove(name) != null;
    }

    /** The block of a tensor, such as {@code h.0}; outside the blocks its module, such as {@code ln_f}. */
    private static String layer(String name) {
        Matcher block = BLOCK.matcher(name);
        return block.lookingAt() ? block.group() : name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /**
     * Throws a {@link TouchstoneException} if the model has a layer but not all tensors that the checkpoint has of it. Tensors of
     * other layers are ignored as in Hugging Face: further blocks, heads of other tasks. One warning counts them. The buffers that
     * old versions saved are ignored without a warning.
     */
    void check(Consumer<String> warnings) {
        unused.keySet().removeIf(name -> BUFFERS.matcher(name).matches());
        Set<String> ignored = new TreeSet<>();
        unused.forEach((name, tensor) -> {
            if (layers.contains(layer(name))) {
                throw new TouchstoneException(tensor.file() + " holds " + Problems.printable(tensor.name())
                        + ", which the layer does not have: config.json describes another model");
            }
            ignored.add(Problems.printable(layer(name)));
        });
        if (!ignored.isEmpty()) {
            String more = ignored.size() > MOST_NAMED ? ", ..." : "";
            warnings.accept("ignored " + unused.size() + " tensors of layers that the model does not have: "
                    + String.join(", ", ignored.stream().limit(MOST_NAMED).toList()) + more);
        }
    }
}
