package dev.touchstone.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.generation.Sampler;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.Window;
import dev.touchstone.model.RandomModel;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.End.Outcome;
import dev.touchstone.util.TouchstoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Transformer MODEL = TinyModels.ALL.get("learned positions");
    private static final int LAYERS = MODEL.shape().layers();
    private static final Limits LIMITS = Limits.defaults()
            .withPageBytes(TinyModels.bytes(MODEL, 1000))
            .withRunning(8)
            .withStepTokens(64)
            .withChunkTokens(16);

    private static Request request(String client, int seed, int length, int tokens) {
        int[] prompt =
                new Random(seed).ints(length, 0, MODEL.shape().vocabulary()).toArray();
        return new Request(client, prompt, Settings.greedy(tokens, Set.of(), Window.error(TinyModels.POSITIONS)));
    }

    private static Request random(Request request, long seed) {
        Settings settings =
                request.settings().withSampler(Sampler.MULTINOMIAL, seed).withStopStrings(List.of("abcabcabc"));
        return new Request(request.client(), request.prompt(), settings);
    }

    /** An example of head-of-line blocking, with a prompt of 8,000 tokens. */
    @Test
    void aLongPromptDelaysNoTokenOfOthers() {
        Transformer model = RandomModel.of(new Transformer.Shape(1, 1, 2, 2, 8200, 17), 2, 1);
        Window window = Window.error(8200);
        Replay replay = new Replay(
                model, Limits.defaults().withRunning(4).withStepTokens(512).withChunkTokens(256));
        List<Recorder> decoding = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            decoding.add(
                    replay.add(new Request("client", new int[] {1, 2, i}, Settings.greedy(100, Set.of(), window))));
        }
        replay.step();

        Recorder prompt = replay.add(new Request("client", new int[8000], Settings.greedy(1, Set.of(), window)));
        for (int step = 1; !prompt.hasEnded(); step++) {
            assertThat(decoding.stream().map(recorder -> recorder.steps.size())).containsOnly(step);
            replay.step();
        }

        assertThat(replay.steps()).isEqualTo(1 + 32);
        replay.finish();
    }

    @Test
    void aShortPromptDoesNotWaitForLongOnes() {
        Replay replay = new Replay(MODEL, LIMITS);
        for (int i = 0; i < 3; i++) {
            replay.add(request("client", i, 390, 1));
        }
        replay.step();
        replay.step();

        Recorder small = replay.add(request("client", 7, 16, 1));
        replay.step();

        assertThat(small.steps).hasSize(1);
        replay.finish();
    }

    @Test
    void aPromptAloneIsComputedInOnePass() {
        Replay replay = new Replay(MODEL, LIMITS);

        Recorder alone = replay.add(request("client", 1, 64, 1));
        replay.step();

        assertThat(alone.end().generation().ids()).hasSize(1);
    }

    /** Memory for eleven pages of a layer; each of the two requests grows to seven. */
    @Test
    void theYoungestIsPreemptedAndContinuesWithTheSameText() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 11 * LAYERS)));
        Request old = random(request("client", 1, 10, 390), 5);
        Request young = random(request("client", 2, 10, 390), 6);

        Recorder oldest = replay.add(old);
        Recorder youngest = replay.add(young);
        while (replay.statistics().preemptions() == 0) {
            replay.step();
            assertThat(oldest.steps).hasSize(replay.steps());
        }
        assertThat(youngest.steps.size()).isBetween(1, replay.steps() - 1);
        assertThat(replay.statistics().queued()).isOne();
        replay.finish();

        Replay.alone(old, MODEL).assertEquals(oldest);
        Replay.alone(young, MODEL).assertEquals(youngest);
        assertThat(oldest.steps).hasSize(390);
    }

    @Test
    void aPreemptedRequestContinuesBeforeNewOnes() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 11 * LAYERS)));
        replay.add(request("client", 1, 10, 390));
        replay.add(request("client", 2, 10, 390));
        while (replay.statistics().preemptions() == 0) {
            replay.step();
        }

        Recorder later = replay.add(request("another client", 3, 3, 5));
        replay.step();
        assertThat(replay.statistics().queued()).isEqualTo(2);
        while (later.steps.isEmpty()) {
            replay.step();
        }

        assertThat(replay.statistics().queued()).isZero();
        replay.finish();
    }

    @Test
    void aLargeRequestIsNotOvertakenForever() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 8 * LAYERS)));
        for (int i = 0; i < 20; i++) {
            replay.add(request("client", i, 10, 20 + i));
        }
        Recorder large = replay.add(request("client", 99, 390, 5));
        List<Recorder> after = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            after.add(replay.add(request("client", 100 + i, 10, 20)));
        }
        replay.finish();

        assertThat(large.end().outcome()).isEqualTo(Outcome.FINISHED);
        int beforeLarge = (int)
                after.stream().filter(recorder -> recorder.endedBefore(large)).count();
        assertThat(beforeLarge).isZero();
    }

    @Test
    void aRequestThatCanNeverFitIsRefused() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 3 * LAYERS)));

        assertThatThrownBy(() -> replay.add(request("client", 1, 150, 44)))
                .isInstanceOf(TouchstoneException.class)
                .hasMessage("193 tokens of prompt and new text need 8 pages of keys and values, but there is memory for"
                        + " 6; shorten the prompt, request fewer new tokens, or give the engine more memory");
        replay.add(request("client", 1, 150, 43));
        replay.finish();
    }

    @Test
    void anUnknownIdIsRefused() {
        Request request =
                new Request("client", new int[] {17}, request("client", 1, 1, 1).settings());

        assertThatThrownBy(() -> new Replay(MODEL, LIMITS).add(request))
                .hasMessage("token id 17 is not in the vocabulary; ids go from 0 to 16");
    }

    @Test
    void clientsTakeTurns() {
        Replay replay = new Replay(MODEL, LIMITS.withRunning(2));
        List<Recorder> greedy = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            greedy.add(replay.add(request("many requests", i, 10, 10)));
        }
        replay.step();

        Recorder first = replay.add(request("few requests", 50, 10, 10));
        Recorder second = replay.add(request("few requests", 51, 10, 10));
        replay.finish();

        assertThat(greedy.stream().filter(recorder -> recorder.endedBefore(first)))
                .hasSizeBetween(2, 3);
        assertThat(greedy.stream().filter(recorder -> recorder.endedBefore(second)))
                .hasSizeBetween(2, 5);
    }

    /** One client asks for long texts, the other for short ones; both get as many tokens. */
    @Test
    void clientsAreServedEqualNumbersOfTokens() {
        Replay replay = new Replay(MODEL, LIMITS.withRunning(1));
        List<Recorder> texts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            texts.add(replay.add(request("long texts", i, 20, 100)));
            for (int j = 0; j < 10; j++) {
                texts.add(replay.add(request("short texts", 100 + 10 * i + j, 2, 10)));
            }
        }
        for (int step = 0; step < 1000; step++) {
            replay.step();
        }

        int longTokens =
                IntStream.range(0, 10).map(i -> texts.get(11 * i).steps.size()).sum();
        assertThat(longTokens).isBetween(400, 600);
        replay.finish();
    }

    @Test
    void replayedCallsGiveTheSameSteps() {
        assertThat(run()).isEqualTo(run()).hasSizeGreaterThan(100);
    }

    /** The tokens of a few requests in the order in which they were chosen. */
    private static List<String> run() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 10 * LAYERS)));
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            replay.add(random(request("client " + i % 3, i, 20 * i + 1, 60), i), new Recorder() {
                @Override
                public void onStep(Step step) {
                    events.add(number + ": " + step.id());
                }
            });
            replay.step();
        }
        replay.finish();
        return events;
    }

    @Test
    void aCommonPrefixIsComputedOnce() {
        Replay replay = new Replay(MODEL, LIMITS);
        replay.add(request("client", 1, 200, 5));
        replay.finish();

        Request same = request("another client", 1, 200, 5);
        Recorder recorder = replay.add(same);
        replay.finish();

        assertThat(replay.statistics().tokens().hit()).isEqualTo(192);
        Replay.alone(same, MODEL).assertEquals(recorder);
    }

    /** The logits of the last token must be computed, so its page is not used. */
    @Test
    void atLeastOneTokenIsComputed() {
        Replay replay = new Replay(MODEL, LIMITS);
        replay.add(request("client", 1, 192, 1));
        replay.finish();

        Recorder recorder = replay.add(request("client", 1, 192, 1));
        replay.finish();

        assertThat(replay.statistics().tokens().hit()).isEqualTo(128);
        Replay.alone(request("client", 1, 192, 1), MODEL).assertEquals(recorder);
    }

    @Test
    void theNewTextIsAPrefixOfTheNextTurn() {
        Replay replay = new Replay(MODEL, LIMITS);
        Recorder first = replay.add(request("client", 1, 100, 100));
        replay.finish();
        int[] text = IntStream.concat(
                        Arrays.stream(first.end().generation().promptIds()),
                        Arrays.stream(first.end().generation().ids()))
                .toArray();

        Request next = new Request("client", text, request("client", 1, 1, 9).settings());
        Recorder second = replay.add(next);
        replay.finish();

        assertThat(replay.statistics().tokens().hit()).isEqualTo(192);
        Replay.alone(next, MODEL).assertEquals(second);
    }

    @Test
    void thePagesOfACancelledRequestAreFoundAgain() {
        Replay replay = new Replay(MODEL, LIMITS);
        Recorder cancelled = replay.add(request("client", 1, 390, 5));
        replay.step();
        replay.step();
        replay.cancel(cancelled);
        replay.finish();
        assertThat(cancelled.end().outcome()).isEqualTo(Outcome.CANCELLED);

        replay.add(request("client", 1, 390, 5));
        replay.finish();

        assertThat(replay.statistics().tokens().hit()).isEqualTo(128);
    }

    /** Hashes are polynomials in 31, so in a vocabulary of more than 31 ids a larger id can replace the one before it. */
    @Test
    void promptsWithTheSameHashAreTwoPrompts() {
        Transformer model = TinyModels.ALL.get("ALiBi");
        Replay replay = new Replay(model, LIMITS.withPageBytes(TinyModels.bytes(model, 1000)));
        int[] one = new int[100];
        int[] other = new int[100];
        one[10] = 1;
        other[11] = 31;
        assertThat(Arrays.hashCode(Arrays.copyOf(one, 64))).isEqualTo(Arrays.hashCode(Arrays.copyOf(other, 64)));
        replay.add(new Request("client", one, request("client", 1, 1, 5).settings()));
        replay.finish();

        Request second = new Request("client", other, request("client", 1, 1, 5).settings());
        Recorder recorder = replay.add(second);
        replay.finish();

        assertThat(replay.statistics().tokens().hit()).isZero();
        Replay.alone(second, model).assertEquals(recorder);
    }

    @Test
    void theLeastRecentlyUsedPrefixIsEvicted() {
        Replay replay = new Replay(MODEL, LIMITS.withPageBytes(TinyModels.bytes(MODEL, 6 * LAYERS)));
        for (int prompt : new int[] {1, 2, 1, 3}) { // each leaves two pages of a layer
            replay.add(request("client", prompt, 150, 1));
            replay.finish();
        }
        long before = replay.statistics().tokens().hit();
        assertThat(before).isEqualTo(128);

        replay.add(request("client", 1, 150, 1));
        replay.finish();
        assertThat(replay.statistics().tokens().hit()).isEqualTo(before + 128);
        replay.add(request("client", 3, 150, 1));
        replay.finish();
        assertThat(replay.statistics().tokens().hit()).isEqualTo(before + 256);
        replay.add(request("client", 2, 150, 1));
        replay.finish();
        assertThat(replay.statistics().tokens().hit()).isLessThan(before + 256 + 128);
    }

    @Test
    void cancelledRequestsEndWhereverTheyAre() {
        Replay replay = new Replay(MODEL, LIMITS.withRunning(2));
        Recorder decoding = replay.add(request("client", 1, 5, 100));
        Recorder prompt = replay.add(request("client", 2, 300, 100));
        Recorder queued = replay.add(request("client", 3, 5, 10));
        replay.step();

        List.of(decoding, prompt, queued).forEach(replay::cancel);
        replay.step();

        assertThat(List.of(decoding, prompt, queued))
                .allMatch(recorder -> recorder.end().outcome() == Outcome.CANCELLED);
        assertThat(decoding.steps).hasSize(1);
        assertThat(prompt.steps).isEmpty();
        replay.finish();
    }
}
