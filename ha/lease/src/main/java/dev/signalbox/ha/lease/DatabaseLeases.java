package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Leases in a database that all nodes share, by the database's clock: a row a lease, which stays when the lease ends, for its epoch.
 *
 * <p>On PostgreSQL an epoch is as durable as a commit: with {@code synchronous_commit = off}, or when an asynchronous replica takes
 * over, the last one may be given twice. On SQLite the nodes are processes of one machine.
 */
public final class DatabaseLeases {
    private static final String MODULE = "lease";
    private static final String FOLDER = "dev/signalbox/ha/lease";

    private DatabaseLeases() {}

    /**
     * Brings the tables up to date and opens the store. The database stays the caller's to close.
     *
     * @throws LeaseStoreUnavailableException if the database cannot be reached
     * @throws LeaseException if it refuses
     */
    public static LeaseStore open(Database database) {
        migrate(database);
        return new DatabaseStore(database);
    }

    /**
     * The same on PostgreSQL, for leases that may be taken before they run out, once the connection of their holder has ended: a holder
     * that was killed is followed at once, one that is frozen when its lease runs out. The store keeps a connection of its own, and one
     * for each name that is watched.
     *
     * <p><b>For work behind a fence, or guarded in another way.</b> A connection may be cut while its process lives. Then the next holder
     * and the former one, until it has heard of that, both find their lease held. Epochs are as with {@link #open}. Several stores of either
     * kind may share the tables; through {@link #open} a lease has all of its time, and is waited for until then.
     *
     * @throws LeaseStoreUnavailableException if the database cannot be reached
     * @throws LeaseException if it refuses, or is not PostgreSQL
     */
    public static LeaseStore openWithEarlyTakeover(Database database) {
        LeaseStore store = new EarlyTakeoverStore(database);
        migrate(database);
        return store;
    }

    /** A fence in the database; each check is a transaction of its own. Throws as {@link #open} does. */
    public static Fence fence(Database database) {
        migrate(database);
        return (name, epoch) -> Failing.translated(
                () -> database.transact(connection -> DatabaseFence.admits(connection, name, epoch)));
    }

    /**
     * Guards a transaction: call it first, on the transaction's connection. It locks the name's fence until the transaction ends, so
     * that no older epoch writes after a newer one has. The tables must be there, see {@link #migrate}.
     *
     * @throws StaleEpochException if a newer epoch has written already; roll back
     */
    public static void fence(Connection transaction, Lease lease) throws SQLException {
        if (!DatabaseFence.admits(transaction, lease.name(), lease.epoch())) {
            throw new StaleEpochException(lease.name(), lease.epoch());
        }
    }

    /** The history of the tables, with what {@link #migrate} would still do. Changes nothing. */
    public static List<Migration> migrations(Database database) {
        return Failing.translated(() -> database.migrations(MODULE, FOLDER, DatabaseLeases.class.getClassLoader()));
    }

    /** Brings the tables up to date, as opening does. Throws as {@link #open} does. */
    public static void migrate(Database database) {
        Failing.translated(() -> {
            database.migrate(MODULE, FOLDER, DatabaseLeases.class.getClassLoader());
            return true;
        });
    }
}
