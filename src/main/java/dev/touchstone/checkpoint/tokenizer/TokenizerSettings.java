package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.tokenizer.AddedToken;
import dev.touchstone.tokenizer.decoder.CleanUp;
import dev.touchstone.tokenizer.decoder.Decoder;
import dev.touchstone.util.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The settings beside {@code tokenizer.json}: {@code tokenizer_config.json} and, unless it lists the added tokens,
 * {@code special_tokens_map.json} and {@code added_tokens.json}; merged as {@code AutoTokenizer} of transformers 5.23 does.
 */
final class TokenizerSettings {
    /** The special tokens that all classes of tokenizers have, in the order in which new ones get their ids. */
    static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final String EXTRA = "extra_special_tokens";
    private static final String OLD_EXTRA = "additional_special_tokens";
    private static final int MADE_UP_WORDS = 7; // of XGLM

    private final String place;
    private final Function<String, Optional<JsonObject>> objects;
    private final ObjectNode merged;
    private final JsonObject config;
    private final JsonObject settings;
    private final TokenizerClass type;
    private final Map<String, SpecialToken> ownNames = new LinkedHashMap<>();
    private final Map<Integer, AddedToken> listed = new TreeMap<>();
    private final Map<String, AddedToken> listedByContent = new HashMap<>();

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
        for (String name : names(merged)) {
            if (name.endsWith("_token")
                    && !NAMES.contains(name)
                    && merged.get(name).isTextual()) {
                ownNames.put(name, SpecialToken.read(config, name, merged.remove(name)));
            }
        }
        takeExtraNames();
    }

    private void takeExtraNames() {
        if (merged.path(EXTRA).isObject()) {
            JsonNode extra = merged.remove(EXTRA);
            extra.properties()
                    .forEach(field -> ownNames.put(
                            field.getKey(),
                            SpecialToken.read(config, EXTRA + ": " + field.getKey(), field.getValue())));
        }
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private void readList() {
        JsonObject list = config.object("added_tokens_decoder");
        list.json().fieldNames().forEachRemaining(id -> {
            if (!id.matches("\\d{1,9}")) {
                throw list.error(id, "a token under a token id");
            }
            list(Integer.parseInt(id), SpecialToken.settings(list.object(id), false));
        });
    }

    private void list(int id, AddedToken token) {
        listed.put(id, token);
        listedByContent.put(token.content(), token);
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
        NAMES.stream()
                .filter(merged::hasNonNull)
                .map(name -> SpecialToken.read(settings, name, merged.get(name)))
                .forEach(token -> special.add(token.content()));
        settings.list(EXTRA)
                .forEach(token ->
                        special.add(SpecialToken.read(settings, EXTRA, token).content()));
        object("added_tokens.json").integers().forEach((content, id) -> {
            boolean isSpecial = special.contains(content);
            list(id, new AddedToken(content, isSpecial, false, false, false, !isSpecial));
        });
    }

    private void readWhole(Component whole) {
        if (whole != null && whole.has("added_tokens")) {
            whole.components("added_tokens").forEach(token -> list(token.count("id"), TokenizerJson.addedToken(token)));
        }
    }

    /** The class of the tokenizer. */
    TokenizerClass type() {
        return type;
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

    /** A special token by its name, such as {@code bos_token}. */
    Optional<SpecialToken> named(String name) {
        if (merged.has(name)) {
            return merged.get(name).isNull() ? Optional.empty() : Optional.of(named(name, merged.get(name)));
        }
        return Optional.ofNullable(type.tokens().get(name)).map(SpecialToken::of);
    }

    private SpecialToken named(String name, JsonNode value) {
        SpecialToken token = SpecialToken.read(settings, name, value);
        AddedToken known = listedByContent.get(token.content());
        return known == null ? token : SpecialToken.of(known);
    }

    /** Special tokens without a name. */
    private List<SpecialToken> extra() {
        boolean useOld = !merged.has(EXTRA);
        String name = useOld ? OLD_EXTRA : EXTRA;
        List<SpecialToken> extra = new ArrayList<>();
        for (JsonNode token : settings.list(name)) {
            extra.add(SpecialToken.read(settings, name, token));
        }
        for (int i = 0; type == TokenizerClass.XGLM && useOld && i < MADE_UP_WORDS; i++) {
            extra.add(SpecialToken.of("<madeupword" + i + ">"));
        }
        return extra;
    }

    /**
     * The special tokens by name, without duplicates.
     *
     * @param padding the token of the padding of {@code tokenizer.json}, or null if it has none
     */
    private Collection<SpecialToken> allNamed(String padding) {
        Map<String, SpecialToken> named = new LinkedHashMap<>();
        boolean takesPadding = type == TokenizerClass.GENERIC || type == TokenizerClass.LLAMA;
        for (String name : NAMES) {
            boolean ofPadding = name.equals("pad_token") && !merged.has(name) && takesPadding && padding != null;
            Optional<SpecialToken> token = ofPadding ? Optional.of(SpecialToken.of(padding)) : named(name);
            token.ifPresent(found -> named.put(name, found));
        }
        for (String name : names(merged)) {
            if (name.endsWith("_token") && !NAMES.contains(name) && SpecialToken.isToken(merged.get(name))) {
                named.put(name, SpecialToken.read(settings, name, merged.get(name)));
            }
        }
        named.putAll(ownNames);
        return named.values();
    }

    /**
     * The tokens to add to a vocabulary, in order.
     *
     * @param known the added tokens that it has
     * @param padding the token of the padding of {@code tokenizer.json}, or null if it has none
     */
    List<AddedToken> toAdd(Collection<AddedToken> known, String padding) {
        Collection<SpecialToken> named = allNamed(padding);
        List<SpecialToken> found = new ArrayList<>();
        Set<String> contents = new HashSet<>();
        known.forEach(token -> contents.add(token.content()));
        for (AddedToken token : listed.values()) { // the known ones too: they may become special
            found.add(SpecialToken.of(token));
            contents.add(token.content());
        }
        List<SpecialToken> special = new ArrayList<>(named);
        special.addAll(extra());
        for (SpecialToken token : special) {
            if (!contents.contains(token.content()) && !found.contains(token)) {
                found.add(token);
            }
        }
        Set<String> names = new HashSet<>();
        named.forEach(token -> names.add(token.content()));
        return found.stream()
                .map(token -> names.contains(token.content()) ? token.toAdd().asSpecial() : token.toAdd())
                .toList();
    }

    /** All special tokens, named or not. */
    List<AddedToken> special(String padding) {
        List<AddedToken> special = new ArrayList<>();
        allNamed(padding).forEach(token -> special.add(AddedToken.special(token.content())));
        extra().forEach(token -> special.add(AddedToken.special(token.content())));
        return special;
    }
}
