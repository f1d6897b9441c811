package dev.touchstone.spark;

import dev.touchstone.checkpoint.Fingerprint;
import dev.touchstone.util.Problems;
import dev.touchstone.util.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * A digest of all files of a model that an answer depends on, and of the version of the engine: SHA-256 of the
 * {@link Fingerprint}, which covers weights, configuration and tokenizer, and of the files with default settings and
 * the chat template.
 */
public final class ModelDigest {
    private static final List<String> MORE =
            List.of("generation_config.json", "chat_template.jinja", "chat_template.json");

    private ModelDigest() {}

    /**
     * The digest of a folder or a GGUF file, in 64 hexadecimal digits.
     *
     * @param model null for the included model
     */
    public static String of(Path model) {
        if (model == null) {
            return Fingerprint.ofStoryteller();
        }
        MessageDigest all = Sha256.begin();
        all.update(Fingerprint.of(model).getBytes(StandardCharsets.UTF_8));
        for (String name : MORE) {
            Path file = model.resolve(name);
            if (Files.isRegularFile(file)) {
                all.update(("\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
                all.update(read(file));
            }
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Problems.unreadable(file.toString(), e);
        }
    }
}
