package dev.touchstone.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The parts of the vector code that get warm by themselves, see {@link WarmUp}, those first that a model waits for most.
 * Each knows a little work that takes the way of a model through it.
 */
enum VectorPart {
    TILES(room -> VectorTiles.add(VectorTiles.ROWS, room.x, 0, room.panel, 0, ScalarKernels.BLOCK, room.y, 0)),
    STREAM(room -> VectorTiles.add(1, room.x, 0, room.panel, 0, ScalarKernels.BLOCK, room.y, 0)),
    WIDEN_BFLOAT16(room -> VectorWiden.floats(room.bfloat16, 0, WarmUp.Room.WIDTH, room.y)),
    WIDEN_FLOAT16(room -> VectorWiden.floats(room.float16, 0, WarmUp.Room.WIDTH, room.y)),
    STREAM_BFLOAT16(room -> room.kernels.linear(room.row, room.bfloat16, null)),
    ELEMENTS(room -> {
        VectorElements.add(room.x, 0, room.x, 0, room.y, 0, WarmUp.Room.WIDTH);
        VectorElements.multiply(room.tensor, room.tensor, room.result, 0, WarmUp.Room.WIDTH);
        VectorElements.scale(room.x, 0, 1, room.y, 0, WarmUp.Room.WIDTH);
        VectorElements.addScaled(1, room.x, 0, room.y, 0, WarmUp.Room.WIDTH);
    }),
    SOFTMAX(room -> VectorRows.softmax(room.x, 0, WarmUp.Room.WIDTH, room.y, 0)),
    SOFT_CAP(room -> VectorElements.softCap(room.x, 1, room.y, 0, WarmUp.Room.WIDTH)),
    RELU(room -> room.activate(Activation.RELU)),
    GELU(room -> room.activate(Activation.GELU)),
    GELU_NEW(room -> room.activate(Activation.GELU_NEW)),
    SILU(room -> room.activate(Activation.SILU));

    /** Plain loops take two or three times as long for it as a round takes. */
    private static final int ELEMENTS_FOR_A_ROUND = 1 << 21;

    private final Consumer<WarmUp.Room> work;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final AtomicLong plainElements = new AtomicLong();
    /** Without a warm-up every part is taken as it is. */
    private volatile boolean warm = true;

    VectorPart(Consumer<WarmUp.Room> work) {
        this.work = work;
    }

    static VectorPart of(Activation activation) {
        return switch (activation) {
            case RELU -> RELU;
            case GELU -> GELU;
            case GELU_NEW -> GELU_NEW;
            case SILU -> SILU;
        };
    }

    /** Whether products are made of it, which are nearly all of a model's work. */
    boolean isUrgent() {
        return compareTo(ELEMENTS) < 0;
    }

    /** Whether the vector code is to be used; if not, plain loops, which is the wish that it get warm. */
    boolean isWarm() {
        if (warm || WarmUp.usesColdVectors()) {
            return true;
        }
        wish();
        return false;
    }

    /** The same for a part that is not urgent, where plain loops have {@code elements} to do else. */
    boolean isWarm(int elements) {
        if (warm || WarmUp.usesColdVectors()) {
            return true;
        }
        long before = plainElements.getAndAdd(elements);
        if (before / ELEMENTS_FOR_A_ROUND != (before + elements) / ELEMENTS_FOR_A_ROUND) {
            WarmUp.wish(this);
        }
        return false;
    }

    /** The first round; whoever is urgent gets the next ones by itself. */
    void wish() {
        if (wanted.compareAndSet(false, true)) {
            WarmUp.wish(this);
        }
    }

    static void setAllWarm(boolean warm) {
        for (VectorPart part : values()) {
            part.warm = warm;
        }
    }

    boolean hasBeenWarmed() {
        return warm;
    }

    void setWarm() {
        warm = true;
    }

    void work(WarmUp.Room room) {
        work.accept(room);
    }
}
