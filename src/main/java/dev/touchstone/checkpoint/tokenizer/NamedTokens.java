package dev.touchstone.checkpoint.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.tokenizer.AddedToken;
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

/** The special tokens that {@link TokenizerSettings} name, and the added tokens that they list under their ids. */
final class NamedTokens {
    /** The special tokens that all classes of tokenizers have, in the order in which new ones get their ids. */
    static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final int MADE_UP_WORDS = 7; // of XGLM

    private final JsonObject settings;
    private final TokenizerClass type;
    private final Map<String, SpecialToken> ownNames = new LinkedHashMap<>();
    private final Map<Integer, AddedToken> listed = new TreeMap<>();
    private final Map<String, AddedToken> listedByContent = new HashMap<>();

    /** No tokens but those that {@code settings} have under the names of special tokens. */
    NamedTokens(JsonObject settings, TokenizerClass type) {
        this.settings = settings;
        this.type = type;
    }

    /** Adds a special token with a name that only this tokenizer has, such as {@code image_token}. */
    void putOwn(String name, SpecialToken token) {
        ownNames.put(name, token);
    }

    /** Adds a token with its id. */
    void list(int id, AddedToken token) {
        listed.put(id, token);
        listedByContent.put(token.content(), token);
    }

    /** The names of the fields. */
    static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** A special token by its name, such as {@code bos_token}. */
    Optional<SpecialToken> named(String name) {
        if (settings.json().has(name)) {
            return settings.json().get(name).isNull()
                    ? Optional.empty()
                    : Optional.of(named(name, settings.json().get(name)));
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
        boolean useOld = !settings.json().has(TokenizerSettings.EXTRA);
        String name = useOld ? TokenizerSettings.OLD_EXTRA : TokenizerSettings.EXTRA;
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
            boolean ofPadding =
                    name.equals("pad_token") && !settings.json().has(name) && takesPadding && padding != null;
            Optional<SpecialToken> token = ofPadding ? Optional.of(SpecialToken.of(padding)) : named(name);
            token.ifPresent(found -> named.put(name, found));
        }
        for (String name : names(settings.json())) {
            if (name.endsWith("_token")
                    && !NAMES.contains(name)
                    && SpecialToken.isToken(settings.json().get(name))) {
                named.put(
                        name, SpecialToken.read(settings, name, settings.json().get(name)));
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
