package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Migration;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.InstantSource;
import java.util.List;

/**
 * Sessions in PostgreSQL 12 or newer. A table is the truth; NOTIFY only wakes, so nothing is lost with it.
 *
 * <p>A bus needs up to {@link dev.signalbox.session.bus.BusOptions#writers} + 3 connections of the pool: one to
 * listen on, once there are subscriptions or members, and two for all else, however many sessions there are. PgBouncer in transaction mode does not pass on what is listened for; then events
 * of other nodes are found by the bus's sweep.
 */
public final class PostgresSessions {
    private PostgresSessions() {}

    /**
     * Brings the tables up to date and opens the store, whose times are the database's.
     *
     * @throws dev.signalbox.session.bus.SessionUnavailableException if the database cannot be reached
     * @throws dev.signalbox.session.bus.SessionBusException if it refuses
     * @throws IllegalArgumentException if it is not PostgreSQL
     */
    public static SessionStore open(Database database, Retention retention) {
        return open(database, retention, database.clock());
    }

    /** The same with a clock of one's own, which all nodes must share; for tests. */
    public static SessionStore open(Database database, Retention retention, InstantSource clock) {
        return PostgresStore.open(checked(database), retention, clock);
    }

    /**
     * The history of the tables in a database, with what {@link #migrate} would still do. Changes nothing.
     *
     * @throws dev.signalbox.session.bus.SessionBusException if the database cannot be asked
     * @throws IllegalArgumentException if it is not PostgreSQL
     */
    public static List<Migration> migrations(Database database) {
        return PostgresStore.migrations(checked(database));
    }

    /** Brings the tables up to date, as opening does. Throws as {@link #open(Database, Retention)} does. */
    public static void migrate(Database database) {
        PostgresStore.migrate(checked(database));
    }

    private static Database checked(Database database) {
        if (database.dialect() != Dialect.POSTGRESQL) {
            throw new IllegalArgumentException(
                    "sessions need PostgreSQL; " + database.config().place() + " is something else");
        }
        return database;
    }
}
