package dev.touchstone.kernels;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The parts of the vector code that get warm by themselves, see {@link WarmUp}. Each knows a little work that takes the
 * way of a model through it.
 */
enum VectorPart {
    TILES(room -> VectorTiles.add(VectorTiles.ROWS, room.x, 0, room.panel, 0, ScalarKernels.BLOCK, room.y, 0)),
    SOFTMAX(room -> VectorRows.softmax(room.x, 0, WarmUp.Room.WIDTH, room.y, 0)),
    ELEMENTS(room -> {
        VectorElements.add(room.x, 0, room.x, 0, room.y, 0, WarmUp.Room.WIDTH);
        VectorElements.multiply(room.tensor, room.tensor, room.result, 0, WarmUp.Room.WIDTH);
        VectorElements.scale(room.x, 0, 1, room.y, 0, WarmUp.Room.WIDTH);
        VectorElements.addScaled(1, room.x, 0, room.y, 0, WarmUp.Room.WIDTH);
    }),
    STREAM(room -> VectorTiles.add(1, room.x, 0, room.panel, 0, ScalarKernels.BLOCK, room.y, 0)),
    STREAM_BFLOAT16(room -> room.kernels.linear(room.row, room.bfloat16, null)),
    WIDEN_BFLOAT16(room -> VectorWiden.floats(room.bfloat16, 0, WarmUp.Room.WIDTH, room.y)),
    WIDEN_FLOAT16(room -> VectorWiden.floats(room.float16, 0, WarmUp.Room.WIDTH, room.y)),
    SOFT_CAP(room -> VectorElements.softCap(room.x, 1, room.y, 0, WarmUp.Room.WIDTH)),
    RELU(room -> room.activate(Activation.RELU)),
    GELU(room -> room.activate(Activation.GELU)),
    GELU_NEW(room -> room.activate(Activation.GELU_NEW)),
    SILU(room -> room.activate(Activation.SILU));

    private final Consumer<WarmUp.Room> work;
    private final AtomicBoolean wanted = new AtomicBoolean();
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

    /** Whether the vector code is to be used; if not, plain loops, which is the wish that it get warm. */
    boolean isWarm() {
        return warm || WarmUp.usesColdVectors(this);
    }

    static void setAllWarm(boolean warm) {
        for (VectorPart part : values()) {
            part.warm = warm;
        }
    }

    void setWarm() {
        warm = true;
    }

    /** True for the first who wants it. */
    boolean isNewWish() {
        return wanted.compareAndSet(false, true);
    }

    void work(WarmUp.Room room) {
        work.accept(room);
    }
}
