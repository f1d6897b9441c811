package dev.touchstone.tokenizer.decoder;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Decodes runs of byte tokens such as {@code <0xE2>} as UTF-8. A run that is not UTF-8 becomes one U+FFFD for each byte. */
public record ByteFallback() implements Decoder {
    private static final Pattern BYTE = Pattern.compile("<0x(?:[0-9A-Fa-f]{2}|\\+[0-9A-Fa-f])>");

    @Override
    public String inner(String token) {
        return token;
    }

    @Override
    public byte[] bytes(String token) {
        return BYTE.matcher(token).matches() ? new byte[] {(byte) value(token)} : null;
    }

    private static int value(String token) {
        return Integer.parseInt(token.substring(3, 5), 16);
    }

    @Override
    public Run start() {
        return new Run() {
            private final ByteArrayOutputStream run = new ByteArrayOutputStream();

            @Override
            public void add(String token, Consumer<String> out) {
                if (BYTE.matcher(token).matches()) {
                    run.write(value(token));
                } else {
                    end(out);
                    out.accept(token);
                }
            }

            @Override
            public void end(Consumer<String> out) {
                if (run.size() == 0) {
                    return;
                }
                byte[] bytes = run.toByteArray();
                run.reset();
                try {
                    out.accept(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
                } catch (CharacterCodingException e) {
                    for (int i = 0; i < bytes.length; i++) {
                        out.accept("\uFFFD");
                    }
                }
            }
        };
    }
}
