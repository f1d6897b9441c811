package dev.touchstone.checkpoint;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.checkpoint.files.ModelFiles;
import dev.touchstone.checkpoint.gguf.GgufFiles;
import dev.touchstone.checkpoint.safetensors.TensorFiles;
import dev.touchstone.util.Problems;
import dev.touchstone.util.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A digest of what an answer depends on besides its prompt and its settings: the weights, the configuration, the tokenizer and the
 * version of the engine. SHA-256 of the name of each file and of the SHA-256 of each of its blocks, which are computed in parallel.
 */
public final class Fingerprint {
    private static final int BLOCK = 16 << 20;

    /** The files, besides the weights, that decide what ids mean and what the layers compute. */
    private static final List<String> FILES = List.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt");

    private Fingerprint() {}

    /** The fingerprint of a model on disk, as {@link Checkpoint#load} takes it, in 64 hexadecimal digits. */
    public static String of(Path model) {
        Optional<Path> gguf = GgufFiles.in(model);
        if (gguf.isPresent()) {
            MessageDigest all = begin();
            GgufFiles.parts(gguf.get()).forEach(part -> add(all, Problems.name(part), () -> ByteSource.of(part)));
            return HexFormat.of().formatHex(all.digest());
        }
        return of(ModelFiles.folder(model));
    }

    /** The fingerprint of {@link Checkpoint#storyteller}. */
    public static String ofStoryteller() {
        return of(Checkpoint.storytellerFiles());
    }

    private static String of(ModelFiles files) {
        MessageDigest all = begin();
        Stream.concat(FILES.stream().filter(files::has), TensorFiles.names(files).stream())
                .forEach(name -> add(all, name, () -> files.open(name)));
        return HexFormat.of().formatHex(all.digest());
    }

    /** A digest of the version of the engine. */
    private static MessageDigest begin() {
        String version = Fingerprint.class.getPackage().getImplementationVersion();
        MessageDigest all = Sha256.begin();
        all.update(("touchstone " + (version == null ? "from classes" : version)).getBytes(StandardCharsets.UTF_8));
        return all;
    }

    private interface Opening {
        ByteSource open() throws IOException;
    }

    private static void add(MessageDigest all, String name, Opening file) {
        try (ByteSource bytes = file.open()) {
            all.update(("\n" + name + " " + bytes.size() + "\n").getBytes(StandardCharsets.UTF_8));
            int blocks = Math.toIntExact((bytes.size() + BLOCK - 1) / BLOCK);
            IntStream.range(0, blocks)
                    .parallel()
                    .mapToObj(block -> hash(bytes, block))
                    .toList()
                    .forEach(all::update);
        } catch (IOException e) {
            throw Problems.unreadable(name, e);
        } catch (UncheckedIOException e) {
            throw Problems.unreadable(name, e.getCause());
        }
    }

    private static byte[] hash(ByteSource bytes, int block) {
        long begin = (long) block * BLOCK;
        ByteBuffer content = ByteBuffer.allocate((int) Math.min(BLOCK, bytes.size() - begin));
        try {
            bytes.read(content, begin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Sha256.of(content.array());
    }
}
