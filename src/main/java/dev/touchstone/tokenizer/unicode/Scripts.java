package dev.touchstone.tokenizer.unicode;

import java.util.BitSet;
import java.util.List;

/** The script of each character, as SentencePiece distinguishes them: of Unicode 6, with kana counted as Han. */
public final class Scripts {
    /** The script of a space and of characters that have none. */
    public static final int NONE = 0;

    private static final byte[] SCRIPTS = scripts();

    private Scripts() {}

    /** The number of the script of a character. */
    public static int of(int codePoint) {
        return SCRIPTS[codePoint] & 0xFF;
    }

    private static byte[] scripts() {
        byte[] scripts = new byte[Character.MAX_CODE_POINT + 1];
        List<String> names = UnicodeSets.SCRIPTS.names();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).matches("Hiragana|Katakana") ? "Han" : names.get(i);
            fill(scripts, UnicodeSets.SCRIPTS.of(names.get(i)), names.indexOf(name) + 1);
        }
        fill(scripts, UnicodeSets.OTHERS.of("Script_Common"), names.indexOf("Common") + 1);
        fill(scripts, UnicodeSets.OTHERS.of("Script_Devanagari"), names.indexOf("Devanagari") + 1);
        fill(scripts, UnicodeSets.OTHERS.of("Script_Unknown"), NONE);
        scripts[0x30FC] = (byte) (names.indexOf("Han") + 1);
        return scripts;
    }

    private static void fill(byte[] scripts, BitSet set, int number) {
        set.stream().forEach(c -> scripts[c] = (byte) number);
    }
}
