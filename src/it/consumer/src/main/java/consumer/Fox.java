package consumer;

import dev.touchstone.LanguageModel;
import dev.touchstone.Sampling;

/** The README's example, with the kernels that it used. */
public final class Fox {
    private Fox() {}

    public static void main(String[] args) {
        try (LanguageModel model = LanguageModel.storyteller()) { // or LanguageModel.load(Path.of("SmolLM2-135M-Instruct"))
            model.generate("The fox", Sampling.greedy().maxNewTokens(6), System.out::print);
            System.out.println();
            System.out.println(model.kernels().getClass().getSimpleName());
        }
    }
}
