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
 * The local cache of Hugging Face's tools. The layout is that of {@code huggingface_hub}:
 * {@code models--org--name/snapshots/<commit>} has the files, as links to {@code blobs}, and {@code refs/main} the commit.
 * Nothing is downloaded.
 */
public final class HubCache {
    /** {@code name} or {@code org/name}, with an optional branch, tag or commit. */
    private static final Pattern ID =
            Pattern.compile("(?<id>\\w[\\w.-]*(?:/\\w[\\w.-]*)?)(?:@(?<revision>\\w[\\w./-]*))?");

    private static final String GGUF = ".gguf";

    /** {@code org/name/file.gguf}, with an optional branch, tag or commit after the name of the model. */
    private static final Pattern FILE =
            Pattern.compile("(?<id>\\w[\\w.-]*/\\w[\\w.-]*)(?:@(?<revision>\\w[\\w.-]*))?/(?<file>[\\w.-]+\\.gguf)");

    /** Models whose names had no organization at first, and their present names. */
    private static final Map<String, String> RENAMED = Map.of(
            "gpt2", "openai-community/gpt2",
            "gpt2-medium", "openai-community/gpt2-medium",
            "gpt2-large", "openai-community/gpt2-large",
            "gpt2-xl", "openai-community/gpt2-xl",
            "distilgpt2", "distilbert/distilgpt2");

    private static final String REPOSITORY = "models--";

    /** Files that are read to load a model. */
    private static final Pattern LOADED = Pattern.compile(".*\\.(safetensors|json|jinja)|merges\\.txt");

    /** A reference to an environment variable, as Python's {@code os.path.expandvars} finds it. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)})");

    private final Path folder;

    /**
     * Finds the folder as {@code huggingface_hub.constants} does, which replaces {@code ~}, {@code $NAME} and {@code ${NAME}} in the
     * values of variables.
     *
     * @param environment {@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code HF_HOME} and {@code XDG_CACHE_HOME} give the
     *     folder; the first that is set counts
     * @param home without any of them, the folder is {@code .cache/huggingface/hub} in it
     */
    public HubCache(Map<String, String> environment, Path home) {
        Path caches = variable(environment, "XDG_CACHE_HOME", home).orElse(home.resolve(".cache"));
        Path huggingFace = variable(environment, "HF_HOME", home).orElse(caches.resolve("huggingface"));
        this.folder = variable(environment, "HF_HUB_CACHE", home)
                .or(() -> variable(environment, "HUGGINGFACE_HUB_CACHE", home)) // its name before 2023
                .orElse(huggingFace.resolve("hub"));
    }

    /** The cache of the current user. */
    public static HubCache ofThisUser() {
        return new HubCache(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** The folder of the cache, which need not exist. */
    public Path folder() {
        return folder;
    }

    /** The ids of the models in the cache, complete or not. */
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
     * The folder of a model, or its GGUF file.
     *
     * @param model a folder, a GGUF file, or the id of a model in the cache, such as {@code gpt2}, {@code openai-community/gpt2} or
     *     {@code openai-community/gpt2@main}; {@code org/name/file.gguf} is a GGUF file in the cache
     * @throws TouchstoneException if there is no such folder or file, and no complete model of this id in the cache
     */
    public Path find(String model) {
        if (exists(model) && (Files.isDirectory(Path.of(model)) || model.endsWith(GGUF))) {
            return Path.of(model);
        }
        Matcher file = FILE.matcher(model);
        if (file.matches() && !model.contains("..")) {
            return file(file.group("id"), file.group("revision"), file.group("file"));
        }
        Matcher matcher = ID.matcher(model);
        if (!matcher.matches() || model.contains("..")) {
            throw new TouchstoneException(
                    Problems.printable(model) + ": no such folder; expected a folder, or the id of a"
                            + " model in the Hugging Face cache, such as openai-community/gpt2");
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
            return Path.of(model); // a file; opening it as a folder gives the error
        }
        throw new TouchstoneException(
                newId.contains("/") && !isInFolder(model)
                        ? "there is no folder " + model + ", and no " + newId + " in the Hugging Face cache " + folder
                                + "; download it: " + download
                        : "there is no folder " + model + ", and no model of that name in the Hugging Face cache "
                                + folder + "; an id has an organization and a name, such as openai-community/gpt2");
    }

    /** A GGUF file of a model in the cache. */
    private Path file(String id, String revision, String name) {
        String download = "hf download " + id + " " + name + (revision == null ? "" : " --revision " + revision);
        Path repository = folder.resolve(REPOSITORY + id.replace("/", "--"));
        if (!Files.isDirectory(repository)) {
            throw new TouchstoneException("there is no file " + id + "/" + name + ", and no " + id
                    + " in the Hugging Face cache " + folder + "; download it: " + download);
        }
        Path file = snapshot(repository, revision, download).resolve(name);
        if (!Files.exists(file)) {
            throw new TouchstoneException(file.getParent() + " holds no " + name + "; download it: " + download);
        }
        return file;
    }

    /** A name for the model of a folder: its id if the folder is in a cache, else the last part of its path. */
    static String nameOf(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        boolean cached = parent != null && parent.endsWith("snapshots");
        String repository = cached ? Problems.name(parent.getParent()) : "";
        return repository.startsWith(REPOSITORY) ? id(repository) : Problems.name(absolute);
    }

    private static Path snapshot(Path repository, String revision, String download) {
        Path snapshots = repository.resolve("snapshots");
        String name = revision == null ? "main" : revision;
        Optional<Path> found = Stream.of(commit(repository.resolve("refs").resolve(name)), name)
                .map(snapshots::resolve)
                .filter(Files::isDirectory)
                .findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        List<Path> all = list(snapshots);
        if (revision != null || all.isEmpty()) {
            throw new TouchstoneException(repository + " holds no snapshot of " + name + "; download it: " + download);
        }
        if (all.size() > 1) {
            throw new TouchstoneException(repository + " holds " + all.size()
                    + " snapshots and no refs/main; append @ and one of "
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

    /**
     * Checks that a snapshot has the files that are needed to load it. An interrupted download leaves out files, or leaves links without
     * a target; a file that loading does not read, such as README.md, may be missing.
     */
    private static Path complete(Path snapshot, String download) {
        List<Path> files = list(snapshot);
        boolean gguf = files.stream().anyMatch(file -> Problems.name(file).endsWith(GGUF));
        Optional<String> missing = files.stream()
                .filter(file -> !Files.exists(file))
                .map(Problems::name)
                .filter(name -> LOADED.matcher(name).matches())
                .findFirst()
                .or(() -> Optional.of("config.json").filter(name -> !Files.exists(snapshot.resolve(name)) && !gguf))
                .or(() -> Optional.of("model.safetensors")
                        .filter(name -> files.stream().noneMatch(HubCache::isWeights) && !gguf));
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

    /** Whether a path leads into a folder that exists, so that it is not the id of a model. */
    private static boolean isInFolder(String model) {
        Path parent = Path.of(model).getParent();
        return parent != null && Files.isDirectory(parent);
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
                .map(value -> value.matches("~(/.*)?") ? home + value.substring(1) : value)
                .map(value -> Path.of(expand(value, environment)));
    }

    /** Replaces variables that are set, and keeps the others as they are. */
    private static String expand(String value, Map<String, String> environment) {
        return VARIABLE.matcher(value).replaceAll(found -> {
            String name = found.group(1) == null ? found.group(2) : found.group(1);
            return Matcher.quoteReplacement(environment.getOrDefault(name, found.group()));
        });
    }
}
