package dev.touchstone.checkpoint.safetensors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.checkpoint.files.ByteSource;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.util.TouchstoneException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid and malicious files lead to an error of one line, quickly and with little memory. */
class HostileSafetensorsTest {
    @TempDir
    private Path folder;

    /** Single quotes stand for the double quotes of JSON. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no brace                     | 8 | nothing                                                                  | the header is not valid JSON at column
            empty header                 | 0 |                                                                          | the header has nothing, expected an object
            a list                       | 0 | []                                                                       | the header has START_ARRAY, expected an object
            cut in a name                | 0 | {'a                                                                      | is not valid JSON
            cut after a tensor           | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}                    | is not valid JSON
            text after the header        | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} x                 | is not valid JSON
            two headers                  | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} {}                | something after its last brace
            not UTF-8                    | 4 | {'ÿ':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                   | the header is not UTF-8
            the same name twice          | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | Duplicate
            the same field twice         | 4 | {'a':{'dtype':'F32','dtype':'I32','shape':[1],'data_offsets':[0,4]}}     | Duplicate
            unknown dtype                | 4 | {'a':{'dtype':'F33','shape':[1],'data_offsets':[0,4]}}                   | a has dtype F33, expected one of [BOOL, F4,
            dtype is a number            | 4 | {'a':{'dtype':32,'shape':[1],'data_offsets':[0,4]}}                      | a.dtype has VALUE_NUMBER_INT, expected a string
            no dtype                     | 4 | {'a':{'shape':[1],'data_offsets':[0,4]}}                                 | a has no dtype, expected one
            no shape                     | 4 | {'a':{'dtype':'F32','data_offsets':[0,4]}}                               | a has no shape, expected one
            no offsets                   | 4 | {'a':{'dtype':'F32','shape':[1]}}                                        | a has no data_offsets, expected one
            a tensor that is a number    | 4 | {'a':4}                                                                  | a has VALUE_NUMBER_INT, expected an object
            metadata that is a number    | 0 | {'__metadata__':{'a':4}}                                                 | __metadata__.a has VALUE_NUMBER_INT, expected a string
            metadata that are a list     | 0 | {'__metadata__':['a']}                                                   | __metadata__ has START_ARRAY, expected an object
            a shape that is a number     | 4 | {'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}                     | a.shape has VALUE_NUMBER_INT, expected a list
            negative size                | 4 | {'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}                  | a.shape has a negative number, -1
            two negative sizes           | 4 | {'a':{'dtype':'F32','shape':[-1,-1],'data_offsets':[0,4]}}               | a.shape has a negative number, -1
            fractional size              | 4 | {'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}                 | a.shape has VALUE_NUMBER_FLOAT, expected whole numbers
            a size of more than 64 bits  | 4 | {'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} | is not valid JSON
            the largest size of all      | 4 | {'a':{'dtype':'U8','shape':[2147483647],'data_offsets':[0,2147483647]}}  | a ends at byte 2147483647 of the data, of which the file has only 4
            the largest product of all   | 4 | {'a':{'dtype':'U8','shape':[2147483647,536870912],'data_offsets':[0,4]}} | a has 4 bytes, expected 1152921504069976064 for shape
            a product that overflows     | 4 | {'a':{'dtype':'F32','shape':[2147483647,2147483647,2147483647],'data_offsets':[0,4]}} | its number of bytes overflows
            a product that wraps to four | 4 | {'a':{'dtype':'I8','shape':[4294967296,4294967297,4],'data_offsets':[0,4]}} | its number of bytes overflows
            more bytes than the shape    | 8 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}                   | a has 8 bytes, expected 4 for shape [1] of F32
            fewer bytes than the shape   | 4 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}                   | a has 4 bytes, expected 8 for shape [2] of F32
            half a byte                  | 1 | {'a':{'dtype':'F4','shape':[3],'data_offsets':[0,1]}}                    | a has 1 bytes, expected
            three offsets                | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}                 | a has data_offsets [0, 4, 8], expected [begin, end]
            offsets backwards            | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}                   | a has data_offsets [4, 0], expected [begin, end]
            negative offset              | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}                  | a.data_offsets has a negative number, -4
            out of range                 | 4 | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}                   | a ends at byte 8 of the data, of which the file has only 4
            far out of range             | 4 | {'a':{'dtype':'U8','shape':[2,2000000000],'data_offsets':[0,4000000000]}} | a ends at byte 4000000000 of the data
            two tensors overlap          | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | b begins at byte 0 of the data, expected 4: tensors may not overlap
            a hole before                | 8 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}                   | a begins at byte 4 of the data, expected 0: tensors may not leave a hole
            bytes behind                 | 9 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                   | has 9 bytes of data, expected 4
            an empty one out of place    | 4 | {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[0],'data_offsets':[2,2]}} | tensors may not overlap
            """)
    void w8_invalidHeadersAreRefusedWithAReason(String name, int dataBytes, String header, String reason) {
        byte[] json = (header == null ? "" : header).replace('\'', '"').getBytes(ISO_8859_1);

        assertRefused(file(json.length, json, dataBytes), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "4611686018427387904, the length of the header is given as 4611686018427387904 bytes",
        "-1, the length of the header is given as 18446744073709551615 bytes",
        "100000001, the length of the header is given as 100000001 bytes",
        "100000000, is truncated: the header is 100000000 bytes long",
        "3, 'is truncated: the header is 3 bytes long, the file has 2 after its length'",
    })
    void w8_anImpossibleHeaderLengthIsRefusedBeforeAllocation(long length, String reason) {
        assertRefused(file(length, new byte[] {'{', '}'}, 0), reason);
    }

    @Test
    void anEmptyFileAndAMissingOneAndAFolderAreRefused() {
        assertRefused(new byte[0], "hostile.safetensors has 0 bytes, too few for a safetensors file");
        assertRefused(new byte[7], "hostile.safetensors has 7 bytes, too few");
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("missing.safetensors")))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("missing.safetensors: no such file");
        assertThatThrownBy(() -> Safetensors.open(folder))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void deepNestingIsRefusedWithoutAStackOverflow() {
        for (String start : new String[] {"{\"a\":{\"b\":", "{\"__metadata__\":{\"a\":", ""}) {
            byte[] json = (start + "[".repeat(100_000)).getBytes(ISO_8859_1);

            assertRefused(file(json.length, json, 0), "hostile.safetensors: ");
        }
    }

    @Test
    void aNameIsShortenedAndHasNoControlCharactersInMessages() {
        byte[] json = ("{\"\\u001b[2J\\n" + "x".repeat(10_000) + "\":4}").getBytes(ISO_8859_1);

        assertThatThrownBy(() -> open(file(json.length, json, 0)))
                .hasMessageStartingWith("hostile.safetensors:  [2J xxxx")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    @Test
    void w8_everyTruncationOfAValidFileIsRefused() throws IOException {
        byte[] good = good();

        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "hostile.safetensors");
        }
    }

    @Test
    void everyFlippedBitOfAHeaderIsRefusedOrReadable() throws IOException {
        byte[] good = good();
        int headerBits = (good.length - 10 * Float.BYTES) * 8;
        int refused = 0;

        for (int bit = 0; bit < headerBits; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            refused += isRefused(flipped) ? 1 : 0;
        }

        // The others changed a letter of a name, or a space.
        assertThat(refused).isGreaterThan(headerBits * 3 / 4);
    }

    @Property(tries = 1000, seed = "3")
    void noiseInAHeaderIsRefusedOrReadable(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int n)
            throws IOException {
        Random random = new Random(seed);
        byte[] noisy = good();
        String alphabet = "{}[]\",:-0123456789eE.\\ \u0000\u00FFF";
        for (int i = 0; i < n; i++) {
            noisy[8 + random.nextInt(noisy.length - 8)] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }

        isRefused(noisy);
    }

    @Property(tries = 500, seed = "4")
    void randomBytesAreRefused(@ForAll byte[] bytes) throws IOException {
        assertThat(isRefused(bytes)).isTrue();
    }

    /** Reads all tensors; any exception except the one for bad input fails the test. */
    private static boolean isRefused(byte[] bytes) throws IOException {
        try (Safetensors file = open(bytes)) {
            for (String name : file.names()) {
                if (file.get(name).dtype().isFloat()) {
                    file.get(name).floats();
                }
            }
            return false;
        } catch (TouchstoneException e) {
            assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(700);
            return true;
        }
    }

    private static void assertRefused(byte[] bytes, String reason) {
        assertThatThrownBy(() -> open(bytes))
                .isInstanceOf(TouchstoneException.class)
                .hasMessageContaining(reason)
                .hasMessageStartingWith("hostile.safetensors")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    private static Safetensors open(byte[] bytes) throws IOException {
        return Safetensors.open("hostile.safetensors", ByteSource.of(bytes));
    }

    private static byte[] file(long headerLength, byte[] header, int dataBytes) {
        return ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header)
                .array();
    }

    private static byte[] good() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SafetensorsWriter()
                .metadata("format", "pt")
                .add("h.0.ln_1.weight", Tensor.zeros(4))
                .add("wte.weight", Tensor.zeros(2, 3))
                .writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }
}
