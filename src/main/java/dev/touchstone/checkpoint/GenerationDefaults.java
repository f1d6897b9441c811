package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.families.Config;
import dev.touchstone.families.Family;
import dev.touchstone.util.Json;
import java.util.List;

/**
 * What a model says about being generated from, in {@code generation_config.json}; where that file is absent,
 * {@code config.json} speaks for it, as in Hugging Face.
 *
 * @param eosIds tokens after which generation ends; may be empty
 */
public record GenerationDefaults(List<Integer> eosIds) {
    private static final String FILE = "generation_config.json";

    static GenerationDefaults read(ModelFiles files, Config config, Family family) {
        if (files.has(FILE)) {
            return new GenerationDefaults(Json.object(FILE, files.text(FILE)).integers("eos_token_id"));
        }
        if (config.isAbsent("eos_token_id") && family.eosId() != null) {
            return new GenerationDefaults(List.of(family.eosId()));
        }
        return new GenerationDefaults(config.integers("eos_token_id"));
    }
}
