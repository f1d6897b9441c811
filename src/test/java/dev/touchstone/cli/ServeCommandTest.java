package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.touchstone.server.ServerOptions;
import dev.touchstone.serving.Limits;
import dev.touchstone.util.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands serve and replay. */
@Timeout(120)
class ServeCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("serving (\\S+) on (http://127\\.0\\.0\\.1:\\d+)/");

    @TempDir
    private Path folder;

    @Test
    void theDefaultsAreThoseOfTheHelp() throws Exception {
        String help = Cli.run("serve", "--help").out().replaceAll("\\s+", " ");

        assertThat(help)
                .contains("Default: 8080.", "Default: 127.0.0.1.", "Default: 32.", "Default: 1024.", "Default: 30.")
                .contains("Default: text.", "Default: a quarter of what Java may use.");
        assertThat(ServerOptions.defaults().port()).isEqualTo(8080);
        assertThat(ServerOptions.defaults().host()).isEqualTo("127.0.0.1");
        assertThat(Limits.defaults().running()).isEqualTo(32);
        assertThat(Limits.defaults().queued()).isEqualTo(1024);
        Cli served = Serving.once("serve", "--log", "off");
        assertThat(served.exit()).as(served.err()).isZero();
        assertThat(served.out()).isEmpty();
        assertThat(served.err()).containsPattern(ADDRESS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--host 0.0.0.0 | other machines can reach 0.0.0.0: give an --api-key",
                "--host no.such.host.invalid | --host is no.such.host.invalid",
                "--port 65536 | --port must be from 0 to 65535, got 65536",
                "--api-key= | --api-key is empty",
                "--no-auth --api-key x | --no-auth and API keys exclude each other",
                "--cors-origin example.org | --cors-origin must be like https://example.org",
                "--cors-origin https://example.org/ | without a path",
                "--max-running 0 | --max-running must be at least 1",
                "--max-queued 0 | --max-queued must be at least 1",
                "--cache-memory 0 | --cache-memory must be at least 1",
                "--grace -1 | --grace must be at least 0",
                "--log xml | text or json or off"
            })
    void wrongUsageIsOneLine(String options, String message) {
        List<String> args = new ArrayList<>(List.of("serve"));
        args.addAll(List.of(options.split(" ")));

        Cli cli = Cli.run(args.toArray(String[]::new));

        assertThat(cli.exit()).isEqualTo(2);
        assertThat(cli.err()).startsWith("touchstone serve: ").contains(message).hasLineCount(1);
    }

    @Test
    void aPortInUseIsOneLine() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Cli cli = Cli.run("serve", "--port", "" + other.getLocalPort());

            assertThat(cli.exit()).isEqualTo(1);
            assertThat(cli.err())
                    .hasLineCount(1)
                    .contains("port " + other.getLocalPort() + " of 127.0.0.1 is in use by another program");
        }
    }

    @Test
    void aFileWithoutKeysIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), "\n  \n");

        Cli cli = Cli.run("serve", "--port", "0", "--api-key-file", "" + file);

        assertThat(cli.exit()).isEqualTo(1);
        assertThat(cli.err()).contains("has no API key").hasLineCount(1);
    }

    /** A server of its own process: answers, replay of an answer, and SIGTERM during a stream. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals")
    void aProcessAnswersAndStopsAfterTheAnswersInProgress() throws Exception {
        Path model = TinyModel.write(folder.resolve("model"), new TinyModel.Sizes(12, 3, 2, 4096), 1);
        Process process = start("serve", "--port", "0", "--model", "" + model, "--log", "json", "--api-key", "k");
        try (BufferedReader err = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
            String home = address(err);
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<String> answer = client.send(
                    request(home, "{\"prompt\": \"the\", \"max_tokens\": 9, \"temperature\": 1}"),
                    BodyHandlers.ofString());
            Path response = Files.writeString(folder.resolve("response.json"), answer.body());
            CompletableFuture<HttpResponse<Stream<String>>> stream = client.sendAsync(
                    request(home, "{\"prompt\": \"the\", \"max_tokens\": 3000, \"stream\": true}"),
                    BodyHandlers.ofLines());
            List<String> lines = new ArrayList<>();
            var iterator = stream.join().body().iterator();
            lines.add(iterator.next());

            assertThat(new ProcessBuilder("kill", "-TERM", "" + process.pid())
                            .start()
                            .waitFor())
                    .isZero();
            iterator.forEachRemaining(lines::add);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(lines).contains("data: [DONE]").hasSizeGreaterThan(1000);
            assertThat(lines).noneMatch(line -> line.contains("\"error\""));
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            List<String> log = err.lines().toList();
            assertThat(log).anyMatch(line -> line.startsWith("stopping"));
            JsonNode first = Json.value("a line", log.get(0));
            assertThat(first.get("route").textValue()).isEqualTo("/v1/completions");
            Cli replay = Cli.run("replay", "" + response, "--model", "" + model);
            assertThat(replay.out()).startsWith("equal: 1 text, 9 tokens, digest ");
            Cli other = Cli.run("replay", "" + response);
            assertThat(other.exit()).isEqualTo(1);
            assertThat(other.out()).contains("another model");
        } finally {
            process.destroyForcibly();
        }
    }

    private static String address(BufferedReader err) throws Exception {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            Matcher found = ADDRESS.matcher(line);
            if (found.find()) {
                return found.group(2);
            }
        }
        throw new AssertionError("the server did not start");
    }

    private static HttpRequest request(String home, String json) {
        return HttpRequest.newBuilder(URI.create(home + "/v1/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer k")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    private static Process start(String... args) throws Exception {
        return new ProcessBuilder(MainProcess.command(args))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
