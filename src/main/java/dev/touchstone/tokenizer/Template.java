package dev.touchstone.tokenizer;

import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.List;

/**
 * TemplateProcessing: one or two texts and special tokens in a fixed order.
 *
 * @param single the template for one text
 * @param pair the template for two; a template before this one in a sequence can have made two
 */
public record Template(List<Item> single, List<Item> pair) implements PostProcessor {
    /**
     * One item.
     *
     * @param ids the ids of a special token; null for a text
     * @param text the index of the text; 0 for a special token
     */
    public record Item(List<Integer> ids, int text) {
        /** A special token. */
        public static Item special(List<Integer> ids) {
            return new Item(ids, 0);
        }

        /** The first text or the second. */
        public static Item text(int index) {
            return new Item(null, index);
        }
    }

    @Override
    public List<int[]> process(List<int[]> parts, boolean addSpecial) {
        if (parts.isEmpty() || parts.size() > 2) {
            throw new TouchstoneException("a template after another one got " + parts.size()
                    + " parts, expected 1 or 2; change the post-processors of the tokenizer");
        }
        List<int[]> processed = new ArrayList<>();
        for (Item item : parts.size() == 1 ? single : pair) {
            if (item.ids == null) {
                processed.add(parts.get(item.text));
            } else if (addSpecial) {
                processed.add(item.ids.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        return processed;
    }
}
