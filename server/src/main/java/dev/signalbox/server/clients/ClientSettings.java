package dev.signalbox.server.clients;

import dev.signalbox.server.configuration.Pem;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where clients connect, and what each may do. {@code rate} is in messages a second. */
public record ClientSettings(
        String host,
        int port,
        Optional<Pem> tls,
        Duration idleTimeout,
        Duration authTimeout,
        int rate,
        int maxConnections,
        int maxConnectionsPerAddress,
        List<ClientToken> tokens,
        Optional<Secret> jwtSecret) {

    /** A token that stands for a client. */
    public record ClientToken(String client, Secret token) {}

    public static ClientSettings read(Reading reading) {
        return new ClientSettings(
                reading.get(ClientKeys.HOST),
                reading.get(ClientKeys.PORT),
                reading.pem(ClientKeys.CERTIFICATE, ClientKeys.KEY),
                reading.get(ClientKeys.IDLE),
                reading.get(ClientKeys.AUTHENTICATION),
                reading.get(ClientKeys.RATE),
                reading.get(ClientKeys.CONNECTIONS),
                reading.get(ClientKeys.CONNECTIONS_PER_ADDRESS),
                tokens(reading),
                reading.find(ClientKeys.JWT_SECRET).map(Secret::new));
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
