package dev.touchstone.kernels;

import dev.touchstone.tensor.KeyValuePages;
import dev.touchstone.tensor.Matrix;
import dev.touchstone.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The operations of {@link ScalarKernels}, bit for bit, with the Vector API and several threads. Lanes and threads divide the
 * outputs of an operation, never a sum. A matrix product multiplies {@link VectorTiles#ROWS} rows of activations at a time;
 * results of the rows that are missing in the last tile are not used. Several threads may call an instance.
 */
public final class VectorKernels implements Kernels {
    /** Multiply-adds, or as much other work, below which waking another thread costs more than it saves. */
    private static final int GRAIN = 1 << 15;
    /** More parts than threads, because parts differ in length and threads in speed. */
    private static final int PARTS_PER_THREAD = 8;

    /** For what has no vector loops. */
    private static final Loops PLAIN = new PlainLoops();

    private final WorkerPool pool;
    private final LoopSelector selector;
    private final PanelProduct product;
    /** Null if arrays are not reused. */
    private final Workspace workspace;

    /** @param threads how many threads compute, the caller included */
    public VectorKernels(int threads, VectorUse use) {
        this(threads, selector(new PlainLoops(), new VectorLoops(), use));
    }

    VectorKernels(int threads, LoopSelector selector) {
        this(new WorkerPool(threads), selector, new PanelProduct(selector), null);
    }

    private VectorKernels(WorkerPool pool, LoopSelector selector, PanelProduct product, Workspace workspace) {
        this.pool = pool;
        this.selector = selector;
        this.product = product;
        this.workspace = workspace;
    }

    static LoopSelector selector(Loops plain, Loops vector, VectorUse use) {
        return switch (use) {
            case ALWAYS -> (kind, elements) -> vector;
            case NEVER -> (kind, elements) -> plain;
            case ONCE_COMPILED -> WarmUp.start(plain, vector, System::nanoTime);
        };
    }

    @Override
    public Kernels forBlocks() {
        return forBlocks(Workspace.create());
    }

    Kernels forBlocks(Workspace memory) {
        return new VectorKernels(pool, selector, product, memory);
    }

    @Override
    public void blockIsDone() {
        if (workspace != null) {
            workspace.blockIsDone();
        }
    }

    private Tensor tensor(int... shape) {
        return workspace == null ? Tensor.zeros(shape) : workspace.take(shape);
    }

    /** The width of a vector, in bits. */
    static int bits() {
        return VectorTiles.SPECIES.vectorBitSize();
    }

    /** Ends the worker threads and the warm-up. Does nothing if these are kernels for blocks, which share both. */
    @Override
    public void close() {
        if (workspace == null) {
            selector.close();
            pool.close();
        }
    }

    /** Loops of float32 weights are warmed for all models. */
    @Override
    public void expect(Matrix weight) {
        if (weight.type() != Matrix.Type.FLOAT32) {
            int elements = (int) Math.min(Integer.MAX_VALUE, (long) weight.inputs() * weight.outputs());
            loops(LoopKind.widening(weight), elements);
            loops(LoopKind.row(weight), elements);
        }
    }

    @Override
    public Tensor embed(int[] ids, Matrix table) {
        Tensor y = tensor(ids.length, table.inputs());
        split(ids.length, table.inputs(), (from, to) -> ScalarKernels.embed(ids, table, y, from, to));
        return y;
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        Tensor y = tensor(a.shape());
        split(
                y.size(),
                1,
                (from, to) -> loops(LoopKind.ELEMENTS, to - from)
                        .add(a.data(), from, b.data(), from, y.data(), from, to - from));
        return y;
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        Tensor y = tensor(a.shape());
        split(
                y.size(),
                1,
                (from, to) -> loops(LoopKind.ELEMENTS, to - from)
                        .multiply(a.data(), from, b.data(), from, y.data(), from, to - from));
        return y;
    }

    @Override
    public Tensor scale(Tensor x, float factor) {
        Tensor y = tensor(x.shape());
        split(
                y.size(),
                1,
                (from, to) ->
                        loops(LoopKind.ELEMENTS, to - from).scale(x.data(), from, factor, y.data(), from, to - from));
        return y;
    }

    @Override
    public Tensor clamp(Tensor x, float low, float high) {
        Tensor y = tensor(x.shape());
        split(y.size(), 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                y.data()[i] = Math.min(Math.max(x.data()[i], low), high);
            }
        });
        return y;
    }

    @Override
    public Tensor softCap(Tensor x, float cap) {
        Tensor y = tensor(x.shape());
        split(
                y.size(),
                16,
                (from, to) ->
                        loops(LoopKind.SOFT_CAP, to - from).softCap(x.data(), from, cap, y.data(), from, to - from));
        return y;
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        Tensor y = tensor(x.shape());
        split(
                y.size(),
                16,
                (from, to) -> LoopKind.of(activation)
                        .map(kind -> loops(kind, to - from))
                        .orElse(PLAIN)
                        .activate(activation, x.data(), from, y.data(), from, to - from));
        return y;
    }

    /** Scalar loops on all threads: rotation is a small part of a pass. */
    @Override
    public Tensor rotate(Tensor x, Tensor angles, int headSize, RotaryLayout layout) {
        Tensor y = tensor(x.shape());
        int heads = x.size(-1) / headSize;
        split(x.rows() * heads, 2 * headSize, (from, to) -> {
            for (int i = from; i < to; i++) {
                ScalarKernels.rotate(x.data(), i * headSize, headSize, angles, i / heads, layout, y.data());
            }
        });
        return y;
    }

    @Override
    public Tensor layerNorm(Tensor x, float[] gain, float[] bias, double epsilon) {
        Tensor y = tensor(x.shape());
        int channels = x.size(-1);
        split(x.rows(), 8 * channels, (from, to) -> Norms.layerNorm(x, from, to, gain, bias, epsilon, y));
        return y;
    }

    @Override
    public Tensor rmsNorm(Tensor x, float[] gain, float gainOffset, double epsilon) {
        Tensor y = tensor(x.shape());
        int channels = gain.length;
        split(
                x.size() / channels,
                4 * channels,
                (from, to) -> Norms.rmsNorm(x, from, to, gain, gainOffset, epsilon, y));
        return y;
    }

    @Override
    public Tensor softmax(Tensor scores) {
        Tensor y = tensor(scores.shape());
        int positions = scores.size(-1);
        split(scores.rows(), 16 * positions, (from, to) -> {
            for (int row = from; row < to; row++) {
                loops(LoopKind.SOFTMAX, positions)
                        .softmax(scores.data(), row * positions, y.data(), row * positions, positions);
            }
        });
        return y;
    }

    @Override
    public Tensor linear(Tensor x, Matrix weight, float[] bias) {
        Tensor y = tensor(x.rows(), weight.outputs());
        PackedRows packed = pack(x);
        int panels = Matrix.panels(weight.outputs());
        run(panels, (long) x.size() * weight.outputs(), panel -> product.multiply(packed, weight, panel, bias, y));
        return y;
    }

    private PackedRows pack(Tensor x) {
        PackedRows packed = PackedRows.of(x, VectorTiles.ROWS, workspace == null ? float[]::new : workspace::scratch);
        if (packed.height() > 1) {
            run(packed.tiles(), x.size(), tile -> packed.fill(x, tile));
        }
        return packed;
    }

    private Loops loops(LoopKind kind, int elements) {
        return selector.loops(kind, elements);
    }

    @Override
    public Tensor columns(Tensor x, int from, int width, int step) {
        Tensor y = tensor(x.rows(), x.size(-1) / step * width);
        split(x.rows(), y.size(-1), (first, end) -> ScalarKernels.columns(x, from, width, step, y, first, end));
        return y;
    }

    @Override
    public void append(Tensor k, Tensor v, int from, int to, KeyValuePages cache) {
        cache.extend(to - from);
        long work = 4L * (to - from) * cache.shape().keySize();
        split(cache.shape().heads(), work, (head, end) -> cache.putLast(k, v, from, to, head, end));
    }

    @Override
    public Tensor scores(Tensor q, KeyValuePages cache, Scoring scoring) {
        int queries = q.rows();
        int positions = cache.length();
        Tensor y = tensor(q.size(-1) / cache.shape().keySize(), queries, positions);
        Arrays.fill(y.data(), Float.NEGATIVE_INFINITY);
        groups(y.size(0), queries, cache, scoring, (attention, head, first) -> {
            int at = (head * queries + first) * positions;
            attention.scores(q.data(), head, first, y.data(), at + attention.start(first), positions);
            for (int r = 0; r < attention.rows(first); r++) {
                int row = at + r * positions;
                int start = row + attention.start(first);
                Arrays.fill(y.data(), start, row + attention.first(first + r), Float.NEGATIVE_INFINITY);
            }
        });
        return y;
    }

    @Override
    public Tensor weightedSum(Tensor probs, KeyValuePages cache, Scoring scoring) {
        int queries = probs.size(1);
        int positions = probs.size(2);
        Tensor y = tensor(queries, probs.size(0) * cache.shape().valueSize());
        groups(probs.size(0), queries, cache, scoring, (attention, head, first) -> {
            int at = (head * queries + first) * positions + attention.start(first);
            attention.weightedSum(probs.data(), at, positions, head, first, y.data());
        });
        return y;
    }

    @Override
    public Tensor attend(Tensor q, KeyValuePages cache, Scoring scoring) {
        if (!scoring.sinks().isEmpty()) {
            return Kernels.super.attend(q, cache, scoring);
        }
        int heads = q.size(-1) / cache.shape().keySize();
        Tensor y = tensor(q.rows(), heads * cache.shape().valueSize());
        groups(
                heads,
                q.rows(),
                cache,
                scoring,
                (attention, head, first) -> attention.attend(q.data(), head, first, y.data()));
        return y;
    }

    @FunctionalInterface
    private interface GroupOfQueries {
        void accept(VectorAttention attention, int head, int first);
    }

    /** Runs {@code group} for every group of queries of every head. */
    private void groups(int heads, int queries, KeyValuePages cache, Scoring scoring, GroupOfQueries group) {
        int size = VectorAttention.groupSize(queries);
        int groups = (queries + size - 1) / size;
        split(heads * groups, 2L * size * cache.length() * cache.shape().keySize(), (from, to) -> {
            VectorAttention attention = new VectorAttention(selector, cache, scoring, heads, queries);
            for (int i = from; i < to; i++) {
                group.accept(attention, i / groups, i % groups * size);
            }
        });
    }

    @FunctionalInterface
    private interface Range {
        void accept(int from, int to);
    }

    /**
     * Runs {@code range} on parts of {@code 0} to {@code n} (exclusive), on several threads if there is enough work.
     *
     * @param work multiply-adds, or as much other work, of each of the {@code n}
     */
    private void split(int n, long work, Range range) {
        int parts = (int) Math.min(Math.min(n, PARTS_PER_THREAD * pool.threads()), 1 + n * work / GRAIN);
        pool.run(parts, i -> range.accept((int) ((long) n * i / parts), (int) ((long) n * (i + 1) / parts)));
    }

    /** Runs {@code part} for {@code 0} to {@code parts} (exclusive), on several threads if there is enough work in all. */
    private void run(int parts, long work, IntConsumer part) {
        if (work >= GRAIN) {
            pool.run(parts, part);
        } else {
            for (int i = 0; i < parts; i++) {
                part.accept(i);
            }
        }
    }
}
