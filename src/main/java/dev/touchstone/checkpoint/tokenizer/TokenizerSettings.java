package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.decoder.CleanUp;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.util.JsonObject;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The settings beside {@code tokenizer.json}: {@code tokenizer_config.json} and, unless it lists the added tokens,
 * {@code special_tokens_map.json} and {@code added_tokens.json}; merged as {@code AutoTokenizer} of transformers 5.23 does.
 */
final class TokenizerSettings {
    static final String EXTRA = "extra_special_tokens";
    static final String OLD_EXTRA = "additional_special_tokens";

    private final String place;
    private final Function<String, Optional<JsonObject>> objects;
    private final ObjectNode merged;
    private final JsonObject config;
    private final JsonObject settings;
    private final TokenizerClass type;
    private final NamedTokens tokens;

    /**
     * Reads the files.
     *
     * @param place the place of the files, for messages
     * @param objects returns the object of a JSON file by its name, empty if there is no such file
     * @param whole {@code tokenizer.json}, or null if there is none
     */
    TokenizerSettings(String place, Function<String, Optional<JsonObject>> objects, Component whole) {
        this.place = place;
        this.objects = objects;
        this.config = object("tokenizer_config.json");
        this.merged = config.json().deepCopy();
        this.settings = new JsonObject(config.path(), merged);
        this.type = whole == null
                        && Stream.of("config.json", "tokenizer_config.json")
                                .allMatch(name -> objects.apply(name).isEmpty())
                ? TokenizerClass.GPT2
                : TokenizerClass.declared(config, object("config.json"), () -> isByteLevel(whole));
        this.tokens = new NamedTokens(settings, type);
        checkSupported();
        renameExtra();
        takeOwnNames();
        if (merged.has("added_tokens_decoder")) {
            readList();
        } else {
            mergeSpecialTokensMap();
            readAddedTokens();
            readWhole(whole);
        }
    }

    /** A file's object; an empty one if there is no such file. */
    private JsonObject object(String name) {
        return objects.apply(name)
                .orElseGet(() -> new JsonObject(place + "/" + name, JsonNodeFactory.instance.objectNode()));
    }

    private static boolean isByteLevel(Component whole) {
        return whole != null && whole.json().findValuesAsText("type").contains("ByteLevel");
    }

    private void checkSupported() {
        for (JsonNode file : config.list("fast_tokenizer_files")) {
            if (file.asText().matches("tokenizer\\.\\d.*\\.json")) {
                throw config.error("fast_tokenizer_files", "no file for a version of transformers");
            }
        }
        if (config.flag("fix_mistral_regex", false)) {
            throw config.error("fix_mistral_regex", "false: the pattern of tokenizer.json is used");
        }
    }

    private void renameExtra() {
        boolean noExtra = !merged.hasNonNull(EXTRA) || merged.get(EXTRA).isEmpty();
        if (merged.has(OLD_EXTRA) && noExtra) {
            merged.set(EXTRA, merged.remove(OLD_EXTRA));
        }
    }

    /** Special tokens with names that only this tokenizer has, such as {@code image_token}. */
    private void takeOwnNames() {
        for (String name : NamedTokens.names(merged)) {
            if (name.endsWith("_token")
                    && !NamedTokens.NAMES.contains(name)
                    && merged.get(name).isTextual()) {
                tokens.putOwn(name, SpecialToken.read(config, name, merged.remove(name)));
            }
        }
        takeExtraNames();
    }

    private void takeExtraNames() {
        if (merged.path(EXTRA).isObject()) {
            JsonNode extra = merged.remove(EXTRA);
            extra.properties()
                    .forEach(field -> tokens.putOwn(
                            field.getKey(),
                            SpecialToken.read(config, EXTRA + ": " + field.getKey(), field.getValue())));
        }
    }

    private void readList() {
        JsonObject list = config.object("added_tokens_decoder");
        list.json().fieldNames().forEachRemaining(id -> {
            if (!id.matches("\\d{1,9}")) {
                throw list.error(id, "a token under a token id");
            }
            tokens.list(Integer.parseInt(id), SpecialToken.settings(list.object(id), false));
        });
    }

    /** The older file comes before {@code tokenizer_config.json}. */
    private void mergeSpecialTokensMap() {
        JsonObject map = object("special_tokens_map.json");
        map.json().properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (name.equals(EXTRA) && value.isArray()) {
                addExtra(value);
            } else {
                merged.set(name, value.isObject() && !name.equals(EXTRA) ? special(value) : value);
            }
        });
        takeExtraNames();
    }

    private void addExtra(JsonNode tokens) {
        ArrayNode extra = merged.withArray(EXTRA);
        for (JsonNode token : tokens) {
            JsonNode added = token.isObject() ? special(token) : token;
            if (settings.list(EXTRA).stream().noneMatch(added::equals)) {
                extra.add(added);
            }
        }
    }

    private static ObjectNode special(JsonNode token) {
        return token.<ObjectNode>deepCopy().put("__type", "AddedToken").put("special", true);
    }

    private void readAddedTokens() {
        Set<String> special = new HashSet<>();
        NamedTokens.NAMES.stream()
                .filter(merged::hasNonNull)
                .map(name -> SpecialToken.read(settings, name, merged.get(name)))
                .forEach(token -> special.add(token.content()));
        settings.list(EXTRA)
                .forEach(token ->
                        special.add(SpecialToken.read(settings, EXTRA, token).content()));
        object("added_tokens.json").integers().forEach((content, id) -> {
            boolean isSpecial = special.contains(content);
            tokens.list(id, new AddedToken(content, isSpecial, false, false, false, !isSpecial));
        });
    }

    private void readWhole(Component whole) {
        if (whole != null && whole.has("added_tokens")) {
            whole.components("added_tokens")
                    .forEach(token -> tokens.list(token.count("id"), TokenizerJson.addedToken(token)));
        }
    }

    /** The class of the tokenizer. */
    TokenizerClass type() {
        return type;
    }

    /** The special and the added tokens. */
    NamedTokens tokens() {
        return tokens;
    }

    /** All settings but the tokens. */
    JsonObject settings() {
        return settings;
    }

    /** Whether special tokens in a text are encoded as ordinary text. */
    boolean splitSpecial() {
        return settings.flag("split_special_tokens", false);
    }

    /** A decoder, followed by the removal of spaces before punctuation if the files ask for it. */
    Decoder cleaned(Decoder decoder, boolean isBpe) {
        String forBpe = "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output";
        boolean cleans =
                settings.flag("clean_up_tokenization_spaces", false) && (!isBpe || settings.flag(forBpe, false));
        return cleans ? new CleanUp(decoder) : decoder;
    }
}
