package dev.signalbox.cluster.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Options.HostnameResolveMode;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections that never reconnect by themselves. Used by the link's supervisor alone. */
final class NatsConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NatsConnector.class);

    private final NatsLinkOptions options;
    /** The configured servers, and those that they told of. */
    private final Set<String> servers = new LinkedHashSet<>();

    NatsConnector(NatsLinkOptions options) {
        this.options = options;
        options.servers().forEach(each -> servers.add(each.toString()));
    }

    /** What a connection tells of itself: why it ended, and that its server wants it to leave. */
    record Signals(CompletableFuture<String> ended, AtomicBoolean lameDuck) {
        Signals() {
            this(new CompletableFuture<>(), new AtomicBoolean());
        }
    }

    /**
     * Tries each server once.
     *
     * @throws IOException if none takes it
     */
    Connection connect(Signals signals) throws IOException, InterruptedException {
        Options.Builder builder = new Options.Builder()
                .servers(servers.toArray(String[]::new))
                .noReconnect()
                // The other modes lose the name before TLS can check it.
                .hostnameResolveMode(HostnameResolveMode.HappyEyeballs)
                .connectionTimeout(options.silence())
                .connectionName("signalbox " + options.prefix())
                .maxMessagesInOutgoingQueue(0) // Bounded by what is not confirmed; a full queue would block the caller.
                .connectionListener((connection, event) -> tell(event, signals))
                .errorListener(new Errors(signals));
        options.login().ifPresent(login -> logIn(builder, login));
        if (options.isSecure()) {
            builder.sslContext(options.trust().nameCheckingContext());
        }
        return Nats.connect(builder.build());
    }

    private static void logIn(Options.Builder builder, NatsLogin login) {
        if (login.user().isEmpty()) {
            builder.token(login.secret().toCharArray());
        } else {
            builder.userInfo(login.user().toCharArray(), login.secret().toCharArray());
        }
    }

    private static void tell(ConnectionListener.Events event, Signals signals) {
        switch (event) {
            // Not DISCONNECTED, which is also told of each server that did not take us before another one did.
            case CLOSED -> signals.ended().complete("the server ended the connection");
            case LAME_DUCK -> signals.lameDuck().set(true);
            default -> LOG.debug("{}", event);
        }
    }

    /** Remembers the servers that a connected one knows. */
    void learn(Collection<String> known) {
        servers.addAll(known);
    }

    /** For people: the configured servers. */
    String where() {
        return options.servers().stream().map(URI::getAuthority).collect(Collectors.joining(", "));
    }

    /** What the server says besides; a refusal ends the connection, for it would not be heard of otherwise. */
    private record Errors(Signals signals) implements ErrorListener {
        private static final List<String> FATAL = List.of("permissions violation", "authorization violation");

        @Override
        public void errorOccurred(Connection connection, String error) {
            LOG.debug("NATS says: {}", error);
            if (FATAL.stream().anyMatch(error.toLowerCase(Locale.ROOT)::contains)) {
                signals.ended().complete("it refuses: " + error + "; allow this user to publish and to subscribe");
            }
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            LOG.debug("a connection to NATS failed", exception);
        }

        @Override
        public void slowConsumerDetected(Connection connection, Consumer consumer) {
            LOG.warn(
                    "more comes from NATS than this node can take; its connection is replaced, and what is missing told as lost");
        }
    }
}
