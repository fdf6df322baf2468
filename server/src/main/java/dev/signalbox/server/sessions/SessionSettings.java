package dev.signalbox.server.sessions;

import dev.signalbox.database.Dialect;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The session bus. {@code maxEvent} is in bytes; {@code url} is that of Redis or MongoDB. */
record SessionSettings(
        Store store,
        Optional<Secret> url,
        String redisNamespace,
        String mongoCollection,
        Duration liveness,
        Duration patience,
        long maxEvents,
        Duration maxAge,
        int maxEvent,
        int maxStreams,
        List<String> clientSessions) {

    /** Where sessions are kept. */
    enum Store {
        MEMORY,
        DATABASE,
        REDIS,
        MONGODB
    }

    static SessionSettings read(Reading reading) {
        Dialect dialect = NodeSettings.read(reading).database().dialect();
        var usual = dialect == Dialect.POSTGRESQL ? Store.DATABASE : Store.MEMORY;
        var store = reading.find(SessionKeys.STORE).orElse(usual);
        reading.check(
                store != Store.DATABASE || dialect == Dialect.POSTGRESQL,
                SessionKeys.STORE,
                "is database, which has to be PostgreSQL then");
        var redis = required(reading, SessionKeys.REDIS_URL, store == Store.REDIS);
        var mongodb = required(reading, SessionKeys.MONGODB_URL, store == Store.MONGODB);
        return new SessionSettings(
                store,
                redis.or(() -> mongodb),
                reading.get(SessionKeys.REDIS_NAMESPACE),
                reading.get(SessionKeys.MONGODB_COLLECTION),
                reading.get(SessionKeys.LIVENESS),
                reading.get(SessionKeys.PATIENCE),
                reading.get(SessionKeys.MAX_EVENTS),
                reading.get(SessionKeys.MAX_AGE),
                Math.toIntExact(reading.get(SessionKeys.MAX_EVENT)),
                reading.get(SessionKeys.MAX_STREAMS),
                List.of(reading.get(SessionKeys.CLIENT_SESSIONS).strip().split("\\s+")));
    }

    /** A URL that the chosen store needs; that of another is checked and left alone. */
    private static Optional<Secret> required(Reading reading, Key<String> url, boolean needed) {
        var given = reading.find(url).map(Secret::new);
        reading.check(!needed || reading.isGiven(url), url, "is required with this " + SessionKeys.STORE.path());
        return given.filter(secret -> needed);
    }
}
