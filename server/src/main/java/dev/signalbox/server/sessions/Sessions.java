package dev.signalbox.server.sessions;

import com.mongodb.ConnectionString;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Node;
import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.mongodb.MongoSessions;
import dev.signalbox.session.postgres.PostgresSessions;
import dev.signalbox.session.redis.RedisSessions;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The session bus as configured, with the client that its store needs. Events are JSON as text. */
final class Sessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final SessionBus<String> bus;
    private final AutoCloseable client;

    private Sessions(SessionStore store, AutoCloseable client, SessionSettings config, MeterRegistry registry) {
        this.client = client;
        this.bus = SessionBus.builder(store, Codec.text())
                .options(BusOptions.DEFAULT
                        .withMaxPayload(config.maxEvent())
                        .withLiveness(config.liveness())
                        .withPatience(config.patience()))
                .listener(new SessionMetrics(registry))
                .build();
    }

    static Sessions open(SessionSettings config, Node node) {
        MeterRegistry registry = node.registry();
        Retention retention = Retention.ofEvents(config.maxEvents()).withMaxAge(config.maxAge());
        return switch (config.store()) {
            case MEMORY -> {
                LOG.info("session events are kept in memory: a restart forgets them (session.store chooses)");
                yield new Sessions(SessionStore.inMemory(retention), () -> {}, config, registry);
            }
            case DATABASE ->
                new Sessions(PostgresSessions.open(node.database(), retention), () -> {}, config, registry);
            case REDIS -> redis(config, retention, registry);
            case MONGODB -> mongodb(config, retention, registry);
        };
    }

    private static Sessions redis(SessionSettings config, Retention retention, MeterRegistry registry) {
        RedisClient client = parsed("session.redis.url", config, RedisClient::create);
        try {
            return new Sessions(
                    RedisSessions.open(client, config.redisNamespace(), retention), client, config, registry);
        } catch (RuntimeException | Error e) {
            client.shutdown();
            throw e;
        }
    }

    /** The URL's database, or {@code signalbox}. */
    private static Sessions mongodb(SessionSettings config, Retention retention, MeterRegistry registry) {
        ConnectionString url = parsed("session.mongodb.url", config, ConnectionString::new);
        MongoClient client = MongoClients.create(url);
        try {
            String database = url.getDatabase() == null ? "signalbox" : url.getDatabase();
            SessionStore store = MongoSessions.open(client.getDatabase(database), config.mongoCollection(), retention);
            return new Sessions(store, client, config, registry);
        } catch (RuntimeException | Error e) {
            client.close();
            throw e;
        }
    }

    /** The drivers' own messages quote the URL, and with it the password. */
    private static <R> R parsed(String key, SessionSettings config, Function<String, R> parser) {
        String url = config.url().map(Secret::value).orElseThrow();
        try {
            return parser.apply(url);
        } catch (IllegalArgumentException e) {
            throw new SessionBusException(
                    key + " is malformed; its value is not shown, since it may hold a password."
                            + " Percent-encode what is special in user and password",
                    null);
        }
    }

    SessionBus<String> bus() {
        return bus;
    }

    @Override
    public void close() throws Exception {
        bus.close();
        client.close();
    }
}
