package dev.touchstone.explain;

import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.SpeculativeGenerator.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The same generation by speculative decoding.
 *
 * @param drafter a description of the draft model or of the lookup that proposes tokens
 * @param sameIds whether the ids are those of the generation without drafts
 */
public record Speculation(String drafter, boolean sameIds, Statistics statistics, List<Pass> passes) {
    /**
     * One forward pass of the target model.
     *
     * @param accepted the number of drafted tokens that were accepted
     * @param added the tokens that were appended to the sequence: the accepted ones and one of the target model
     */
    public record Pass(int[] drafted, int accepted, int[] added) {}

    static Speculation of(String drafter, SpeculativeGenerator.Result result, int[] plain, MentionedTokens vocabulary) {
        int[] ids = result.generation().ids();
        List<Pass> passes = new ArrayList<>();
        int at = 0;
        for (SpeculativeGenerator.Pass pass : result.passes()) {
            passes.add(new Pass(pass.drafted(), pass.accepted(), Arrays.copyOfRange(ids, at, at + pass.tokens())));
            at += pass.tokens();
            vocabulary.add(pass.drafted());
        }
        vocabulary.add(ids);
        return new Speculation(drafter, Arrays.equals(ids, plain), result.statistics(), passes);
    }
}
