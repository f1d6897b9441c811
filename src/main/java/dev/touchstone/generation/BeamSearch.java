package dev.touchstone.generation;

import dev.touchstone.generation.processors.Probabilities;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Beam search: keeps the most likely sequences, extends them together, and returns the one with the best score. It gives the
 * ids of Hugging Face's {@code _beam_search}. The beams form the batch, and processors receive log-probabilities.
 *
 * <p>It differs from Hugging Face only if there are fewer continuations than beams. Hugging Face then adds copies of the
 * prompt, which may count as finished; here the number of beams stays smaller until there are enough continuations.
 */
public record BeamSearch(Executor executor, Tokenizer tokenizer) {

    /** An unfinished sequence, and the sum of its log-probabilities. */
    private record Beam(int[] ids, double logProbability) {}

    /** A beam with one more token; {@code index} is {@code beam * V + token}. */
    private record Candidate(int beam, int id, double logProbability, long index) {
        static final Comparator<Candidate> BEST_FIRST =
                Comparator.comparingDouble(Candidate::logProbability).reversed().thenComparingLong(Candidate::index);
    }

    /** Continues one prompt. Nothing can be printed before the end, because the best beam may change at each step. */
    public Generation generate(int[] prompt, Settings settings, Beams beams) {
        return start(prompt, settings, beams).finish(step -> {}).get(0);
    }

    /** Prepares to continue a prompt; each {@link Decoding#advance} adds a token to every beam. */
    public Decoding start(int[] prompt, Settings settings, Beams beams) {
        check(prompt, settings);
        return new Search(prompt.clone(), settings, beams);
    }

    /** A search in progress. */
    private final class Search implements Decoding {
        private final int[] prompt;
        private final Settings settings;
        private final Beams beams;
        private final FinishedBeams finished;
        private List<Beam> running;
        private int made;

        Search(int[] prompt, Settings settings, Beams beams) {
            this.prompt = prompt;
            this.settings = settings;
            this.beams = beams;
            this.finished = new FinishedBeams(beams, settings.maxNewTokens());
            this.running = List.of(new Beam(prompt, 0));
        }

        @Override
        public boolean isFinished() {
            return made == settings.maxNewTokens() || running.isEmpty();
        }

        @Override
        public void advance(Consumer<Step> onStep) {
            if (isFinished()) {
                return;
            }
            made++;
            List<Candidate> candidates = candidates(running, settings, beams);
            List<Beam> next = new ArrayList<>();
            for (int rank = 0; rank < candidates.size(); rank++) {
                Candidate candidate = candidates.get(rank);
                int[] ids = append(running.get(candidate.beam).ids, candidate.id);
                boolean ends = settings.eosIds().contains(candidate.id) || made == settings.maxNewTokens();
                if (!ends && next.size() < beams.count()) {
                    next.add(new Beam(ids, candidate.logProbability));
                } else if (ends && rank < beams.count()) {
                    finished.add(ids, candidate.logProbability, made);
                }
            }
            running = next.isEmpty() || finished.enough(next.get(0).logProbability, made) ? List.of() : next;
        }

        @Override
        public List<Generation> results() {
            if (isFinished()) {
                return List.of(result(prompt, made == 0 ? prompt : finished.best(), settings));
            }
            int[] ids = running.get(0).ids;
            int[] added = Arrays.copyOfRange(ids, prompt.length, ids.length);
            return List.of(new Generation(prompt, added, tokenizer.decode(added), FinishReason.CANCELLED));
        }
    }

    private static void check(int[] prompt, Settings settings) {
        if (settings.sampler() != Sampler.GREEDY) {
            throw new TouchstoneException("beam search cannot sample: leave out the beams, or temperature, "
                    + "top-k, top-p, min-p, typical-p and seed");
        }
        if (!settings.stopStrings().isEmpty()) {
            throw new TouchstoneException(
                    "beam search cannot use stop strings: leave out the beams or the stop strings");
        }
        settings.window().check(prompt.length, settings.maxNewTokens());
    }

    /**
     * The best continuations of all beams, best first; of equal ones the first. There are enough of them that all beams can be
     * filled even if each beam also has continuations that end with an end-of-sequence token.
     */
    private List<Candidate> candidates(List<Beam> running, Settings settings, Beams beams) {
        int count = beams.count() * Math.max(2, 1 + settings.eosIds().size());
        PriorityQueue<Candidate> best = new PriorityQueue<>(Candidate.BEST_FIRST.reversed());
        Tensor logits = executor.next(
                running.stream().map(beam -> settings.window().of(beam.ids)).toList());
        for (int b = 0; b < running.size(); b++) {
            Beam beam = running.get(b);
            float[] scores = settings.process(beam.ids, Probabilities.logSoftmax(logits.row(b)));
            Probabilities.refuseNaN(scores);
            for (int v = 0; v < scores.length; v++) {
                double logProbability = beam.logProbability + scores[v];
                boolean full = best.size() == count;
                if (scores[v] > Float.NEGATIVE_INFINITY && (!full || logProbability > best.peek().logProbability)) {
                    if (full) {
                        best.remove();
                    }
                    best.add(new Candidate(b, v, logProbability, (long) b * scores.length + v));
                }
            }
        }
        return best.stream().sorted(Candidate.BEST_FIRST).toList();
    }

    private static int[] append(int[] ids, int id) {
        int[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = id;
        return longer;
    }

    private Generation result(int[] prompt, int[] ids, Settings settings) {
        int[] made = Arrays.copyOfRange(ids, prompt.length, ids.length);
        boolean eos = made.length > 0 && settings.eosIds().contains(made[made.length - 1]);
        String text = tokenizer.decode(eos ? Arrays.copyOf(made, made.length - 1) : made);
        return new Generation(prompt.clone(), made, text, eos ? FinishReason.EOS : FinishReason.LENGTH);
    }
}
