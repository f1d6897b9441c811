package dev.touchstone.generation;

import dev.touchstone.tokenizer.StreamingDecoder;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The state of one generation: its ids so far, its random numbers, its text, and whether it has ended. It contains all that the
 * next token depends on besides the logits.
 */
public final class Sequence {
    private final int number;
    private final int[] prompt;
    private final Settings settings;
    private final RandomGenerator random;
    private final StreamingDecoder decoder;
    private final StopStrings stops;
    private final StringBuilder text = new StringBuilder();
    private int[] ids;
    private FinishReason finishReason;

    /**
     * @param number the index of the sequence in its batch, for {@link Step#sequence}
     * @throws dev.touchstone.util.TouchstoneException if the text would not fit into the context, see {@link Window#check}
     */
    public Sequence(int number, int[] prompt, Settings settings, Tokenizer tokenizer) {
        this.number = number;
        this.prompt = prompt.clone();
        this.settings = settings;
        this.random =
                new SplittableRandom(settings.seed()); // unlike Random, it gives unrelated numbers for similar seeds
        this.decoder = tokenizer.stream();
        this.stops = new StopStrings(settings.stopStrings());
        this.ids = this.prompt;
        settings.window().check(prompt.length, settings.maxNewTokens());
        this.finishReason = settings.maxNewTokens() == 0 ? FinishReason.LENGTH : null;
    }

    /** The ids for the next forward pass: those in the context window. */
    public int[] window() {
        return settings.window().of(ids);
    }

    int[] ids() {
        return ids;
    }

    RandomGenerator random() {
        return random;
    }

    /** The number of new tokens. */
    public int made() {
        return ids.length - prompt.length;
    }

    /** Whether the text has ended. */
    public boolean finished() {
        return finishReason != null;
    }

    /**
     * A token that was chosen.
     *
     * @param logits of the model. (V)
     * @param scores by which it was chosen: the logits after the processors. (V)
     */
    public record Choice(int id, float[] logits, float[] scores) {}

    /** Chooses the next token by the logits, and takes random numbers for it. Follow with {@link #append}. (V) */
    public Choice choose(float[] logits) {
        float[] scores = settings.process(ids, logits);
        return new Choice(settings.sampler().pick(scores, random), logits, scores);
    }

    /**
     * Appends the next token.
     *
     * @param watcher receives the token
     */
    public void append(Choice choice, Consumer<Step> watcher) {
        append(choice.id, choice.logits, choice.scores, watcher);
    }

    /**
     * Chooses the next token by the logits and appends it. (V)
     *
     * @param watcher receives the token
     */
    public void pick(float[] logits, Consumer<Step> watcher) {
        append(choose(logits), watcher);
    }

    /** Appends a token that was chosen by {@code scores}, and ends the sequence if the token is the last. */
    void append(int id, float[] logits, float[] scores, Consumer<Step> watcher) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        String printable = "";
        if (settings.eosIds().contains(id)) {
            finishReason = FinishReason.EOS;
        } else {
            printable = stops.feed(decoder.add(id));
            if (!stops.stopped() && made() == settings.maxNewTokens()) {
                finishReason = FinishReason.LENGTH;
            }
        }
        if (finished()) {
            printable += stops.feed(decoder.flush()) + stops.flush();
        }
        if (stops.stopped()) {
            finishReason = FinishReason.STOP;
        }
        text.append(printable);
        watcher.accept(new Step(number, made() - 1, id, logits, scores, printable));
    }

    /** The text so far: {@link FinishReason#CANCELLED} if it has not ended. */
    public Generation result() {
        int[] made = Arrays.copyOfRange(ids, prompt.length, ids.length);
        FinishReason reason = finished() ? finishReason : FinishReason.CANCELLED;
        return new Generation(prompt, made, text.toString(), reason);
    }
}
