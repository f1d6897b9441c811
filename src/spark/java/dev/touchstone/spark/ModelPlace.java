package dev.touchstone.spark;

import dev.touchstone.util.TouchstoneException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkFiles;

/**
 * Where the files of a model are on each machine.
 *
 * @param path a folder or a GGUF file; null for the included model
 * @param distributed whether Spark copies the model to the machines: the path is then below the folder of
 *     {@link SparkFiles}
 */
public record ModelPlace(String path, boolean distributed) implements Serializable {
    /** The model that is part of the library. */
    static final ModelPlace INCLUDED = new ModelPlace(null, false);

    /**
     * The path on this machine; null for the included model.
     *
     * @throws TouchstoneException if there is no such folder or file
     */
    Path here() {
        if (path == null) {
            return null;
        }
        Path here = Path.of(distributed ? SparkFiles.get(path) : path);
        if (distributed && !Files.exists(here)) {
            here = Path.of(
                    path); // YARN copies files to the working directory, and Spark's folder on the driver is another
        }
        if (!Files.exists(here)) {
            throw new TouchstoneException(
                    distributed
                            ? path + ": Spark copied no such file or archive to this machine; add it to the application"
                            : path + ": no such folder or file on this machine; copy the model there");
        }
        return here;
    }

    @Override
    public String toString() {
        return path == null ? "storyteller" : path;
    }
}
