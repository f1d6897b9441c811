package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.families.Config;
import dev.touchstone.families.Family;
import dev.touchstone.util.JsonObject;
import java.util.List;

/**
 * A model's settings for generation: {@code generation_config.json}, or {@code config.json} if that file is absent, as in
 * Hugging Face.
 *
 * @param eosIds tokens after which generation ends; may be empty
 * @param settings the fields of the file, read when text is generated
 * @param file the name of the file
 */
public record GenerationDefaults(List<Integer> eosIds, JsonObject settings, String file) {
    private static final String FILE = "generation_config.json";

    static GenerationDefaults read(ModelFiles files, Config config, Family family) {
        if (files.has(FILE)) {
            JsonObject settings = files.json(FILE, FILE);
            return new GenerationDefaults(settings.integers("eos_token_id"), settings, FILE);
        }
        List<Integer> eosIds = config.isAbsent("eos_token_id") && family.eosId() != null
                ? List.of(family.eosId())
                : config.integers("eos_token_id");
        return new GenerationDefaults(eosIds, config, config.path());
    }
}
