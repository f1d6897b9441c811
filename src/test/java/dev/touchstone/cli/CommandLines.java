package dev.touchstone.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates random command lines from the options of the program, with valid and invalid values. */
final class CommandLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NUMBERS = List.of(
            "0", "1", "2", "3", "4", "24", "25", "-1", "2147483647", "2147483648", "many", "", "1e3", "0x10", "٣");
    private static final List<String> REALS =
            List.of("0", "1", "0.5", "0.9", "1.5", "-1", "NaN", "Infinity", "1e-300", "1e308", "5e-324", "hot", "");
    private static final List<String> TEXTS = List.of(
            "the",
            " a\nb",
            "",
            "-",
            "--",
            "<|endoftext|>",
            "é😀",
            "\ud800",
            "\u0000",
            "x".repeat(30),
            "@file",
            "%s%n",
            "{}");
    private static final List<String> IDS =
            List.of("1,2,3", "[1, 2]", "", "5", "259", "260", "-1", "1,,2", ",", "99999999999", "1 1 1 1 1 1 1");
    /** The options whose values are input files. */
    private static final List<String> READ =
            List.of("--batch-file", "--ours", "--messages", "--chat-template", "--tools", "--documents");

    private static final List<String> VARIABLES = List.of(
            "x=1", "x=[1, null, {}]", "x", "=", "x=", "x=True", "enable_thinking=false", "messages=[]", "x=\"\ud800\"");
    private static final List<String> FILES = List.of(
            "{dir}/file",
            "{dir}/file",
            "{dir}/prompts.jsonl",
            "{dir}/chat.json",
            "{dir}/chat.jinja",
            "{dir}/taps.safetensors",
            "{dir}",
            "{dir}/nowhere",
            "{dir}/nowhere/x",
            "{dir}/model/config.json",
            "/",
            "",
            "\u0000");
    private static final List<String> OUTPUTS =
            List.of("{dir}/out/x", "{dir}/out/y", "{dir}/out", "{dir}/nowhere/x", "/", "", "\u0000");
    private static final List<String> MODELS = List.of(
            "{dir}/model",
            "{dir}/model",
            "{dir}/model",
            "{dir}/draft",
            "{dir}/fixture",
            "{dir}/nowhere",
            "{dir}/file",
            "no/such-model",
            "no/such@x",
            "a b",
            "",
            "/",
            "\u0000");
    private static final List<String> CHAT = List.of(
            "the",
            "",
            " ",
            "/help",
            "/settings",
            "/reset",
            "/quit",
            "/",
            "/x",
            "/system",
            "/system the",
            "/save",
            "/save {dir}/out/x",
            "/save {dir}/nowhere/x",
            "/save /",
            "/load",
            "/load {dir}/chat.json",
            "/load {dir}/file",
            "/load {dir}",
            "/load \u0000",
            "/set",
            "/unset",
            "/unset window",
            "/set max-new-tokens 3",
            "\u0000",
            "\u00ff\u00fe");

    private static final Pattern SAVES_ELSEWHERE =
            Pattern.compile("(?m)^\\s*/save\\s+(?!\\{dir}/(out|nowhere)/x|/$)\\S");

    private final Map<String, CommandSpec> commands = new TreeMap<>();

    CommandLines() {
        Streams nowhere = new Streams(
                new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                false,
                false,
                false);
        Main.commands(nowhere)
                .getSubcommands()
                .forEach((name, command) -> commands.put(name, command.getCommandSpec()));
        commands.remove("serve"); // it runs until a signal
    }

    /**
     * One run of the program. {@code {dir}} is replaced by the folder of its files.
     *
     * @param args the command, then options, each with its value
     * @param in standard input, a byte a character
     * @param file the content of {@code {dir}/file}, a byte a character
     */
    record Line(
            @JsonProperty("args") List<List<String>> args,
            @JsonProperty("in") String in,
            @JsonProperty("file") String file) {
        /** Null if the text is not a run. */
        static Line parse(byte[] json) {
            try {
                return JSON.readValue(json, Line.class);
            } catch (IOException e) {
                return null;
            }
        }

        byte[] json() {
            try {
                return JSON.writeValueAsBytes(this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Whether it writes only to {@code {dir}}, not to the current folder of the test. */
        boolean isSafe() {
            if (SAVES_ELSEWHERE.matcher(in).find()) {
                return false;
            }
            List<String> words = args.stream().flatMap(List::stream).toList();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                if (word.startsWith("-o") || word.matches("(?s)--(out|html|json)(=.*)?")) {
                    String next = i + 1 < words.size() ? words.get(i + 1) : "";
                    String file = word.contains("=") ? word.substring(word.indexOf('=') + 1) : next;
                    boolean flag = word.equals("--json") && !command().equals("parity");
                    if (!flag && !file.startsWith("{dir}/") && !OUTPUTS.contains(file)) {
                        return false;
                    }
                }
            }
            return true;
        }

        String command() {
            return args.isEmpty() ? "" : String.join(" ", args.get(0));
        }
    }

    /** A new command line, or one with an option added, removed or changed. */
    byte[] mutate(byte[] input, byte[] other, RandomGenerator random) {
        Line line = Line.parse(input);
        if (line == null || !commands.containsKey(line.command()) || random.nextInt(4) == 0) {
            return draw(random).json();
        }
        List<List<String>> args = new ArrayList<>(line.args);
        int at = 1 + random.nextInt(args.size());
        switch (random.nextInt(4)) {
            case 0 -> args.add(at, option(line.command(), random));
            case 1 -> {
                if (at < args.size()) {
                    args.remove(at);
                }
            }
            case 2 -> {
                if (at < args.size()) {
                    args.set(at, option(line.command(), random));
                }
            }
            default -> {
                return new Line(args, in(line.command(), random), file(line.file, other, random)).json();
            }
        }
        return new Line(args, line.in, line.file).json();
    }

    private Line draw(RandomGenerator random) {
        String command = any(List.copyOf(commands.keySet()), random);
        List<List<String>> args = new ArrayList<>(List.of(List.of(command)));
        if (has(command, "--model") && random.nextInt(8) > 0) {
            args.add(List.of("--model", "{dir}/model"));
        }
        if (has(command, "--prompt") && random.nextInt(8) > 0) {
            args.add(List.of("--prompt", any(TEXTS, random)));
        }
        if (command.equals("parity")) {
            args.add(List.of("{dir}/fixture"));
        }
        for (int options = random.nextInt(5); options > 0; options--) {
            args.add(option(command, random));
        }
        return new Line(args, in(command, random), "\"the\"\n{\"prompt_ids\": [1, 2]}\n");
    }

    private boolean has(String command, String option) {
        return commands.get(command).findOption(option) != null;
    }

    private List<String> option(String command, RandomGenerator random) {
        List<OptionSpec> options = commands.get(command).options();
        if (random.nextInt(12) == 0) {
            return List.of(any(
                    List.of("--nonsense", "x", "-", "--", "{dir}/fixture", "--no-", "-n5", "-q", "\u001b[2J"), random));
        }
        OptionSpec option = options.get(random.nextInt(options.size()));
        String name = any(List.of(option.names()), random);
        if (option.arity().max() == 0) {
            return List.of(name);
        }
        String value = value(option, random);
        return random.nextBoolean() && name.startsWith("--") ? List.of(name + "=" + value) : List.of(name, value);
    }

    private static String value(OptionSpec option, RandomGenerator random) {
        Class<?> type = option.typeInfo().getType();
        String name = option.longestName();
        if (name.equals("--threads")) {
            return any(List.of("1", "0", "-1", "many"), random); // more would take too long
        }
        if (name.equals("--model") || name.equals("--draft")) {
            return any(MODELS, random);
        }
        if (type == Path.class) {
            return any(READ.contains(name) ? FILES : OUTPUTS, random);
        }
        if (type.isEnum()) {
            Object constant = type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
            return any(List.of(constant.toString().toLowerCase(Locale.ROOT), constant.toString(), "other", ""), random);
        }
        return any(
                type == Integer.class || type == Long.class
                        ? NUMBERS
                        : type == Double.class
                                ? REALS
                                : type == TokenIds.class ? IDS : name.equals("--set") ? VARIABLES : TEXTS,
                random);
    }

    private String in(String command, RandomGenerator random) {
        if (!command.equals("chat")) {
            return any(TEXTS, random);
        }
        List<String> lines = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            lines.add(random.nextBoolean() ? any(CHAT, random) : setting(random));
        }
        return lines.stream().collect(Collectors.joining("\n"));
    }

    private String setting(RandomGenerator random) {
        List<OptionSpec> options = commands.get("generate").options();
        OptionSpec option = options.get(random.nextInt(options.size()));
        return "/set " + option.longestName().substring(2) + " "
                + (option.longestName().equals("--max-new-tokens") ? "5" : value(option, random));
    }

    private static String file(String file, byte[] other, RandomGenerator random) {
        byte[] bytes = file.getBytes(StandardCharsets.ISO_8859_1);
        byte[] changed = random.nextBoolean()
                ? dev.touchstone.fuzz.Lines.ANY.apply(bytes, other, random)
                : dev.touchstone.fuzz.SafetensorsFiles.ANY.apply(bytes, other, random);
        return new String(changed, StandardCharsets.ISO_8859_1);
    }

    private static <T> T any(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }
}
