package dev.touchstone.checkpoint.gguf;

import java.nio.ByteBuffer;

/** Reads elements that are stored one by one. */
@FunctionalInterface
interface PlainFormat {
    /** The element whose bytes, little-endian, begin at index {@code from}. */
    float element(ByteBuffer bytes, int from);
}
