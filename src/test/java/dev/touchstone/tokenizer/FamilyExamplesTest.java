package dev.touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;

/** Each family's tokenizer on a fixed sample of the random texts of {@link FamilyTokenizersTest}, encoded and decoded. */
class FamilyExamplesTest {
    private static List<String> texts() {
        RandomGenerator<String> generator = new FamilyTokenizersTest().texts().generator(1000);
        Random random = new Random(1);
        Stream<String> samples = Stream.generate(() -> generator.next(random).value());
        return Stream.concat(Stream.of("", " ", "  a  b ", "the cat", " zyzzyva qqq", "\t\t\t\t1234"), samples)
                .limit(80)
                .toList();
    }

    @Example
    void idsAndTextEqualHuggingFaces() {
        List<String> texts = texts();
        Stream.of(FamilyTokenizers.values()).forEach(family -> compare(family, texts));
    }

    private static void compare(FamilyTokenizers family, List<String> texts) {
        Tokenizer ours = TinyTokenizers.read(family.json); // read again, so that mutations of the reader are found
        for (String text : texts) {
            int[] ids = family.oracle.encode(text);
            String decoded = family.oracle.decode(ids);

            assertThat(ours.encode(text)).as(text).isEqualTo(ids);
            assertThat(ours.encodeTemplated(text)).as(text).isEqualTo(family.oracle.encodeTemplated(text));
            assertThat(ours.decode(ids)).isEqualTo(decoded);
            assertThat(streamed(ours, ids)).isEqualTo(decoded);
        }
    }

    @Example
    void everyTokenDecodesAsInHuggingFace() {
        Stream.of(FamilyTokenizers.values()).forEach(FamilyExamplesTest::compareTokens);
    }

    private static void compareTokens(FamilyTokenizers family) {
        for (int id = 0; id < family.ours.vocabularySize(); id += id < 300 ? 1 : 37) {
            String decoded = family.oracle.decode(id, 65, id);

            assertThat(family.ours.decode(id, 65, id)).isEqualTo(decoded);
            assertThat(streamed(family.ours, id, 65, id)).isEqualTo(decoded);
            assertThat(family.ours.bytes(id)).isNotEmpty();
        }
    }

    private static String streamed(Tokenizer tokenizer, int... ids) {
        StreamingDecoder stream = tokenizer.stream();
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) {
            streamed.append(stream.add(id));
        }
        return streamed + stream.flush();
    }
}
