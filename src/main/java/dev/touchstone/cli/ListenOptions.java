package dev.touchstone.cli;

import dev.touchstone.server.ServerOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say where a server listens and whom it answers. */
final class ListenOptions {
    private static final String KEY_VARIABLE = "TOUCHSTONE_API_KEY";

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Listen on this port; 0 for any free one. Default: 8080.")
    private Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Listen on this address. One that other machines can reach needs an API key or --no-auth."
                    + " Default: 127.0.0.1.")
    private String host;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description =
                    "Answer only requests with the header Authorization: Bearer KEY. Can be given several times. Other"
                            + " users of this machine can see it; the variable TOUCHSTONE_API_KEY and --api-key-file are hidden.")
    private List<String> keys = List.of();

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "Read API keys from FILE, one in each line.")
    private Path keyFile;

    @Option(names = "--no-auth", description = "Answer requests without an API key, whatever the address is.")
    private boolean noAuth;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            description =
                    "Let web pages of this origin, such as https://example.org, use the server. Can be given several"
                            + " times.")
    private List<String> origins = List.of();

    void check() {
        Usage usage = new Usage(command);
        usage.refuse(port != null && (port < 0 || port > 65535), "--port must be from 0 to 65535, got " + port);
        usage.refuse(keys.stream().anyMatch(String::isBlank), "--api-key is empty");
        for (String origin : origins) {
            usage.refuse(
                    !origin.matches("https?://[^/]+"),
                    "--cors-origin must be like https://example.org, without a path, got " + origin);
        }
        usage.refuse(
                noAuth && !(keys.isEmpty() && keyFile == null),
                "--no-auth and API keys exclude each other: leave out one");
        usage.refuse(
                !noAuth && keys.isEmpty() && keyFile == null && variable() == null && !isLocal(usage),
                "other machines can reach " + host + ": give an --api-key, or --no-auth to answer everybody");
    }

    private boolean isLocal(Usage usage) {
        try {
            return host == null || InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            usage.refuse(true, "--host is " + host + ", which is no address of this machine");
            return false;
        }
    }

    ServerOptions options() {
        List<String> all = new ArrayList<>(keys);
        if (keyFile != null) {
            all.addAll(ApiKeys.read(keyFile));
        }
        if (!noAuth && variable() != null) {
            all.add(variable());
        }
        ServerOptions options = ServerOptions.defaults().withKeys(all).withOrigins(Set.copyOf(origins));
        options = host == null ? options : options.withHost(host);
        return port == null ? options : options.withPort(port);
    }

    /** The address of the server, as a browser takes it. */
    String address(int actualPort) {
        String name = options().host();
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + actualPort + "/";
    }

    private static String variable() {
        String key = System.getenv(KEY_VARIABLE);
        return key == null || key.isBlank() ? null : key.strip();
    }
}
