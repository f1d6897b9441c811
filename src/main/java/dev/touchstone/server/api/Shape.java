package dev.touchstone.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.server.api.Choice.Delta;
import java.util.List;

/** How an endpoint writes the choices of its answers. */
interface Shape {
    /** The beginning of ids. */
    String prefix();

    /** The field {@code object} of an answer, or of a chunk. */
    String object(boolean chunk);

    /** The choice of the first chunk; null if there is none before the text. */
    ObjectNode opening(int index);

    /** The choices of the chunks for what is new. */
    List<ObjectNode> chunks(int index, Delta delta, String callPrefix, Choice choice);

    /** The choice of the last chunk. */
    ObjectNode closing(int index, String finishReason);

    /** The whole choice. */
    ObjectNode whole(int index, List<Delta> deltas, String callPrefix, Choice choice);
}
