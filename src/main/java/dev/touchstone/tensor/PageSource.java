package dev.touchstone.tensor;

/** Where pages of keys and values come from, and where they return to. */
public interface PageSource {
    /** New memory for each page, which the garbage collector frees. */
    PageSource HEAP = new PageSource() {
        @Override
        public KeyValuePage take(KeyValueShape shape) {
            return new KeyValuePage(shape);
        }

        @Override
        public void share(KeyValuePage page) {}

        @Override
        public void release(KeyValuePage page) {}
    };

    /** A page with arbitrary contents, for one sequence to write to. */
    KeyValuePage take(KeyValueShape shape);

    /** Called when another sequence begins to read a page. From then on nothing is written to it. */
    void share(KeyValuePage page);

    /** Called when a sequence that took or shared a page no longer reads it. */
    void release(KeyValuePage page);
}
