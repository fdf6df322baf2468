package dev.signalbox.session.mongodb;

import static dev.signalbox.session.mongodb.Failures.translating;

import com.mongodb.client.MongoDatabase;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Keeps sessions in MongoDB, a document an event: {@code sessionId}, {@code message} (JSON text where the codec makes it), and what keeps them in
 * order. Needs a replica set, since it follows a change stream.
 *
 * <p>Everything is written to and read from the majority. A batch is not a transaction: if a process dies in the middle, a
 * beginning of it may stay, which nobody was told had been sent. Times are in milliseconds, and the clocks of nodes must not differ by more
 * than a minute.
 *
 * <p>Documents that other programs put into the collection without an {@code offset} are ignored; the first one is logged. Beside the
 * collection of events, it uses those with the endings {@code _heads}, {@code _groups} and {@code _migrations}.
 */
public final class MongoSessions {
    /** How long one operation may take. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private MongoSessions() {}

    /**
     * Brings the collections up to date and opens the store.
     *
     * @param database of a client of the caller's, which is never closed; its concerns for reading and writing are overruled
     * @param collection where the events are; {@code messagebus} is what Integrail's SDK uses
     * @throws IllegalArgumentException if the collection is capped, and the retention is not forever: the server removes from
     *     it by itself, and nobody else may
     * @throws dev.signalbox.session.bus.SessionUnavailableException if it cannot be reached
     * @throws dev.signalbox.session.bus.SessionBusException if it refuses
     */
    public static SessionStore open(MongoDatabase database, String collection, Retention retention) {
        return open(database, collection, retention, InstantSource.system());
    }

    /** The same with a clock of one's own. */
    public static SessionStore open(
            MongoDatabase database, String collection, Retention retention, InstantSource clock) {
        return open(database, collection, retention, clock, TIMEOUT);
    }

    /** @param timeout of one operation */
    static MongoStore open(
            MongoDatabase database, String collection, Retention retention, InstantSource clock, Duration timeout) {
        MongoCollections collections = MongoCollections.of(database, collection, timeout);
        return translating(() -> {
            if (!retention.isForever() && collections.isCapped()) {
                throw new IllegalArgumentException("collection " + collection
                        + " is capped: its size is its retention; open it with Retention.FOREVER");
            }
            new Migrations(collections, clock).run();
            return new MongoStore(collections, retention, clock);
        });
    }
}
