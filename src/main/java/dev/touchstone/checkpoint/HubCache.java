package dev.touchstone.checkpoint;

import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that Hugging Face's tools have downloaded for this user. The layout is that of {@code huggingface_hub}:
 * {@code models--org--name/snapshots/<commit>} holds the files, as links to {@code blobs}, and {@code refs/main} the commit.
 * Nothing is downloaded here.
 */
public final class HubCache {
    /** {@code name} or {@code org/name}, and a branch, tag or commit if wanted. */
    private static final Pattern ID =
            Pattern.compile("(?<id>\\w[\\w.-]*(?:/\\w[\\w.-]*)?)(?:@(?<revision>\\w[\\w./-]*))?");

    /** Models from before names had an organisation, under the name that the hub has given them since. */
    private static final Map<String, String> RENAMED = Map.of(
            "gpt2", "openai-community/gpt2",
            "gpt2-medium", "openai-community/gpt2-medium",
            "gpt2-large", "openai-community/gpt2-large",
            "gpt2-xl", "openai-community/gpt2-xl",
            "distilgpt2", "distilbert/distilgpt2");

    private static final String REPOSITORY = "models--";

    private final Path folder;

    /**
     * @param environment of which {@code HF_HUB_CACHE}, {@code HF_HOME} and {@code XDG_CACHE_HOME} say where the cache is,
     *     in this order
     * @param home where it is otherwise, in {@code .cache/huggingface/hub}
     */
    public HubCache(Map<String, String> environment, Path home) {
        Path caches = variable(environment, "XDG_CACHE_HOME", home).orElse(home.resolve(".cache"));
        Path huggingFace = variable(environment, "HF_HOME", home).orElse(caches.resolve("huggingface"));
        this.folder = variable(environment, "HF_HUB_CACHE", home)
                .or(() -> variable(environment, "HUGGINGFACE_HUB_CACHE", home)) // its name until 2023
                .orElse(huggingFace.resolve("hub"));
    }

    /** The cache of whoever runs this process. */
    public static HubCache ofThisUser() {
        return new HubCache(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** Where the cache is, or would be. */
    public Path folder() {
        return folder;
    }

    /** The ids of the models that lie in it, complete or not. */
    public List<String> models() {
        return list(folder).stream()
                .map(Problems::name)
                .filter(name -> name.startsWith(REPOSITORY))
                .map(HubCache::id)
                .toList();
    }

    private static String id(String repository) {
        return repository.substring(REPOSITORY.length()).replace("--", "/");
    }

    /**
     * The folder that {@code --model} means: one that exists, or else that of a model in the cache, such as {@code gpt2},
     * {@code openai-community/gpt2} or {@code openai-community/gpt2@main}.
     */
    public Path find(String model) {
        if (exists(model) && Files.isDirectory(Path.of(model))) {
            return Path.of(model);
        }
        Matcher matcher = ID.matcher(model);
        if (!matcher.matches() || model.contains("..")) {
            throw new TouchstoneException(Problems.printable(model)
                    + ": no such folder; pass a folder or the id of a model on the hub, such as openai-community/gpt2");
        }
        String id = matcher.group("id");
        String newId = RENAMED.getOrDefault(id, id);
        String revision = matcher.group("revision");
        String download = "hf download " + newId + (revision == null ? "" : " --revision " + revision);
        for (String candidate : List.of(id, newId)) {
            Path repository = folder.resolve(REPOSITORY + candidate.replace("/", "--"));
            if (Files.isDirectory(repository)) {
                return complete(snapshot(repository, revision, download), download);
            }
        }
        if (exists(model)) {
            return Path.of(model); // a file, which is refused where folders are opened
        }
        throw new TouchstoneException(
                "there is no folder " + model + ", and no " + newId + " in " + folder + "; download it: " + download);
    }

    /** What to call the model of a folder: its name on the hub if it lies in a cache, otherwise its last part. */
    static String nameOf(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        boolean cached = parent != null && parent.endsWith("snapshots");
        String repository = cached ? Problems.name(parent.getParent()) : "";
        return repository.startsWith(REPOSITORY) ? id(repository) : Problems.name(absolute);
    }

    private static Path snapshot(Path repository, String revision, String download) {
        Path snapshots = repository.resolve("snapshots");
        String wanted = revision == null ? "main" : revision;
        Optional<Path> found = Stream.of(commit(repository.resolve("refs").resolve(wanted)), wanted)
                .map(snapshots::resolve)
                .filter(Files::isDirectory)
                .findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        List<Path> all = list(snapshots);
        if (revision != null || all.isEmpty()) {
            throw new TouchstoneException(
                    repository + " holds no snapshot of " + wanted + "; download it: " + download);
        }
        if (all.size() > 1) {
            throw new TouchstoneException(repository + " holds " + all.size()
                    + " snapshots and no refs/main; say which with @ and one of "
                    + all.stream().map(Problems::name).sorted().toList());
        }
        return all.get(0);
    }

    /** The commit that a file in {@code refs} names. */
    private static String commit(Path ref) {
        try {
            String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : "";
            return commit.matches("\\w+") ? commit : "none";
        } catch (IOException e) {
            throw Problems.unreadable(ref.toString(), e);
        }
    }

    /** A download that was interrupted leaves a snapshot without some of its files, or links that lead nowhere. */
    private static Path complete(Path snapshot, String download) {
        List<Path> files = list(snapshot);
        Optional<String> missing = files.stream()
                .filter(file -> !Files.exists(file))
                .map(Problems::name)
                .findFirst()
                .or(() -> Optional.of("config.json").filter(name -> !Files.exists(snapshot.resolve(name))))
                .or(() -> Optional.of("model.safetensors")
                        .filter(name -> files.stream().noneMatch(HubCache::isWeights)));
        if (missing.isPresent()) {
            throw new TouchstoneException(
                    snapshot + " is incomplete, it lacks " + missing.get() + "; finish the download: " + download);
        }
        return snapshot;
    }

    private static boolean isWeights(Path file) {
        String name = Problems.name(file);
        return name.endsWith(".safetensors") || name.startsWith("pytorch_model");
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw Problems.unreadable(folder.toString(), e);
        }
    }

    private static boolean exists(String model) {
        try {
            return !model.isEmpty() && Files.exists(Path.of(model));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Optional<Path> variable(Map<String, String> environment, String name, Path home) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isEmpty())
                .map(value -> value.startsWith("~") ? home.resolve(value.replaceFirst("^~/?", "")) : Path.of(value));
    }
}
