package dev.touchstone;

import dev.touchstone.checkpoint.Checkpoint;
import dev.touchstone.checkpoint.HubCache;
import dev.touchstone.checkpoint.LoadedModel;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.checkpoint.chat.Message;
import dev.touchstone.generation.BeamSearch;
import dev.touchstone.generation.Beams;
import dev.touchstone.generation.CachedExecutor;
import dev.touchstone.generation.Decoding;
import dev.touchstone.generation.Drafter;
import dev.touchstone.generation.Executor;
import dev.touchstone.generation.Generation;
import dev.touchstone.generation.Generator;
import dev.touchstone.generation.ModelDrafter;
import dev.touchstone.generation.NaiveExecutor;
import dev.touchstone.generation.PromptLookup;
import dev.touchstone.generation.Settings;
import dev.touchstone.generation.SpeculativeGenerator;
import dev.touchstone.generation.Step;
import dev.touchstone.generation.Window;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.model.Batch;
import dev.touchstone.model.Trace;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.Engine;
import dev.touchstone.serving.Limits;
import dev.touchstone.tensor.Tensor;
import dev.touchstone.tokenizer.Tokenizer;
import dev.touchstone.util.TouchstoneException;
import dev.touchstone.weights.ReadOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A language model that continues text.
 *
 * <pre>{@code
 * try (LanguageModel model = LanguageModel.load(Path.of("SmolLM2-135M-Instruct"))) {
 *     model.generate("The fox", Sampling.greedy().maxNewTokens(6), System.out::print);
 * }
 * }</pre>
 *
 * <p>Safe to use from several threads. Each generation has its own sequence and its own cache; they share the weights and the
 * worker threads, and take turns, one forward pass at a time. The result of a call does not depend on other calls.
 *
 * <p>The cache of the last generation that ended is kept, so that a call whose prompt begins with the same tokens, such as the
 * next message of a conversation, computes only the rest. {@link #close} frees it and ends the worker threads.
 */
public final class LanguageModel implements AutoCloseable {
    /** How many of the last tokens prompt lookup searches for. */
    private static final int LOOKUP_TOKENS = 3;

    private final LoadedModel model;
    private final Kernels kernels;
    private final boolean ownsKernels;
    private final PassQueue queue = new PassQueue();
    /** The executor of the last generation that ended, with its cache; null while it is in use. */
    private final AtomicReference<CachedExecutor> idle = new AtomicReference<>();

    private LanguageModel(LoadedModel model, Kernels kernels, boolean ownsKernels) {
        this.model = model;
        this.kernels = kernels;
        this.ownsKernels = ownsKernels;
    }

    /** Loads a folder that Hugging Face's {@code save_pretrained} wrote. */
    public static LanguageModel load(Path folder) {
        return load(folder, LoadOptions.defaults());
    }

    /** Loads a folder that Hugging Face's {@code save_pretrained} wrote. */
    public static LanguageModel load(Path folder, LoadOptions options) {
        return open(options, reading -> Checkpoint.load(folder, reading));
    }

    /** Loads a folder, or a model of the local Hugging Face cache by its id, such as {@code openai-community/gpt2}. */
    public static LanguageModel load(String folderOrId) {
        return load(folderOrId, LoadOptions.defaults());
    }

    /** Loads a folder, or a model of the local Hugging Face cache by its id, such as {@code openai-community/gpt2}. */
    public static LanguageModel load(String folderOrId, LoadOptions options) {
        return load(HubCache.ofThisUser().find(folderOrId), options);
    }

    /** The model that is part of the library, trained on fairy tales. */
    public static LanguageModel storyteller() {
        return storyteller(LoadOptions.defaults());
    }

    /** The model that is part of the library, trained on fairy tales. */
    public static LanguageModel storyteller(LoadOptions options) {
        return open(options, Checkpoint::storyteller);
    }

    /** A smaller model with the vocabulary of {@link #storyteller}, to draft tokens for it. */
    public static LanguageModel storytellerDraft(LoadOptions options) {
        return open(options, Checkpoint::storytellerDraft);
    }

    private static LanguageModel open(LoadOptions options, Function<ReadOptions, LoadedModel> load) {
        LanguageModel other = options.shared();
        Kernels kernels = other == null ? options.open() : other.kernels; // first: they warm up while the model loads
        try {
            LoadedModel model = load.apply(options.reading().matrices(kernels::expect));
            return new LanguageModel(options.withChatTemplate(model), kernels, other == null);
        } catch (RuntimeException | Error e) {
            if (other == null) {
                kernels.close();
            }
            throw e;
        }
    }

    /** The name of the model's folder, or its id in the Hugging Face cache. */
    public String name() {
        return model.name();
    }

    /** Throws a {@link TouchstoneException} if the folder has no tokenizer; such a model runs on token ids. */
    public Tokenizer tokenizer() {
        return model.tokenizer();
    }

    /** The model's layers, which can be run and traced by themselves. */
    public Transformer transformer() {
        return model.transformer();
    }

    /** What computes the operations of {@link #transformer}; closed with this model. */
    public Kernels kernels() {
        return kernels;
    }

    /** Everything that was loaded. */
    public LoadedModel checkpoint() {
        return model;
    }

    /** Continues a text. */
    public Generation generate(String prompt, Sampling sampling) {
        return generate(prompt, sampling, step -> {});
    }

    /**
     * Continues a text.
     *
     * @param onStep receives each token as soon as it is chosen; a {@link Step} prints as its text
     */
    public Generation generate(String prompt, Sampling sampling, Consumer<Step> onStep) {
        return start(prompt, sampling).run(onStep);
    }

    /** Continues token ids. */
    public Generation generate(int[] prompt, Sampling sampling, Consumer<Step> onStep) {
        return start(prompt, sampling).run(onStep);
    }

    /**
     * Continues several prompts together, which is faster than one after the other. The results are in the order of the
     * prompts and the same as alone; {@link Step#sequence} is the index of the prompt.
     */
    public List<Generation> generate(List<String> prompts, Sampling sampling, Consumer<Step> onStep) {
        return start(prompts.stream().map(tokenizer()::encode).toList(), sampling)
                .runAll(onStep);
    }

    /** Continues a text, one token for each element that the stream's consumer takes. */
    public Stream<Step> stream(String prompt, Sampling sampling) {
        return start(prompt, sampling).steps();
    }

    /**
     * Writes the answer to a conversation.
     *
     * @throws TouchstoneException if the model has no chat template, or if the template rejects the conversation
     */
    public Generation chat(List<Message> messages, Sampling sampling, Consumer<Step> onStep) {
        return chat(ChatInput.of(messages), sampling, onStep);
    }

    /**
     * Writes the answer to a conversation with tools, documents or variables of the template, such as
     * {@code enable_thinking}.
     *
     * @throws TouchstoneException if the model has no chat template, or if the template rejects the conversation
     */
    public Generation chat(ChatInput conversation, Sampling sampling, Consumer<Step> onStep) {
        return start(encodeChat(conversation), sampling).run(onStep);
    }

    /** The token ids of a conversation by the model's chat template, up to where the answer begins. */
    public int[] encodeChat(List<Message> messages) {
        return encodeChat(ChatInput.of(messages));
    }

    /** The token ids of a conversation by the model's chat template. */
    public int[] encodeChat(ChatInput conversation) {
        return model.text().encode(conversation);
    }

    /** Prepares to continue a text. Nothing is computed yet. */
    public GenerationTask start(String prompt, Sampling sampling) {
        return start(tokenizer().encode(prompt), sampling);
    }

    /** Prepares to continue token ids. Nothing is computed yet. */
    public GenerationTask start(int[] prompt, Sampling sampling) {
        return start(List.of(prompt), sampling);
    }

    /** Prepares to continue several prompts, given as token ids. Nothing is computed yet. */
    public GenerationTask start(List<int[]> prompts, Sampling sampling) {
        ResolvedSampling resolved = sampling.resolved(model);
        if (!resolved.usesCache()) {
            Executor executor = new NaiveExecutor(transformer(), kernels);
            return new GenerationTask(decoding(prompts, resolved, executor), () -> {});
        }
        CachedExecutor cached = takeCached();
        try {
            return new GenerationTask(decoding(prompts, resolved, cached), () -> idle.set(cached));
        } catch (TouchstoneException e) {
            idle.set(cached); // a prompt that cannot be used does not cost the next one its cache
            throw e;
        }
    }

    /**
     * All settings of a generation from {@code prompt}, those of the model included, as an {@link #engine} takes them.
     *
     * @throws TouchstoneException with beams or drafts, which an engine does not support
     */
    public Settings settings(int[] prompt, Sampling sampling) {
        return sampling.engineSettings(model, prompt);
    }

    /**
     * Opens an engine that serves many requests at once. Its forward passes take turns with those of other calls. Close it
     * before this model.
     */
    public Engine engine(Limits limits) {
        return new Engine(transformer(), kernels, tokenizer(), queue, limits);
    }

    private Decoding decoding(List<int[]> prompts, ResolvedSampling sampling, Executor unshared) {
        Executor executor = queue.share(unshared);
        Function<int[], Settings> settings = prompt -> sampling.settings(model, prompt);
        Sampling.Draft draft = sampling.draft();
        Beams beams = sampling.beams();
        if (draft == null && beams == null) {
            return new Generator(executor, model.tokenizer()).start(prompts, settings);
        }
        if (prompts.size() != 1) {
            throw new TouchstoneException((beams == null ? "speculative decoding" : "beam search")
                    + " continues one prompt at a time, got " + prompts.size());
        }
        int[] prompt = prompts.get(0);
        return beams == null
                ? speculative(draft, executor).start(prompt, settings.apply(prompt))
                : new BeamSearch(executor, model.tokenizer()).start(prompt, settings.apply(prompt), beams);
    }

    private SpeculativeGenerator speculative(Sampling.Draft draft, Executor executor) {
        Drafter drafter = draft.model() == null
                ? new PromptLookup(LOOKUP_TOKENS, transformer().shape().vocabulary())
                : draft.model().drafterFor(this);
        return new SpeculativeGenerator(executor, model.tokenizer(), drafter, draft.tokens());
    }

    /** This model as the one that proposes tokens to {@code target}. */
    private Drafter drafterFor(LanguageModel target) {
        if (!sameVocabulary(tokenizer(), target.tokenizer())) {
            throw new TouchstoneException("the draft model " + name() + " has another vocabulary than " + target.name()
                    + "; the tokens that it proposes would mean something else");
        }
        int positions = transformer().shape().positions();
        // A quarter leaves the context at once: the cache is rebuilt rarely, and less context is enough for a draft.
        Window window = Window.slide(positions, Math.max(1, positions / 4));
        return new ModelDrafter(queue.share(new CachedExecutor(transformer(), kernels)), window);
    }

    private static boolean sameVocabulary(Tokenizer a, Tokenizer b) {
        return a.vocabularySize() == b.vocabularySize()
                && IntStream.range(0, a.vocabularySize())
                        .allMatch(id -> a.token(id).equals(b.token(id)));
    }

    private CachedExecutor takeCached() {
        CachedExecutor kept = idle.getAndSet(null);
        return kept == null ? new CachedExecutor(transformer(), kernels) : kept;
    }

    /** Frees the cache that is kept for the next call; the call computes its whole prompt then. */
    public void clearCache() {
        idle.set(null);
    }

    /** The logits after each token of {@code ids}, computed in one pass. (S) -> (S, V) */
    public Tensor logits(int... ids) {
        return trace(ids, Trace.OFF);
    }

    /** As {@link #logits}, while {@code trace} receives every intermediate tensor under its Hugging Face name. (S) -> (S, V) */
    public Tensor trace(int[] ids, Trace trace) {
        return queue.run(() -> transformer().forward(ids, kernels, trace));
    }

    /** The output of the final norm for each token of {@code ids}, computed in one pass. (S) -> (S, C) */
    public Tensor hiddenStates(int... ids) {
        Batch batch = new Batch(List.of(new Batch.Sequence(ids, transformer().newCache(), 0)));
        return queue.run(() -> transformer().hidden(batch, kernels, Trace.OFF));
    }

    /**
     * Ends the worker threads, after the current forward pass. Later calls, and generations that have not ended, throw an
     * {@link IllegalStateException}.
     */
    @Override
    public void close() {
        queue.close();
        idle.set(null);
        if (ownsKernels) {
            kernels.close();
        }
    }
}
