package dev.touchstone.serving;

import dev.touchstone.tensor.KeyValuePage;
import dev.touchstone.tensor.KeyValueShape;
import dev.touchstone.tensor.PageSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded number of pages, each of 64 positions in one layer. A page is used by one or more sequences, only kept by the prefix
 * cache, or free. Its memory is allocated when it is first taken, and used again after that.
 */
final class PagePool implements PageSource {
    private final int capacity;
    /** The memory of free pages that have been used before. */
    private final Deque<Page> spare = new ArrayDeque<>();

    private int used;
    /** Pages that no sequence uses and the prefix cache keeps. */
    private int idle;

    private static final class Page extends KeyValuePage {
        /** How many sequences read or write it. */
        int users;
        /** Whether the prefix cache keeps it. */
        boolean kept;

        Page(KeyValueShape shape) {
            super(shape);
        }
    }

    PagePool(int capacity) {
        this.capacity = capacity;
    }

    int capacity() {
        return capacity;
    }

    /** Pages of sequences. */
    int used() {
        return used;
    }

    /** Pages that only the prefix cache keeps. */
    int idle() {
        return idle;
    }

    /** All other pages. */
    int free() {
        return capacity - used - idle;
    }

    @Override
    public KeyValuePage take(KeyValueShape shape) {
        if (free() == 0) {
            throw new IllegalStateException("all " + capacity + " pages are in use");
        }
        Page page = spare.isEmpty() ? new Page(shape) : spare.pop();
        page.users = 1;
        used++; // last: nothing is counted if there is no memory for a new page
        return page;
    }

    @Override
    public void share(KeyValuePage shared) {
        Page page = (Page) shared;
        if (page.users++ == 0) {
            idle--;
            used++;
        }
    }

    @Override
    public void release(KeyValuePage released) {
        Page page = (Page) released;
        if (--page.users == 0) {
            used--;
            if (page.kept) {
                idle++;
            } else {
                spare.push(page);
            }
        }
    }

    /** Keeps a page, which a sequence uses, for the prefix cache. */
    void keep(KeyValuePage kept) {
        ((Page) kept).kept = true;
    }

    /** Whether only the prefix cache keeps a page. */
    boolean isIdle(KeyValuePage kept) {
        return ((Page) kept).users == 0;
    }

    /** Frees an idle page. */
    void free(KeyValuePage kept) {
        Page page = (Page) kept;
        page.kept = false;
        idle--;
        spare.push(page);
    }
}
