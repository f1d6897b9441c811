package dev.touchstone.explain;

import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The same prompt continued with drafts.
 *
 * @param drafter who proposed them
 * @param sameIds whether the ids are those of the generation without drafts
 */
public record Speculation(String drafter, boolean sameIds, Statistics statistics, List<Pass> passes) {
    /**
     * One pass of the target.
     *
     * @param accepted how many of the drafted tokens were kept
     * @param made the tokens that joined the text
     */
    public record Pass(int[] drafted, int accepted, int[] made) {}

    static Speculation of(String drafter, SpeculativeGenerator.Result result, int[] plain, Vocabulary vocabulary) {
        int[] ids = result.generation().ids();
        List<Pass> passes = new ArrayList<>();
        int at = 0;
        for (SpeculativeGenerator.Pass pass : result.passes()) {
            passes.add(new Pass(pass.drafted(), pass.accepted(), Arrays.copyOfRange(ids, at, at + pass.tokens())));
            at += pass.tokens();
            vocabulary.mention(pass.drafted());
        }
        vocabulary.mention(ids);
        return new Speculation(drafter, Arrays.equals(ids, plain), result.statistics(), passes);
    }
}
