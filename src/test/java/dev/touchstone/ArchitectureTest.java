package dev.touchstone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import dev.touchstone.cli.Main;
import dev.touchstone.support.StringConstants;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules about dependencies between packages, and about the types and methods that a package may use. */
class ArchitectureTest {
    /** The root package, as a layer. */
    private static final String FRONT_DOOR = "front door";

    /** The packages from top to bottom, each with those that it may use; every package may use {@code util}. */
    private static final Map<String, Set<String>> LAYERS = layers();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

    private static Map<String, Set<String>> layers() {
        Map<String, Set<String>> layers = new LinkedHashMap<>();
        layers.put("util", Set.of());
        layers.put("tensor", Set.of());
        layers.put("kernels", Set.of("tensor"));
        layers.put("model", Set.of("kernels", "tensor"));
        layers.put("model.taps", Set.of("model", "tensor"));
        layers.put("tokenizer.unicode", Set.of());
        layers.put("tokenizer.text", Set.of());
        layers.put("tokenizer.regex", Set.of("tokenizer.unicode"));
        layers.put("tokenizer.normalizer", Set.of("tokenizer.regex", "tokenizer.text", "tokenizer.unicode"));
        layers.put("tokenizer.pretokenizer", Set.of("tokenizer.regex", "tokenizer.text", "tokenizer.unicode"));
        layers.put("tokenizer.model", Set.of("tokenizer.text"));
        layers.put("tokenizer.decoder", Set.of("tokenizer.regex", "tokenizer.text"));
        Set<String> stages =
                Set.of("tokenizer.normalizer", "tokenizer.pretokenizer", "tokenizer.model", "tokenizer.decoder");
        layers.put("tokenizer", union(stages, "tokenizer.text", "tokenizer.unicode"));
        layers.put("generation.processors", Set.of());
        layers.put("generation", Set.of("generation.processors", "model", "tokenizer", "kernels", "tensor"));
        layers.put("serving", Set.of("generation", "model", "tokenizer", "kernels", "tensor"));
        layers.put("weights", Set.of("model", "tensor"));
        layers.put("families", Set.of("weights", "model", "kernels", "tensor"));
        layers.put("checkpoint.files", Set.of());
        layers.put("checkpoint.safetensors", Set.of("checkpoint.files", "weights", "tensor"));
        layers.put("checkpoint.gguf", Set.of("checkpoint.files", "checkpoint.safetensors", "weights", "tensor"));
        layers.put("checkpoint.tokenizer", union(stages, "checkpoint.files", "tokenizer", "tokenizer.regex"));
        String jinja = "checkpoint.chat.jinja";
        layers.put(jinja + ".python", Set.of());
        layers.put(jinja + ".operations", Set.of(jinja + ".python"));
        layers.put(jinja + ".library", Set.of(jinja + ".operations", jinja + ".python"));
        layers.put(jinja, Set.of(jinja + ".library", jinja + ".operations", jinja + ".python"));
        layers.put("checkpoint.chat", Set.of("checkpoint.files", jinja, jinja + ".python"));
        Set<String> below = new LinkedHashSet<>(layers.keySet());
        for (String upper : List.of(
                "checkpoint",
                FRONT_DOOR,
                "parity.errors",
                "parity.choices",
                "parity.diagnosis",
                "parity",
                "explain.diagram",
                "explain",
                "batch",
                "server.api",
                "server",
                "cli")) {
            layers.put(upper, Set.copyOf(below));
            below.add(upper);
        }
        return layers;
    }

    private static Set<String> union(Set<String> layers, String... more) {
        Set<String> union = new TreeSet<>(layers);
        union.addAll(List.of(more));
        return union;
    }

