package dev.touchstone.kernels;

import dev.touchstone.tensor.HalfPrecision;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Quantization;
import dev.touchstone.tensor.Quantization.Table;
import dev.touchstone.tensor.QuantizedBlock;
import dev.touchstone.tensor.Tensor;
import java.util.List;
import java.util.Random;

/**
 * A matrix of random quantised weights, and the same weights in float32, computed by the formula.
 *
 * @param wide one row for each output. (O, I)
 */
public record QuantizedWeights(Matrix matrix, Tensor wide) {
    /** All combinations of planes, scales and minima that types of GGUF have, with their smallest blocks. */
    public static final List<Quantization> ALL = List.of(
            Quantization.of(32, 32, 8, 0),
            Quantization.of(32, 32, 4, 0),
            Quantization.of(32, 32, 4, 0).withMinima(),
            Quantization.of(32, 32, 4, 1),
            Quantization.of(32, 32, 4, 1).withMinima(),
            Quantization.of(32, 32, 4, 0).with(Table.NORMAL),
            Quantization.of(32, 32, 4, 0).with(Table.FLOAT4).withGroupBits(8),
            Quantization.of(256, 16, 2, 0).withMinima().withGroupBits(4),
            Quantization.of(256, 16, 2, 1).withGroupBits(8),
            Quantization.of(256, 32, 4, 0).withMinima().withGroupBits(8),
            Quantization.of(256, 32, 4, 1).withMinima().withGroupBits(8),
            Quantization.of(256, 16, 4, 2).withGroupBits(8),
            Quantization.of(256, 32, 4, 0).with(Table.NORMAL).withGroupBits(8));

    /** @param inputs a multiple of the block */
    public static QuantizedWeights random(Random random, Quantization quantization, int inputs, int outputs) {
        Matrix matrix = Matrix.zeros(quantization, inputs, outputs);
        Tensor wide = Tensor.zeros(outputs, inputs);
        for (int panel = 0; panel < Matrix.panels(outputs); panel++) {
            int count = Math.min(Matrix.PANEL, outputs - panel * Matrix.PANEL);
            for (int input = 0; input < inputs; input += quantization.block()) {
                QuantizedBlock block = random(random, quantization, count);
                matrix.putBlock(panel, input, block);
                for (int column = 0; column < count; column++) {
                    int at = (panel * Matrix.PANEL + column) * inputs + input;
                    for (int i = 0; i < quantization.block(); i++) {
                        wide.data()[at + i] = weight(block, i, QuantizedBlock.place(column));
                    }
                }
            }
        }
        return new QuantizedWeights(matrix, wide);
    }

    private static QuantizedBlock random(Random random, Quantization quantization, int count) {
        QuantizedBlock block = new QuantizedBlock(quantization);
        for (int column = 0; column < count; column++) {
            int place = QuantizedBlock.place(column);
            block.factors()[place] = number(random);
            block.minimumFactors()[place] = number(random);
            for (int i = 0; i < quantization.block(); i++) {
                int bits = random.nextInt() & (1 << quantization.bits()) - 1;
                block.codes()[i * Matrix.PANEL + place] = (byte) bits;
            }
            for (int group = 0; group < quantization.block() / quantization.group(); group++) {
                boolean small = quantization.groupBits() == 4;
                int at = group * Matrix.PANEL + place;
                block.scales()[at] = (byte) (small ? random.nextInt(16) : random.nextInt(256));
                if (quantization.hasExponents()) {
                    block.scales()[at] =
                            (byte) (random.nextInt(10) == 0 ? random.nextInt(3) : 110 + random.nextInt(20));
                }
                block.minima()[at] = (byte) (small ? random.nextInt(16) : random.nextInt(64));
            }
        }
        return block;
    }

    /** A float16 of the size of real scales, of either sign; some are subnormal or 0. */
    private static short number(Random random) {
        int bits = switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> random.nextInt(0x400);
            default -> 0x400 + random.nextInt(0x2000);
        };
        return (short) (bits | (random.nextInt(4) == 0 ? 0x8000 : 0));
    }

    /** {@code scale q - minimum}, each operation rounded. */
    private static float weight(QuantizedBlock block, int input, int place) {
        Quantization quantization = block.quantization();
        int code = block.codes()[input * Matrix.PANEL + place] & 0xFF;
        int group = input / quantization.group() * Matrix.PANEL + place;
        boolean grouped = quantization.groupBits() > 0;
        float scale = HalfPrecision.fromFloat16(block.factors()[place]) * (grouped ? block.scales()[group] : 1);
        if (quantization.hasExponents()) {
            scale = (float) Math.pow(2, (block.scales()[group] & 0xFF) - 128);
        }
        float minimum =
                HalfPrecision.fromFloat16(block.minimumFactors()[place]) * (grouped ? block.minima()[group] : 1);
        Table table = quantization.table();
        float product = scale * (table != null ? table.value(code) : code - quantization.offset());
        return quantization.hasMinima() ? product - minimum : product;
    }
}
