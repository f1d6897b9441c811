package dev.touchstone.tokenizer.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Several decoders, one after the other. */
public final class DecoderSequence implements Decoder {
    private final List<Decoder> decoders;

    /** The result is the same, but one that joins tokens at the end, or before stripping, does so as they come. */
    public DecoderSequence(List<Decoder> decoders) {
        this.decoders = new ArrayList<>();
        for (int i = 0; i < decoders.size(); i++) {
            Decoder decoder = decoders.get(i);
            boolean isLast = i == decoders.size() - 1;
            if (decoder.joins()
                    && i == decoders.size() - 2
                    && decoders.get(i + 1) instanceof StripDecoder strip
                    && strip.last() == 0) {
                this.decoders.add(decoder);
                this.decoders.add(new StripBeginning(strip.content(), strip.first()));
                return;
            }
            this.decoders.add(decoder.joins() && !isLast ? new Whole(decoder) : decoder);
        }
    }

    @Override
    public boolean joins() {
        return decoders.stream().anyMatch(Decoder::joins);
    }

    @Override
    public String inner(String token) {
        String inner = token;
        for (Decoder decoder : decoders) {
            inner = decoder.inner(inner);
        }
        return inner;
    }

    @Override
    public byte[] bytes(String token) {
        String inner = token;
        for (Decoder decoder : decoders) {
            byte[] bytes = decoder.bytes(inner);
            if (bytes != null) {
                return bytes;
            }
            inner = decoder.inner(inner);
        }
        return null;
    }

    @Override
    public Run start() {
        List<Run> runs = decoders.stream().map(Decoder::start).toList();
        return new Run() {
            @Override
            public void add(String token, Consumer<String> out) {
                add(0, token, out);
            }

            private void add(int index, String token, Consumer<String> out) {
                if (index == runs.size()) {
                    out.accept(token);
                } else {
                    runs.get(index).add(token, next -> add(index + 1, next, out));
                }
            }

            @Override
            public void end(Consumer<String> out) {
                for (int i = 0; i < runs.size(); i++) {
                    int next = i + 1;
                    runs.get(i).end(token -> add(next, token, out));
                }
            }
        };
    }

    /** A decoder that joins tokens, with a single token as its result. */
    private record Whole(Decoder decoder) implements Decoder {
        @Override
        public String inner(String token) {
            return decoder.inner(token);
        }

        @Override
        public byte[] bytes(String token) {
            return decoder.bytes(token);
        }

        @Override
        public Run start() {
            Run run = decoder.start();
            StringBuilder whole = new StringBuilder();
            return new Run() {
                @Override
                public void add(String token, Consumer<String> out) {
                    run.add(token, whole::append);
                }

                @Override
                public void end(Consumer<String> out) {
                    run.end(whole::append);
                    out.accept(whole.toString());
                }
            };
        }
    }

    /** Removes up to {@code most} equal characters at the beginning of a text that comes in parts. */
    private record StripBeginning(int content, int most) implements Decoder {
        @Override
        public boolean joins() {
            return true;
        }

        @Override
        public String inner(String token) {
            return token;
        }

        @Override
        public Run start() {
            return new Run() {
                private int left = most;

                @Override
                public void add(String token, Consumer<String> out) {
                    int cut = 0;
                    while (left > 0 && cut < token.length()) {
                        boolean strips = token.codePointAt(cut) == content;
                        left = strips ? left - 1 : 0;
                        cut += strips ? Character.charCount(content) : 0;
                    }
                    out.accept(token.substring(cut));
                }
            };
        }
    }
}
