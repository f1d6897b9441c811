package dev.touchstone.tokenizer.normalizer;

import dev.touchstone.tokenizer.text.Piece;
import java.text.Normalizer.Form;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NFC, NFD, NFKC and NFKD: the normalization forms of Unicode 9, the version of Hugging Face's library, independent of the JDK: characters that
 * decompose, compose or reorder only in later versions are left unchanged and separate the text around them.
 */
public record UnicodeForm(Form form) implements Normalizer {
    private static final Pattern NEWER = newer("""
            7FD 897-89F 8CA-8D3 9FE C3C D3B-D3C EBA 1715 1ABF-1ACE 1DF6-1DFA 32FF A7F2-A7F4 A82C AB69 105C9 105D2 105DA \
            105E4 10781-10785 10787-107B0 107B2-107BA 10D24-10D27 10D69-10D6D 10EAB-10EAC 10EFD-10EFF 10F46-10F50 \
            10F82-10F85 11070 1133B 11382-11385 1138B 1138E 11390-11391 113B8 113BB 113C2 113C5 113C7-113C9 113CE-113D0 \
            1145E 11839-1183A 11930 11935 11938 1193D-1193E 11943 119E0 11A34 11A47 11A99 11D42 11D44-11D45 11D97 \
            11F41-11F42 1611E-16129 1612F 16D63 16D67-16D6A 16FF0-16FF1 1CCD6-1CCF9 1E030-1E06D 1E08F 1E130-1E136 1E2AE \
            1E2EC-1E2EF 1E4EC-1E4EF 1E5EE-1E5EF 1F16C 1FBF0-1FBF9""");

    private static Pattern newer(String ranges) {
        return Pattern.compile("[" + ranges.replaceAll("\\w+", "\\\\x{$0}").replace(" ", "") + "]");
    }

    @Override
    public Piece normalize(Piece piece) {
        String normal = of(piece.text());
        if (!piece.isFirst() || normal.isEmpty()) {
            return new Piece(normal, 0);
        }
        String first = of(piece.text().substring(0, piece.fromStart()));
        int same = Character.charCount(normal.codePointAt(0)); // what follows may have come between by reordering
        while (same < first.length() && same < normal.length() && first.charAt(same) == normal.charAt(same)) {
            same++;
        }
        return new Piece(normal, same);
    }

    private String of(String text) {
        StringBuilder normal = new StringBuilder(text.length());
        Matcher matcher = NEWER.matcher(text);
        int end = 0;
        while (matcher.find()) {
            normal.append(known(text.substring(end, matcher.start()))).append(matcher.group());
            end = matcher.end();
        }
        return normal.append(known(text.substring(end))).toString();
    }

    private String known(String text) {
        return java.text.Normalizer.normalize(text, form);
    }
}
