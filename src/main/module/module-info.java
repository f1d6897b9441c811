/**
 * Language models in plain Java.
 *
 * <p>Most programs need only {@link dev.touchstone.LanguageModel}. The other packages contain the layers ({@code model}), their
 * arithmetic ({@code tensor}, {@code kernels}), the generation loop ({@code generation}), and readers and writers of Hugging
 * Face's files ({@code checkpoint}, {@code weights}).
 */
module dev.touchstone {
    exports dev.touchstone;
    exports dev.touchstone.checkpoint;
    exports dev.touchstone.checkpoint.chat;
    exports dev.touchstone.checkpoint.files;
    exports dev.touchstone.checkpoint.gguf;
    exports dev.touchstone.checkpoint.safetensors;
    exports dev.touchstone.generation;
    exports dev.touchstone.generation.processors;
    exports dev.touchstone.kernels;
    exports dev.touchstone.model;
    exports dev.touchstone.model.taps;
    exports dev.touchstone.serving;
    exports dev.touchstone.tensor;
    exports dev.touchstone.tokenizer;
    exports dev.touchstone.tokenizer.decoder;
    exports dev.touchstone.tokenizer.model;
    exports dev.touchstone.tokenizer.normalizer;
    exports dev.touchstone.tokenizer.pretokenizer;
    exports dev.touchstone.tokenizer.regex;
    exports dev.touchstone.tokenizer.text;
    exports dev.touchstone.util;
    exports dev.touchstone.weights;

    // Some public methods take or return its JSON.
    requires transitive com.fasterxml.jackson.databind;

    // Without this module the scalar kernels compute.
    requires static jdk.incubator.vector;

    // Picocli sets the fields of the commands by reflection.
    opens dev.touchstone.cli to
            info.picocli;

    // Jackson reads the records of the pages by reflection.
    opens dev.touchstone.explain to
            com.fasterxml.jackson.databind;
    opens dev.touchstone.explain.diagram to
            com.fasterxml.jackson.databind;
    opens dev.touchstone.parity to
            com.fasterxml.jackson.databind;
    opens dev.touchstone.parity.choices to
            com.fasterxml.jackson.databind;
    opens dev.touchstone.parity.errors to
            com.fasterxml.jackson.databind;

    requires static info.picocli;
    requires static io.netty.codec;
    requires static io.netty.transport;
    requires static io.prometheus.metrics.core;
    requires static io.prometheus.metrics.model;
    requires static io.prometheus.writer.text;
    requires static io.vertx.core;
    requires static java.management;
    requires static jdk.management;
    requires static me.tongfei.progressbar;
    requires static org.jline.reader;
    requires static org.jline.terminal;
}
