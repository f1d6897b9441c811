package dev.touchstone.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A folder as one input: a zip archive of its files. */
public final class Folders {
    /** Changes a file by a mutation for its format, deletes it, or replaces another with it. */
    public static final Mutation ANY = Folders::mutate;

    private Folders() {}

    private static byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        Map<String, byte[]> files = unpack(input);
        Map<String, byte[]> others = unpack(other);
        if (files.isEmpty()) {
            return other;
        }
        String name = any(files, random);
        byte[] file = files.get(name);
        byte[] another = others.getOrDefault(name, files.get(any(files, random)));
        switch (random.nextInt(12)) {
            case 0 -> files.remove(name);
            case 1 -> files.put(any(files, random), file);
            case 2 -> files.put(name, another);
            default -> files.put(name, mutation(name).apply(file, another, random));
        }
        return pack(files);
    }

    private static Mutation mutation(String name) {
        if (name.endsWith(".json")) {
            return JsonTrees.ANY;
        }
        return name.endsWith(".safetensors") ? SafetensorsFiles.ANY : Lines.ANY;
    }

    private static String any(Map<String, byte[]> files, RandomGenerator random) {
        List<String> names = new ArrayList<>(files.keySet());
        return names.get(random.nextInt(names.size()));
    }

    /** The files of an archive by name; empty if it is not an archive. */
    public static Map<String, byte[]> unpack(byte[] archive) {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        } catch (IOException | IllegalArgumentException e) {
            return Map.of(); // the folder is tested, not the archive
        }
        return files;
    }

    /** The archive of these files; equal files give equal bytes. */
    public static byte[] pack(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTime(0);
                out.putNextEntry(entry);
                out.write(file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
