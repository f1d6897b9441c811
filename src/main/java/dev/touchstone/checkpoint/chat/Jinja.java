package dev.touchstone.checkpoint.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorType;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.touchstone.util.Json;
import dev.touchstone.util.Problems;
import dev.touchstone.util.TouchstoneException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Renders Jinja as transformers sets it up. A template is a stranger's program: it sees nothing but its variables, writes a
 * million characters at most, and has some seconds.
 */
final class Jinja {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_SECONDS = 20;
    private static final Jinjava ENGINE = engine();

    private Jinja() {}

    /** Refuses, in one line, a template that fails, calls {@code raise_exception}, or takes too long or too much. */
    static String render(String template, Map<String, Object> variables) {
        String source = JinjaWhitespace.explicit(template);
        CompletableFuture<RenderResult> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(ENGINE.renderForResult(source, variables));
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                "chat template");
        thread.setDaemon(true); // a loop without end does not keep the program from leaving
        thread.start();
        try {
            return checked(result.get(MOST_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new TouchstoneException(
                    "the chat template takes more than " + MOST_SECONDS + " s; use another one", e);
        } catch (ExecutionException e) {
            throw new TouchstoneException("the chat template fails: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TouchstoneException("the chat template was interrupted", e);
        }
    }

    private static String checked(RenderResult result) {
        for (TemplateError error : result.getErrors()) {
            if (error.getSeverity() == ErrorType.FATAL) {
                throw refusal(error);
            }
        }
        return result.getOutput();
    }

    private static TouchstoneException refusal(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof TouchstoneException said) {
                return said;
            }
        }
        String message = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        String line = error.getLineno() < 1 ? "" : ", in line " + error.getLineno();
        return new TouchstoneException("the chat template cannot be used" + line + ": " + Problems.printable(message));
    }

    private static Jinjava engine() {
        Jinjava engine = new Jinjava(JinjavaConfig.newBuilder()
                .withNestedInterpretationEnabled(false) // braces in what someone says are text
                .withMaxOutputSize(MOST_CHARACTERS)
                .withMaxListSize(10_000)
                .withMaxMapSize(10_000)
                .withMaxStringLength(MOST_CHARACTERS)
                .withMaxRenderDepth(20)
                .withMaxMacroRecursionDepth(20)
                .withLocale(Locale.ROOT)
                .withElResolver(new JinjaStrings())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withUsePyishObjectMapper(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withAllowAdjacentTextNodes(true)
                        .withKeepNullableLoopValues(true)
                        .build())
                .build());
        engine.getGlobalContext().registerFilter(new ToJson());
        engine.getGlobalContext().registerFilter(new Trim());
        Map.of("raise_exception", "raise", "strftime_now", "now", "unsupported", "unsupported")
                .forEach((name, method) -> engine.getGlobalContext().registerFunction(function(name, method)));
        return engine;
    }

    private static ELFunctionDefinition function(String name, String method) {
        try {
            return new ELFunctionDefinition("", name, JinjaFunctions.class.getMethod(method, String.class));
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code str.strip} of Python, which knows more white space than {@code String.trim}. */
    private static final class Trim implements Filter {
        @Override
        public String getName() {
            return "trim";
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, String... settings) {
            String characters = settings.length > 0 ? settings[0] : null;
            return value instanceof String text ? JinjaStrings.strip(text, characters, true, true) : value;
        }
    }

    /** {@code json.dumps(value, ensure_ascii=False)} of Python, which has a space after a comma and a colon. */
    private static final class ToJson implements Filter {
        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, String... settings) {
            if (settings.length > 0) {
                throw new TouchstoneException("the chat template calls tojson with settings; supported is only none");
            }
            return json(value);
        }

        private static String json(Object value) {
            if (value instanceof Map<?, ?> map) {
                return map.entrySet().stream()
                        .map(entry -> Json.quoted(String.valueOf(entry.getKey())) + ": " + json(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            }
            if (value instanceof List<?> list) {
                return list.stream().map(ToJson::json).collect(Collectors.joining(", ", "[", "]"));
            }
            return value instanceof String text ? Json.quoted(text) : String.valueOf(value);
        }
    }
}
