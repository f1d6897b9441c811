package dev.touchstone.checkpoint.chat.jinja;

import dev.touchstone.checkpoint.chat.jinja.library.Globals;
import dev.touchstone.checkpoint.chat.jinja.library.Refusal;
import dev.touchstone.checkpoint.chat.jinja.python.PythonError;
import dev.touchstone.checkpoint.chat.jinja.python.PythonObject;
import dev.touchstone.checkpoint.chat.jinja.python.Values;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A template in the language of chat templates: Jinja 3.1 as transformers sets it up, in its sandbox. What it writes equals what
 * Python writes; what Python refuses, and what is not supported, is an error.
 */
public final class Template {
    private final List<Statement> statements;
    private final Names names;

    private Template(List<Statement> statements) {
        this.statements = statements;
        this.names = Names.of(List.of(), statements);
    }

    /** Throws {@link TemplateException} for what is no template. */
    public static Template parse(String source) {
        try {
            Template template = new Template(Parser.parse(source));
            Checks.check(template.statements, false, false);
            return template;
        } catch (StackOverflowError e) {
            throw TemplateException.failure("the template is nested too deep", 0, e);
        }
    }

    /**
     * The text that the template makes. Throws {@link TemplateException} if it fails or refuses.
     *
     * @param variables maps, lists, strings, numbers, booleans and nulls of Java
     * @param clock the time of {@code strftime_now}
     */
    public String render(Map<String, ?> variables, Clock clock) {
        Map<String, Object> given = new HashMap<>(Globals.all(clock));
        given.put("self", new Self());
        variables.forEach((name, value) -> given.put(name, Values.of(value)));
        Rendering rendering = new Rendering(given);
        try {
            Statement.runAll(statements, Frame.of(rendering, names));
            return rendering.text();
        } catch (PythonError e) {
            throw TemplateException.failure(e.getMessage(), e.line(), e);
        } catch (Refusal e) {
            throw TemplateException.refusal(e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw TemplateException.failure("macros or values are nested too deep", 0, e);
        } catch (OutOfMemoryError e) {
            throw TemplateException.failure("the template needs more memory than Java has", 0, e);
        }
    }

    /** The variable {@code self}, which in Jinja has the blocks of a template. */
    private static final class Self implements PythonObject {
        @Override
        public String typeName() {
            return "TemplateReference";
        }

        @Override
        public String repr() {
            return "<TemplateReference None>";
        }
    }
}
