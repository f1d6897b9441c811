package dev.touchstone.server.api;

import dev.touchstone.generation.FinishReason;
import dev.touchstone.generation.Generation;
import dev.touchstone.server.api.Job.Output;
import dev.touchstone.server.api.Job.Run;
import dev.touchstone.server.api.ToolCallReader.Part;
import dev.touchstone.tokenizer.StreamingDecoder;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** One text of an answer while it is made. */
final class Choice {
    private final Run run;
    private final Output output;
    private final Tokenizer tokenizer;
    private final ToolCallReader calls;
    /** Decodes all tokens, those of a stop string too, to find where each begins. Null without probabilities. */
    private final StreamingDecoder decoder;

    /** As {@link #decoder}, for the prompt. Null unless its probabilities are wanted. */
    private StreamingDecoder promptDecoder;

    private int promptDecoded;

    /** Probabilities of tokens that may be behind the end of the text. */
    private final Queue<TokenLogprobs> waiting = new ArrayDeque<>();

    private int decoded;
    private int released;
    private int called;
    /** What precedes the first new token, until it is sent; null if nothing does. */
    private Delta echo;

    /** What is new in an answer. */
    record Delta(List<Part> parts, List<TokenLogprobs> logprobs) {
        boolean isEmpty() {
            return parts.isEmpty() && logprobs.isEmpty();
        }
    }

    Choice(Run run, Output output, Tokenizer tokenizer) {
        this.run = run;
        this.output = output;
        this.tokenizer = tokenizer;
        this.calls = output.tools() == null ? null : output.tools().reader();
        this.decoder = output.hasLogprobs() ? tokenizer.stream() : null;
        if (output.echo()) {
            String prompt = tokenizer.decode(run.ids());
            echo = new Delta(List.of(Part.text(prompt)), new ArrayList<>());
            decoded = prompt.length();
            released = prompt.length();
            if (output.hasLogprobs()) {
                promptDecoder = tokenizer.stream();
                addPromptToken(0, null);
            }
        }
    }

    Run run() {
        return run;
    }

    boolean hasLogprobs() {
        return output.hasLogprobs();
    }

    private boolean hasCalls() {
        return called > 0;
    }

    /** The number of a new call. */
    int nextCall() {
        return called++;
    }

    /** The logits after a token of the prompt, which give the probability of the next one. Called for each token in order. */
    void promptLogits(int position, float[] logits) {
        if (position + 1 < run.ids().length) {
            addPromptToken(position + 1, logits);
        }
    }

    private void addPromptToken(int position, float[] logits) {
        int id = run.ids()[position];
        echo.logprobs.add(TokenLogprobs.of(id, promptDecoded, logits, output.topLogprobs(), tokenizer));
        promptDecoded += promptDecoder.add(id).length();
    }

    /**
     * A new token.
     *
     * @param text what can be shown now
     * @param logits null if probabilities are not wanted
     */
    Delta step(int id, String text, float[] logits) {
        if (decoder != null) {
            waiting.add(TokenLogprobs.of(id, decoded, logits, output.topLogprobs(), tokenizer));
            decoded += decoder.add(id).length();
        }
        released += text.length();
        return delta(calls == null ? text.isEmpty() ? List.of() : List.of(Part.text(text)) : calls.add(text));
    }

    /**
     * What is left at the end. The probability of an end-of-sequence token, which has no text, is part of a completion and not of a
     * chat, as at OpenAI. Those of the tokens of a stop string are part of neither.
     */
    Delta end(FinishReason reason, boolean chat) {
        boolean stopped = reason != FinishReason.LENGTH && reason != FinishReason.EOS;
        int hidden = stopped ? waiting.size() : reason == FinishReason.EOS && chat ? 1 : 0;
        Delta last = delta(calls == null ? List.of() : calls.end());
        while (waiting.size() > hidden) {
            last.logprobs.add(waiting.remove());
        }
        return last;
    }

    private Delta delta(List<Part> parts) {
        List<TokenLogprobs> logprobs = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().offset() < released) {
            logprobs.add(waiting.remove());
        }
        if (echo == null) {
            return new Delta(parts, logprobs);
        }
        List<Part> all = new ArrayList<>(echo.parts);
        all.addAll(parts);
        echo.logprobs.addAll(logprobs);
        Delta first = new Delta(all, echo.logprobs);
        echo = null;
        return first;
    }

    /** OpenAI's name of the reason. */
    String finishReason(Generation generation) {
        if (generation.finishReason() == FinishReason.LENGTH) {
            return "length";
        }
        return hasCalls() ? "tool_calls" : "stop";
    }
}
