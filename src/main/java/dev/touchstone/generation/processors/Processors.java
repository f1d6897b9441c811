package dev.touchstone.generation.processors;

import dev.touchstone.util.TouchstoneException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Collects processors in any order and returns them in the order of Hugging Face's {@code _get_logits_processor}. As there, a
 * neutral value adds no processor.
 */
public final class Processors {
    /** Hugging Face's order. Bias and penalty of OpenAI's API are beside their relatives. */
    private enum Place {
        SEQUENCE_BIAS,
        LOGIT_BIAS,
        ENCODER_REPETITION_PENALTY,
        REPETITION_PENALTY,
        OCCURRENCE_PENALTY,
        NO_REPEAT_NGRAM,
        BAD_WORDS,
        MIN_LENGTH,
        FORCED_BOS,
        FORCED_EOS,
        EXPONENTIAL_DECAY,
        SUPPRESS,
        BEGIN_SUPPRESS,
        TEMPERATURE,
        TOP_K,
        TOP_P,
        MIN_P,
        TYPICAL_P;

        /** Whether it only shapes the distribution that tokens are sampled from, and so has no use in greedy decoding. */
        boolean warps() {
            return compareTo(TEMPERATURE) >= 0;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Map<Place, LogitsProcessor> places = new EnumMap<>(Place.class);

    public Processors sequenceBias(Map<List<Integer>, Double> biases) {
        return put(Place.SEQUENCE_BIAS, new SequenceBias(biases), false);
    }

    /** Adds to the scores of single tokens. */
    public Processors logitBias(Map<Integer, Double> biases) {
        return put(Place.LOGIT_BIAS, new LogitBias(biases), biases.isEmpty());
    }

    /** 1 changes nothing. */
    public Processors encoderRepetitionPenalty(double penalty, int[] prompt) {
        return put(Place.ENCODER_REPETITION_PENALTY, new EncoderRepetitionPenalty(penalty, prompt), penalty == 1);
    }

    /** 1 changes nothing. */
    public Processors repetitionPenalty(double penalty) {
        return put(Place.REPETITION_PENALTY, new RepetitionPenalty(penalty), penalty == 1);
    }

    /** OpenAI's penalties of the tokens after a prompt of {@code promptLength} tokens. 0 and 0 change nothing. */
    public Processors occurrencePenalty(double presence, double frequency, int promptLength) {
        return put(
                Place.OCCURRENCE_PENALTY,
                new OccurrencePenalty(presence, frequency, promptLength),
                presence == 0 && frequency == 0);
    }

    /** 0 allows every repetition. */
    public Processors noRepeatNgram(int size) {
        return size == 0 ? without(Place.NO_REPEAT_NGRAM) : put(Place.NO_REPEAT_NGRAM, new NoRepeatNgram(size), false);
    }

    /** A sequence that is a single end-of-text token is left out: such a token is never forbidden. */
    public Processors badWords(List<List<Integer>> sequences, Set<Integer> eosIds) {
        List<List<Integer>> forbidden = sequences.stream()
                .filter(sequence -> sequence.size() != 1 || !eosIds.contains(sequence.get(0)))
                .toList();
        return forbidden.isEmpty()
                ? without(Place.BAD_WORDS)
                : put(Place.BAD_WORDS, SequenceBias.forbid(forbidden), false);
    }

    /** Excludes the end-of-text tokens while the sequence, prompt included, is shorter than {@code length}. */
    public Processors minLength(int length, Set<Integer> eosIds) {
        return put(Place.MIN_LENGTH, new SuppressTokens(eosIds, 0, length), length <= 0 || eosIds.isEmpty());
    }

    /** Makes {@code id} the second token of every sequence that has a prompt of one token. */
    public Processors forcedBos(int id) {
        return put(Place.FORCED_BOS, new ForcedTokens(Set.of(id), 1), false);
    }

    /** Makes one of {@code ids} the last token of a sequence of {@code length} tokens, prompt included. */
    public Processors forcedEos(Set<Integer> ids, int length) {
        return put(Place.FORCED_EOS, new ForcedTokens(ids, length - 1), ids.isEmpty());
    }

    /** Raises the end-of-text tokens after {@code start} tokens, prompt included. */
    public Processors exponentialDecay(int start, double factor, Set<Integer> eosIds) {
        return put(Place.EXPONENTIAL_DECAY, new ExponentialDecayLengthPenalty(start, factor, eosIds), eosIds.isEmpty());
    }

    public Processors suppress(Set<Integer> ids) {
        return put(Place.SUPPRESS, new SuppressTokens(ids), ids.isEmpty());
    }

    /** Excludes {@code ids} from the token after {@code length} tokens. */
    public Processors suppressAt(int length, Set<Integer> ids) {
        return put(Place.BEGIN_SUPPRESS, new SuppressTokens(ids, length, length + 1), ids.isEmpty());
    }

    /** 1 changes nothing. */
    public Processors temperature(double temperature) {
        return put(Place.TEMPERATURE, new Temperature(temperature), temperature == 1);
    }

    /** 0 keeps every token. */
    public Processors topK(int k) {
        return k == 0 ? without(Place.TOP_K) : put(Place.TOP_K, new TopK(k), false);
    }

    /** 1 keeps every token. */
    public Processors topP(double p) {
        return put(Place.TOP_P, new TopP(p), p == 1);
    }

    /** 0 keeps every token. */
    public Processors minP(double p) {
        return put(Place.MIN_P, new MinP(p), p == 0);
    }

    /** 1 keeps every token. */
    public Processors typicalP(double p) {
        return p == 1 ? without(Place.TYPICAL_P) : put(Place.TYPICAL_P, new TypicalP(p), false);
    }

    /** All processors, for random sampling. */
    public List<LogitsProcessor> forSampling() {
        return List.copyOf(places.values());
    }

    /** The processors for greedy decoding and beam search. Throws if one has an effect only on random sampling. */
    public List<LogitsProcessor> forSearch() {
        String warpers = places.keySet().stream()
                .filter(Place::warps)
                .map(Place::toString)
                .collect(Collectors.joining(" and "));
        if (!warpers.isEmpty()) {
            throw new TouchstoneException(warpers
                    + " cannot be used with greedy decoding or beam search, which do not sample: leave out one");
        }
        return forSampling();
    }

    private Processors put(Place place, LogitsProcessor processor, boolean changesNothing) {
        if (changesNothing) {
            return without(place);
        }
        places.put(place, processor);
        return this;
    }

    private Processors without(Place place) {
        places.remove(place);
        return this;
    }
}
