package dev.touchstone.serving;

import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Sequence;
import dev.touchstone.model.KvCache;
import dev.touchstone.serving.PrefixCache.Block;
import dev.touchstone.serving.Request.Wanted;
import dev.touchstone.tokenizer.Tokenizer;

/** A request in progress. Only {@link #cancel} may be called from any thread. */
final class Task implements Ticket {
    private final Request request;
    private final Listener listener;
    private final Sequence sequence;
    private volatile boolean cancelled;

    /** The number of the request, by arrival. */
    private long number;
    /** The number of the request among those that began to run, so the youngest has the highest; -1 before it began. */
    private long order = -1;

    /** The keys and values of the window's first tokens; null while the task waits. */
    private KvCache cache;
    /** How many of the sequence's tokens were dropped before the window that {@link #cache} is for. */
    private int dropped;
    /** The last of the cache's blocks that are in the prefix cache, and the number of these blocks. */
    private Block lastBlock;

    private int blocks;
    /** How many prompt tokens the listener has got the outputs of. */
    private int reported;

    Task(Request request, Listener listener, Tokenizer tokenizer) {
        this.request = request;
        this.listener = listener;
        this.sequence = new Sequence(0, request.prompt(), request.settings(), tokenizer);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    String client() {
        return request.client();
    }

    Listener listener() {
        return listener;
    }

    int promptLength() {
        return request.prompt().length;
    }

    long number() {
        return number;
    }

    void arrive(long number) {
        this.number = number;
    }

    long order() {
        return order;
    }

    void begin(long order) {
        this.order = order;
    }

    /** The tokens that the model reads to compute the next one. (at most positions) */
    int[] window() {
        return sequence.window();
    }

    /** How many tokens {@link #window} has. */
    int windowLength() {
        return request.settings().window().size(length());
    }

    /** How many of them are not in the cache. */
    int remaining() {
        return windowLength() - cache.length();
    }

    KvCache cache() {
        return cache;
    }

    /** Begins the window with an empty cache. */
    void open(KvCache cache) {
        this.cache = cache;
        dropped = length() - windowLength();
        lastBlock = null;
        blocks = 0;
    }

    /** Whether the window has moved, so that the cached tokens have other positions now. */
    boolean hasSlid() {
        return dropped != length() - windowLength();
    }

    private int length() {
        return promptLength() + sequence.made();
    }

    /** Gives all pages back. */
    void close() {
        if (cache != null) {
            cache.release();
            cache = null;
        }
    }

    Block lastBlock() {
        return lastBlock;
    }

    int blocks() {
        return blocks;
    }

    /** Notes that one more block of the cache is in the prefix cache. */
    void addBlock(Block block) {
        lastBlock = block;
        blocks++;
    }

    /** Whether outputs of the prompt are still to be computed. */
    boolean needsPromptOutputs() {
        return request.wanted() != Wanted.TOKENS && reported < promptLength();
    }

    Wanted wanted() {
        return request.wanted();
    }

    /** How many tokens need not be computed if they are in the prefix cache. */
    int skippable() {
        return needsPromptOutputs() ? reported : Integer.MAX_VALUE;
    }

    /** How many prompt tokens the listener has got the outputs of. */
    int reported() {
        return reported;
    }

    /** Passes the wanted output of the next prompt token on. (V) or (C) */
    void report(float[] output) {
        int position = reported++;
        if (request.wanted() == Wanted.PROMPT_LOGITS) {
            listener.onPromptLogits(position, output);
        } else {
            listener.onHiddenState(position, output);
        }
    }

    /** Whether a token is to be chosen. */
    boolean needsToken() {
        return !sequence.finished();
    }

    /** Whether tokens are sampled, which takes much longer than to choose the most likely one. */
    boolean samples() {
        return request.settings().sampler() != Sampler.GREEDY;
    }

    /** Chooses the next token. (V) */
    Sequence.Choice choose(float[] logits) {
        return sequence.choose(logits);
    }

    /** Appends the next token, and passes it on. */
    void append(Sequence.Choice choice) {
        sequence.append(choice, listener::onStep);
    }

    /** Whether nothing is left to compute. */
    boolean isComplete() {
        return sequence.finished() && !needsPromptOutputs();
    }

    Generation result() {
        return sequence.result();
    }
}