    @Test
    void packagesUseOnlyPackagesBelowThem() {
        LayeredArchitecture architecture =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String layer : LAYERS.keySet()) {
            architecture = architecture
                    .layer(layer)
                    .definedBy(layer.equals(FRONT_DOOR) ? "dev.touchstone" : "dev.touchstone." + layer);
        }
        for (Map.Entry<String, Set<String>> layer : LAYERS.entrySet()) {
            Set<String> allowed = new TreeSet<>(layer.getValue());
            allowed.add("util");
            allowed.remove(layer.getKey());
            architecture = allowed.isEmpty()
                    ? architecture.whereLayer(layer.getKey()).mayNotAccessAnyLayer()
                    : architecture.whereLayer(layer.getKey()).mayOnlyAccessLayers(allowed.toArray(String[]::new));
        }
        architecture.check(CLASSES);
    }

    @Test
    void everyPackageIsListed() {
        Set<String> packages = CLASSES.stream()
                .map(type -> type.getPackageName().replaceFirst("dev\\.touchstone\\.?", ""))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(LAYERS.keySet()).containsAll(packages);
        assertThat(packages).hasSizeGreaterThanOrEqualTo(7);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.touchstone.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void thereIsNoNativeCode() {
        noMethods().should().haveModifier(JavaModifier.NATIVE).check(CLASSES);
    }

    /** If the compiler does not inline a method with vectors as parameters or result, each of them becomes an object. */
    @Test
    void vectorsAreNotParametersOrResults() {
        DescribedPredicate<JavaClass> vector = DescribedPredicate.describe(
                "a vector", type -> type.getName().matches("jdk\\.incubator\\.vector\\.\\w*(Vector|Mask)"));

        noMethods()
                .should()
                .haveRawReturnType(vector)
                .orShould()
                .haveRawParameterTypes(DescribedPredicate.describe(
                        "a vector among them", types -> types.stream().anyMatch(vector)))
                .check(CLASSES);
    }

    /** Kernels of one process do not influence each other. */
    @Test
    void kernelsHaveNoStaticState() {
        fields().that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage("dev.touchstone.kernels..", "dev.touchstone.tensor..")
                .and()
                .areStatic()
                .or()
                .areDeclaredInClassesThat()
                .areAssignableTo(Enum.class)
                .and()
                .areDeclaredInClassesThat()
                .resideInAnyPackage("dev.touchstone.kernels..", "dev.touchstone.tensor..")
                .should()
                .beFinal()
                .andShould()
                .notHaveRawType(resideInAnyPackage("java.util.concurrent..")
                        .or(DescribedPredicate.describe("a thread", type -> type.isAssignableTo(Thread.class))))
                .check(CLASSES);
    }

    @Test
    void onlyMainExitsTheProcess() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Main.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    @Test
    void theEngineUsesNeitherFilesNorJson() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.touchstone.tokenizer..",
                        "dev.touchstone.model..",
                        "dev.touchstone.kernels..",
                        "dev.touchstone.tensor..",
                        "dev.touchstone.generation..",
                        "dev.touchstone.serving..")
                .should()
                .dependOnClassesThat(resideInAPackage("com.fasterxml.."))
                .orShould()
                .dependOnClassesThat(resideInAPackage("java.nio.file.."))
                .check(CLASSES);
    }

    /** A message of the library gives the reason; the command line adds the option to change. */
    @Test
    void noMessageBelowTheCommandLineNamesAFlag() {
        Set<String> foreign = Set.of("--add-modules ", "--revision "); // of java, and of Hugging Face's hf
        List<String> flags = CLASSES.stream()
                .filter(type -> !type.getPackageName().equals("dev.touchstone.cli"))
                .flatMap(type -> StringConstants.of(classFile(type)).stream()
                        .filter(text -> text.matches("(?s)(.*\\s)?--[a-zA-Z].*"))
                        .filter(text -> foreign.stream().noneMatch(text::contains))
                        .map(text -> type.getSimpleName() + ": " + text))
                .toList();

        assertThat(flags).isEmpty();
        assertThat(StringConstants.of(classFile(CLASSES.get(Main.class)))).contains("--stacktrace");
    }

    private static InputStream classFile(JavaClass type) {
        return Main.class.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class");
    }

    @Test
    void onlyTheCommandLineUsesTheTerminal() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.touchstone.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "org.jline..", "me.tongfei..")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
