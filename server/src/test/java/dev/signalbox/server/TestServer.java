package dev.signalbox.server;

import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.clients.ClientTokens;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A real server on free ports, with SQLite and a simulated SMS provider. */
public final class TestServer implements AutoCloseable {
    private static final Secret SECRET = new Secret("0123456789abcdef0123456789abcdef");

    public final SmsSimulator provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final Path folder;
    private final Server server;

    /** {@code more} settings are {@code key=value}. */
    public TestServer(Path folder, String... more) {
        this(SignalboxCommand.FEATURES, folder, more);
    }

    /** One that can do what {@code features} say. */
    public TestServer(Features features, Path folder, String... more) {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        this.folder = folder;
        this.server = Server.start(features, features.load(Optional.empty(), Map.of(), settings(folder, more)));
    }

    private List<String> settings(Path data, String... more) {
        return Stream.concat(
                        Stream.of(
                                "data.folder=" + data,
                                "control.port=0",
                                "clients.port=0",
                                "clients.socket=" + data.resolve("web.sock"),
                                "clients.tcp.port=0",
                                "clients.tcp.socket=" + data.resolve("tcp.sock"),
                                "clients.udp.port=0",
                                "clients.grpc.port=0",
                                "clients.jwt.secret=" + SECRET.value(),
                                "topics.rules.0.name=news",
                                "topics.rules.0.publish=*",
                                "topics.rules.0.subscribe=*",
                                "delivery.sms.url=" + provider.sendUrl(),
                                "delivery.sms.token=mock-token",
                                "delivery.sms.key-lifetime=1h"),
                        Stream.of(more))
                .toList();
    }

    /** Runs a command that talks to this server's control port. */
    public Run run(String... arguments) {
        var where = Stream.of("--url", server.controlUri().toString(), "--data", folder.toString());
        return Run.of(Stream.concat(Stream.of(arguments), where).toArray(String[]::new));
    }

    public String url() {
        return server.controlUri().toString();
    }

    public String clientsUrl() {
        return server.address("clients").toString();
    }

    /** Where clients connect over another transport: {@code ws}, {@code http}, {@code tcp}, {@code tcp+unix}, {@code udp} or {@code grpc}. */
    public String clientsUrl(String scheme) {
        return switch (scheme) {
            case "http" -> "http://127.0.0.1:" + server.address("clients").getPort() + "/events";
            case "tcp" -> server.address("clients-tcp").toString();
            case "tcp+unix" -> server.address("clients-tcp-socket").toString();
            case "udp" -> server.address("clients-udp").toString();
            case "grpc" -> server.address("clients-grpc").toString();
            default -> clientsUrl();
        };
    }

    /** The file of its Unix socket for WebSocket and HTTP. */
    public Path socket() {
        return folder.resolve("web.sock");
    }

    /** The port for clients over UDP. */
    public int udpPort() {
        return server.address("clients-udp").getPort();
    }

    /** A file with a token for the client. */
    public String tokenOf(String client) throws IOException {
        var token = ClientTokens.mint(SECRET, client, Instant.now().plusSeconds(600));
        return Files.writeString(folder.resolve(client + ".token"), token).toString();
    }

    /** A token for the client that grants topics. */
    public String tokenOf(String client, TopicGrants topics) {
        return ClientTokens.mint(SECRET, client, Instant.now().plusSeconds(600), topics);
    }

    @Override
    public void close() {
        server.close();
        provider.close();
    }
}
