package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.configuration.Pem;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where clients connect, and what each may do. {@code rate} is in messages a second, {@code minUpload} in bytes, {@code pending} in messages. */
public record ClientSettings(
        String host,
        int port,
        Optional<Pem> tls,
        Duration idleTimeout,
        int minUpload,
        Duration authTimeout,
        int rate,
        int maxConnections,
        int maxConnectionsPerAddress,
        ListenerOptions.Proxies proxies,
        boolean compression,
        RouterOptions.Sessions sessions,
        int pending,
        Resume resume,
        List<ClientToken> tokens,
        JwtSettings jwt) {

    /** How long sessions wait for their clients to come back, how many at a time, with how many bytes of messages. */
    public record Resume(Duration within, int sessions, long size) {}

    /** A token that stands for a client. */
    public record ClientToken(String client, Secret token) {}

    public static ClientSettings read(Reading reading) {
        return new ClientSettings(
                reading.get(ClientKeys.HOST),
                reading.get(ClientKeys.PORT),
                reading.pem(ClientKeys.CERTIFICATE, ClientKeys.KEY),
                reading.get(ClientKeys.IDLE),
                Math.toIntExact(reading.get(ClientKeys.MIN_UPLOAD)),
                reading.get(ClientKeys.AUTHENTICATION),
                reading.get(ClientKeys.RATE),
                reading.get(ClientKeys.CONNECTIONS),
                reading.get(ClientKeys.CONNECTIONS_PER_ADDRESS),
                proxies(reading),
                reading.get(ClientKeys.COMPRESSION),
                new RouterOptions.Sessions(reading.get(ClientKeys.SESSIONS), reading.get(ClientKeys.AT_SESSION_LIMIT)),
                reading.get(ClientKeys.PENDING),
                new Resume(
                        reading.get(ClientKeys.RESUME),
                        reading.get(ClientKeys.RESUME_SESSIONS),
                        reading.get(ClientKeys.RESUME_SIZE)),
                tokens(reading),
                JwtSettings.read(reading));
    }

    private static ListenerOptions.Proxies proxies(Reading reading) {
        AddressSource source = reading.get(ClientKeys.ADDRESS_FROM);
        var trusted = reading.find(ClientKeys.TRUSTED_PROXIES);
        boolean direct = source == AddressSource.CONNECTION;
        reading.check(
                direct || trusted.isPresent(),
                ClientKeys.TRUSTED_PROXIES,
                "is required with " + ClientKeys.ADDRESS_FROM.path() + ": anybody else could claim any address");
        return direct || trusted.isEmpty()
                ? ListenerOptions.Proxies.NONE
                : new ListenerOptions.Proxies(source, trusted.get());
    }

    private static List<ClientToken> tokens(Reading reading) {
        var tokens = new ArrayList<ClientToken>();
        for (int i = 0; i < reading.size(ClientKeys.CLIENT_TOKEN); i++) {
            var client = reading.require(ClientKeys.CLIENT_ID, i);
            var token = reading.require(ClientKeys.CLIENT_TOKEN, i).map(Secret::new);
            token.flatMap(t -> client.map(c -> new ClientToken(c, t))).ifPresent(tokens::add);
        }
        reading.distinct(
                ClientKeys.CLIENT_TOKEN, tokens.stream().map(ClientToken::token).toList());
        return List.copyOf(tokens);
    }
}
