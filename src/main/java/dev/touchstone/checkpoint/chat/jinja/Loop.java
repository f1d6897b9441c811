package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.python.Call;
import dev.touchstone.checkpoint.chat.jinja.python.Equality;
import dev.touchstone.checkpoint.chat.jinja.python.Function;
import dev.touchstone.checkpoint.chat.jinja.python.Generator;
import dev.touchstone.checkpoint.chat.jinja.python.Missing;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.Sized;
import dev.touchstone.checkpoint.chat.jinja.python.Tuple;
import dev.touchstone.checkpoint.chat.jinja.python.Undefined;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;

/** The variable {@code loop}: which element a loop is at. It looks one element ahead only if it is asked to. */
final class Loop implements Function, Sized, Iterator<Object> {
    private final int depth;
    private final UnaryOperator<Object> recursion;
    private Iterator<Object> elements;
    private int length;
    private int index = -1;
    private Object previous = Missing.MISSING;
    private Object current = Missing.MISSING;
    private Object next = Missing.MISSING;
    private Object changed = Missing.MISSING;

    /** @param recursion what the loop makes of other elements, or null if it is not recursive */
    Loop(Object iterable, int depth, UnaryOperator<Object> recursion) {
        this.elements = Values.iterate(iterable);
        this.length = Values.hasLength(iterable) ? Values.length(iterable) : -1;
        this.depth = depth;
        this.recursion = recursion;
    }

    @Override
    public boolean hasNext() {
        if (next == Missing.MISSING && elements.hasNext()) {
            next = elements.next();
        }
        return next != Missing.MISSING;
    }

    @Override
    public Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        previous = current;
        current = next;
        next = Missing.MISSING;
        index++;
        return current;
    }

    /** Of a generator it takes all elements out first. */
    @Override
    public int length() {
        if (length < 0) {
            List<Object> rest = Values.list(new Generator("", elements));
            length = rest.size() + index + (next == Missing.MISSING ? 1 : 2);
            elements = rest.iterator();
        }
        return length;
    }

    @Override
    public Object attribute(String name) {
        return switch (name) {
            case "index" -> integer(index + 1);
            case "index0" -> integer(index);
            case "revindex" -> integer(length() - index);
            case "revindex0" -> integer(length() - index - 1);
            case "first" -> index == 0;
            case "last" -> !hasNext();
            case "length" -> integer(length());
            case "depth" -> integer(depth + 1);
            case "depth0" -> integer(depth);
            case "previtem" -> index == 0 ? Undefined.because("there is no previous item") : previous;
            case "nextitem" -> hasNext() ? next : Undefined.because("there is no next item");
            case "cycle" -> (Function) this::cycle;
            case "changed" -> (Function) this::changed;
            default -> Missing.MISSING;
        };
    }

    private static BigInteger integer(int value) {
        return BigInteger.valueOf(value);
    }

    private Object cycle(Call call) {
        positionalOnly(call);
        if (call.positional().isEmpty()) {
            throw new PythonError("no items for cycling given");
        }
        return call.positional().get(Math.floorMod(index, call.positional().size()));
    }

    private Object changed(Call call) {
        positionalOnly(call);
        Tuple values = Tuple.of(call.positional());
        boolean different = !Equality.equal(changed, values);
        changed = different ? values : changed;
        return different;
    }

    private static void positionalOnly(Call call) {
        if (!call.named().isEmpty()) {
            throw new PythonError("the methods of loop take no keyword arguments");
        }
    }

    /** {@code loop(elements)} in a recursive loop. */
    @Override
    public Object call(Call call) {
        if (recursion == null) {
            throw new PythonError("The loop must have the 'recursive' marker to be called recursively.");
        }
        if (call.positional().size() != 1 || !call.named().isEmpty()) {
            throw new PythonError("loop() takes one argument");
        }
        return recursion.apply(call.positional().get(0));
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public String repr() {
        return "<LoopContext " + (index + 1) + "/" + length() + ">";
    }
}
