package dev.touchstone.support;

import dev.touchstone.checkpoint.safetensors.Safetensors;
import dev.touchstone.checkpoint.safetensors.SafetensorsWriter;
import dev.touchstone.parity.Fixture;
import dev.touchstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The fixture of the goldens {@code near-ties.safetensors}: {@code tiny-mixtral} in which the router's weights of expert 5 are nearly
 * those of expert 2, see {@code python/touchstone/near_ties.py}.
 */
public final class NearTieFixture {
    private static final Fixture ORIGINAL = Fixtures.named("tiny-mixtral");
    private static final int CHANNEL = 7;
    private static final float FACTOR = 1 + 0x1p-22f;

    private NearTieFixture() {}

    /** Writes it to a folder of this name. */
    public static Fixture write(Path folder) throws IOException {
        Path goldens = Files.createDirectories(folder.resolve("goldens"));
        for (String file : new String[] {"config.json", "provenance.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(ORIGINAL.folder().resolve(file), folder.resolve(file));
        }
        Files.copy(ORIGINAL.folder().resolveSibling("near-ties.safetensors"), goldens.resolve("near-ties.safetensors"));
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        try (Safetensors weights = Safetensors.open(ORIGINAL.folder().resolve("model.safetensors"))) {
            for (String name : weights.names()) {
                Tensor tensor = weights.get(name).floats();
                writer.add(name, name.endsWith(".gate.weight") ? nearTied(tensor) : tensor);
            }
        }
        writer.write(folder.resolve("model.safetensors"));
        return new Fixture(folder);
    }

    /** (E, C) -> (E, C) */
    private static Tensor nearTied(Tensor router) {
        Tensor changed = Tensor.of(router.data().clone(), router.shape());
        int C = router.size(-1);
        System.arraycopy(router.data(), 2 * C, changed.data(), 5 * C, C);
        changed.data()[5 * C + CHANNEL] *= FACTOR;
        return changed;
    }
}
