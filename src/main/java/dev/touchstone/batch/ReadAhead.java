package dev.touchstone.batch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Supplier;

/** Results in the order of the rows, of which several are in progress. */
final class ReadAhead<A, B> implements Iterator<B> {
    private final Iterator<A> rows;
    private final int most;
    private final Function<A, Supplier<B>> begin;
    private final Deque<Supplier<B>> inProgress = new ArrayDeque<>();

    /**
     * @param most how many rows are in progress at the same time
     * @param begin begins with a row, and returns what waits for its result
     */
    ReadAhead(Iterator<A> rows, int most, Function<A, Supplier<B>> begin) {
        this.rows = rows;
        this.most = most;
        this.begin = begin;
    }

    @Override
    public boolean hasNext() {
        return !inProgress.isEmpty() || rows.hasNext();
    }

    @Override
    public B next() {
        while (inProgress.size() < most && rows.hasNext()) {
            inProgress.add(begin.apply(rows.next()));
        }
        return inProgress.remove().get();
    }
}
