package dev.touchstone.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.model.taps.Tap;
import dev.touchstone.model.taps.TapMap;
import dev.touchstone.parity.Fixture;
import dev.touchstone.parity.Goldens;
import dev.touchstone.parity.Parity;
import dev.touchstone.parity.errors.Reference;
import dev.touchstone.support.Fixtures;
import dev.touchstone.support.RunsBesideOthers;
import dev.touchstone.tensor.Tensor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The diagnosis of a bug does not depend on the names of modules. */
@RunsBesideOthers
class RenamedFamilyTest {
    @TestFactory
    Stream<DynamicTest> theDiagnosisIsTheSameWithOtherNames() {
        return ForwardZooTest.all()
                .filter(bug -> !bug.isEquivalent())
                .map(bug -> DynamicTest.dynamicTest(bug.fixture() + " " + bug, () -> check(bug)));
    }

    private static void check(ForwardBug bug) {
        Fixture fixture = Fixtures.named(bug.fixture());
        Transformer model = Fixtures.model(fixture).transformer();
        Renaming renaming = Renaming.of(model);
        Parity.Engine bugged = bug.plant().into(model);
        try (Goldens goldens = new Goldens(ForwardZooTest.longest(fixture))) {
            Reference reference = bug.warm() ? new SecondHalf(goldens) : goldens;

            Finding finding = ForwardZooTest.finding(bug);
            Finding renamed = Finding.of(
                    (ids, trace) -> bugged.forward(ids, renaming.of(trace)),
                    TapMap.of(renaming.renamed),
                    renaming.of(reference));

            assertThat(renamed.tap()).isEqualTo(renaming.name(finding.tap()));
            assertThat(renamed.clues())
                    .isEqualTo(finding.clues().stream().map(renaming::text).toList());
        }
    }

    /**
     * The same model with other module names, which have no dots, no digits, and no words of the old names.
     *
     * @param names the new name of each tap
     */
    private record Renaming(Transformer renamed, Map<String, String> names) {
        static Renaming of(Transformer model) {
            Map<String, String> modules = new HashMap<>();
            Transformer renamed = Surgery.each(
                    model, String.class, name -> modules.computeIfAbsent(name, key -> spelled(modules.size())));
            List<Tap> old = TapMap.of(model).taps();
            List<Tap> other = TapMap.of(renamed).taps();
            Map<String, String> names = new LinkedHashMap<>();
            for (int i = 0; i < old.size(); i++) {
                names.put(old.get(i).name(), other.get(i).name());
            }
            return new Renaming(renamed, names);
        }

        private static String spelled(int number) {
            return "z" + (char) ('A' + number / 26) + (char) ('a' + number % 26);
        }

        String name(String tap) {
            return names.getOrDefault(tap, tap);
        }

        /** A text with every tap renamed. The name of Llama 4's last norm is also a word of the texts. */
        String text(String clue) {
            String longestFirst = names.keySet().stream()
                    .filter(name -> !name.equals("norm"))
                    .sorted(Comparator.comparing(String::length).reversed())
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|", "(?<![\\w.])(", ")(?![\\w.])"));
            return Pattern.compile(longestFirst)
                    .matcher(clue)
                    .replaceAll(match -> Matcher.quoteReplacement(name(match.group())));
        }

        Trace of(Trace trace) {
            return new Trace() {
                @Override
                public void see(String name, Tensor value) {
                    of(name, value);
                }

                @Override
                public Tensor of(String name, Tensor value) {
                    return trace.of(name(name), value);
                }
            };
        }

        Reference of(Reference reference) {
            Map<String, String> old =
                    names.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
            return new Reference() {
                @Override
                public int[] ids() {
                    return reference.ids();
                }

                @Override
                public List<String> taps() {
                    return reference.taps().stream().map(names::get).toList();
                }

                @Override
                public int[] shape(String tap) {
                    return reference.shape(old.get(tap));
                }

                @Override
                public double[] float64(String tap) {
                    return reference.float64(old.get(tap));
                }

                @Override
                public float[] float32(String tap) {
                    return reference.float32(old.get(tap));
                }
            };
        }
    }
}
