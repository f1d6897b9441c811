package dev.touchstone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
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
import dev.touchstone.cli.Main;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Dependencies run one way, and each kind of knowledge has one home. */
class ArchitectureTest {
    /** From top to bottom. */
    private static final List<String> LAYERS =
            List.of("cli", "explain", "parity", "generation", "checkpoint", "tokenizer", "model", "kernels", "tensor");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void dependenciesRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy("dev.touchstone.cli..")
                .layer("explain")
                .definedBy("dev.touchstone.explain..")
                .layer("parity")
                .definedBy("dev.touchstone.parity..")
                .layer("generation")
                .definedBy("dev.touchstone.generation..")
                .layer("checkpoint")
                .definedBy("dev.touchstone.checkpoint..")
                .layer("tokenizer")
                .definedBy("dev.touchstone.tokenizer..")
                .layer("model")
                .definedBy("dev.touchstone.model..")
                .layer("kernels")
                .definedBy("dev.touchstone.kernels..")
                .layer("tensor")
                .definedBy("dev.touchstone.tensor..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("explain")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("parity")
                .mayOnlyBeAccessedByLayers("cli", "explain")
                .whereLayer("generation")
                .mayOnlyBeAccessedByLayers("cli", "explain", "parity")
                .whereLayer("checkpoint")
                .mayOnlyBeAccessedByLayers("cli", "explain", "parity")
                .whereLayer("tokenizer")
                .mayNotAccessAnyLayer()
                .whereLayer("model")
                .mayOnlyAccessLayers("kernels", "tensor")
                .whereLayer("kernels")
                .mayOnlyAccessLayers("tensor")
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .check(CLASSES);
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> packages = CLASSES.stream()
                .map(type -> type.getPackageName().replaceFirst("dev\\.touchstone\\.?", ""))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(LAYERS).containsAll(packages);
        assertThat(packages).hasSizeGreaterThanOrEqualTo(7);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.touchstone.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingIsNative() {
        noMethods().should().haveModifier(JavaModifier.NATIVE).check(CLASSES);
    }

    /** Where the compiler does not inline such a method, each vector that goes in or out becomes an object. */
    @Test
    void vectorsStayInsideOneMethod() {
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

    @Test
    void onlyMainEndsTheProcess() {
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
    void theEngineKnowsNeitherFilesNorJson() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.touchstone.tokenizer..",
                        "dev.touchstone.model..",
                        "dev.touchstone.kernels..",
                        "dev.touchstone.tensor..",
                        "dev.touchstone.generation..")
                .should()
                .dependOnClassesThat(resideInAPackage("com.fasterxml.."))
                .orShould()
                .dependOnClassesThat(resideInAPackage("java.nio.file.."))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineKnowsHowToTalk() {
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
