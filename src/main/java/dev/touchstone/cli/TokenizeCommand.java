package dev.touchstone.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.touchstone.checkpoint.ModelText;
import dev.touchstone.checkpoint.chat.ChatInput;
import dev.touchstone.tokenizer.TokenText;
import dev.touchstone.tokenizer.Tokenizer;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "tokenize",
        description = "Print the tokens of a text or of a conversation, or the text of token ids.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  touchstone tokenize \"Once upon a time\"",
            "  touchstone tokenize --ids 308,1207,406",
            "  touchstone tokenize --messages chat.json --template chatml.jinja --rendered"
        })
final class TokenizeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..1",
            description =
                    "The text. Spaces are kept. If TEXT is -, standard input is read as UTF-8, without a byte order"
                            + " mark at its start and a line end at its end.")
    private String positional;

    @Option(
            names = {"-p", "--prompt", "--text"},
            paramLabel = "TEXT",
            description = "Same as the argument TEXT.")
    private String text;

    @Option(
            names = "--ids",
            paramLabel = "IDS",
            converter = TokenIds.Converter.class,
            description = "Decode these token ids, such as 464,3290.")
    private TokenIds ids;

    @Mixin
    private final MessagesOptions messages = new MessagesOptions();

    @Option(names = "--json", description = "Print one JSON object: text, ids and tokens.")
    private boolean json;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final Console console;

    TokenizeCommand(Streams streams) {
        this.console = new Console(streams);
    }

    @Override
    public Integer call() {
        check();
        if (messages.isGiven()) {
            printMessages();
            return 0;
        }
        Tokenizer tokenizer = model.readText().tokenizer();
        if (ids != null) {
            print(tokenizer, tokenizer.decode(ids.ids()), ids.ids());
        } else {
            String given = positional == null ? text : positional;
            String read = given.equals("-") ? console.readAll() : given;
            print(tokenizer, read, tokenizer.encode(read));
        }
        return 0;
    }

    private void check() {
        Usage usage = new Usage(spec);
        long inputs =
                Stream.of(positional, text, ids).filter(given -> given != null).count() + (messages.isGiven() ? 1 : 0);
        usage.refuse(
                inputs != 1,
                "give a text, token ids with --ids, or a conversation with --messages, but only one of them");
        messages.check(usage);
        usage.refuse(
                messages.isRendered() && json,
                "--rendered and --json exclude each other: the text is part of the JSON");
    }

    private void printMessages() {
        ChatInput conversation = messages.read(console);
        ModelText text = messages.apply(model.readText());
        String rendered = text.render(conversation);
        if (messages.isRendered()) {
            console.print(rendered + "\n");
        } else {
            print(text.tokenizer(), rendered, text.tokenizer().encodeTemplated(rendered));
        }
    }

    private void print(Tokenizer tokenizer, String text, int[] ids) {
        if (json) {
            console.print(json(tokenizer, text, ids) + "\n");
        } else {
            console.print(table(tokenizer, ids));
            console.note(ids.length + " tokens: " + TokenText.quoted(text));
        }
    }

    private static String table(Tokenizer tokenizer, int[] ids) {
        StringBuilder table = new StringBuilder(String.format("%7s  %-24s %s%n", "id", "token", "bytes"));
        for (int id : ids) {
            table.append(String.format("%7d  %-24s %s%n", id, TokenText.quoted(tokenizer, id), hex(tokenizer, id)));
        }
        return table.toString();
    }

    private static ObjectNode json(Tokenizer tokenizer, String text, int[] ids) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("text", text);
        ArrayNode all = root.putArray("ids");
        ArrayNode tokens = root.putArray("tokens");
        for (int id : ids) {
            all.add(id);
            tokens.addObject()
                    .put("id", id)
                    .put("token", tokenizer.token(id))
                    .put("bytes", hex(tokenizer, id))
                    .put("special", tokenizer.isSpecial(id));
        }
        return root;
    }

    private static String hex(Tokenizer tokenizer, int id) {
        return HexFormat.ofDelimiter(" ").formatHex(tokenizer.bytes(id));
    }
}
