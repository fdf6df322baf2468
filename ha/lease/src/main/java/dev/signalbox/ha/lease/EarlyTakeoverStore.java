package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DedicatedConnection;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases as rows in PostgreSQL that may be taken before they run out, once the connection of their holder has ended. Thread-safe; its
 * changes go one after the other through one connection.
 *
 * <p>The row decides who holds a lease, as in {@link DatabaseStore}; the holder's lock, see {@link LivenessLocks}, only says whether the
 * others have to wait for the time in the row. So an epoch is given once, whatever happens to locks. A lock counts only
 *
 * <ul>
 *   <li>if the row says that its holder has one: a holder through a plain store, or one that renewed while it could not have its lock
 *       back, has all of its time;
 *   <li>if the server was not started since: a restart, or another server in its place, ends all locks and says nothing about holders;
 *   <li>if the server is not about to stop: then it ends connections one after the other, and this one might see the end of the holder's
 *       before its own. From the beginning of that it takes no new connections, so one is opened after the lock was seen to be free.
 * </ul>
 *
 * <p>What is left is a connection that ends while its process lives: cut by the network or by an administrator. A living holder is told by
 * its own {@link LivenessWatch}, renews at once, and either has its lock again or has lost. Until it has heard of it two act. That is why
 * such leases are only for work behind a fence.
 */
final class EarlyTakeoverStore implements LeaseStore {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyTakeoverStore.class);
    /** Statements are short, and a renewal has to have failed well before a lease of the usual length ends. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

    private final Database database;
    private final DatabaseStore rows;
    private final LivenessLocks locks;
    /** Names of leases that are held through this store without a lock, since their last renewal. */
    private final Set<String> lockMissing = ConcurrentHashMap.newKeySet();

    private final String take;
    private final String lockEnded;
    private final String renewLocked;
    private final String renewUnlocked;

    EarlyTakeoverStore(Database database) {
        if (database.dialect() != Dialect.POSTGRESQL) {
            throw new LeaseException(
                    "leases can be taken over early in PostgreSQL only, not in " + database.dialect(), null);
        }
        this.database = database;
        this.rows = new DatabaseStore(database);
        this.locks = new LivenessLocks(database, ANSWER_WITHIN);
        String now = DatabaseStore.now(Dialect.POSTGRESQL);
        // The new term's lock is taken before the row is committed, so nobody sees the row without it. A connection
        // passes its own locks, so terms of this process are left out.
        take = """
                with taken as (
                    insert into signalbox_lease (name, owner, epoch, until, lock_epoch, lock_server)
                    values (?, ?, 1, $now + ?, 1, pg_postmaster_start_time())
                    on conflict (name) do update
                        set owner = excluded.owner, epoch = signalbox_lease.epoch + 1, until = $now + ?,
                            lock_epoch = signalbox_lease.epoch + 1, lock_server = pg_postmaster_start_time()
                        where signalbox_lease.until <= $now or signalbox_lease.owner in ('', excluded.owner)
                            or (? and signalbox_lease.lock_epoch = signalbox_lease.epoch
                                and signalbox_lease.lock_server = pg_postmaster_start_time()
                                and signalbox_lease.epoch <> all (?)
                                and pg_try_advisory_xact_lock_shared($hash))
                    returning name, epoch
                )
                select epoch, pg_advisory_lock(hashtextextended(name || ' ' || epoch, 0)) from taken
                """.replace("$now", now).replace("$hash", LivenessLocks.HASH_OF_ROW);
        // By "case", the lock is taken only where all else is as it should be.
        lockEnded = """
                select case when until > $now and lock_epoch = epoch and lock_server = pg_postmaster_start_time() and epoch <> all (?)
                    then pg_try_advisory_lock_shared($hash) else false end, epoch
                from signalbox_lease where name = ?
                """.replace("$now", now).replace("$hash", LivenessLocks.HASH_OF_ROW);
        renewLocked = """
                update signalbox_lease set until = $now + ?, lock_epoch = epoch, lock_server = pg_postmaster_start_time()
                where name = ? and owner = ? and epoch = ? and until > $now
                """.replace("$now", now);
        renewUnlocked = """
                update signalbox_lease set until = $now + ?, lock_epoch = null, lock_server = null
                where name = ? and owner = ? and epoch = ? and until > $now
                """.replace("$now", now);
    }

    @Override
    public synchronized Acquisition acquire(String name, String owner, Duration ttl) {
        LeaseNames.checked(name);
        LeaseNames.checked(owner);
        return Failing.translated(() -> {
            Acquisition inTime = acquire(false, name, owner, ttl);
            return inTime instanceof Acquisition.Granted
                    ? inTime
                    : acquireEarly(name, owner, ttl).orElse(inTime);
        });
    }

    private Acquisition acquire(boolean early, String name, String owner, Duration ttl) {
        LeaseTaking taking = (connection, lease, by, micros) -> take(connection, early, lease, by, micros);
        return locks.run(connection -> rows.acquire(connection, taking, name, owner, ttl));
    }

    /** Empty if the holder's lock is there, or says nothing. While it is shared here, the holder cannot have it back. */
    private Optional<Acquisition> acquireEarly(String name, String owner, Duration ttl) {
        OptionalLong ended = locks.run(connection -> shareEnded(connection, name));
        if (ended.isEmpty()) {
            return Optional.empty();
        }
        try {
            return takesConnections() ? Optional.of(acquire(true, name, owner, ttl)) : Optional.empty();
        } finally {
            locks.run(connection -> LivenessLocks.unshare(connection, name, ended.getAsLong()));
        }
    }

    /** The epoch whose lock was free, and is shared with this connection now. */
    private OptionalLong shareEnded(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockEnded)) {
            statement.setArray(1, connection.createArrayOf("bigint", locks.epochs(name)));
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1) ? OptionalLong.of(row.getLong(2)) : OptionalLong.empty();
            }
        }
    }

    private boolean takesConnections() {
        try {
            DedicatedConnection.open(database, ANSWER_WITHIN).close();
            return true;
        } catch (DatabaseException e) {
            LOG.debug("no lease is taken early while the database takes no connections", e);
            return false;
        }
    }

    private Optional<Long> take(Connection connection, boolean early, String name, String owner, long ttl)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(take)) {
            statement.setString(1, name);
            statement.setString(2, owner);
            statement.setLong(3, ttl);
            statement.setLong(4, ttl);
            statement.setBoolean(5, early);
            statement.setArray(6, connection.createArrayOf("bigint", locks.epochs(name)));
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                locks.taken(name, row.getLong(1));
                lockMissing.remove(name);
                return Optional.of(row.getLong(1));
            }
        }
    }

    /**
     * Where the lock cannot be had back at once, such as while a former connection has not ended yet, the lease is renewed without it, and
     * the row says so: otherwise another would take the lease as soon as that lock is free, right after it was renewed.
     */
    @Override
    public synchronized boolean renew(String name, String owner, long epoch, Duration ttl) {
        return Failing.translated(() -> locks.runRepeatable(connection -> {
            boolean locked = locks.lock(connection, name, epoch);
            boolean renewed = rows.renew(connection, locked ? renewLocked : renewUnlocked, name, owner, epoch, ttl);
            if (!renewed) {
                locks.unlock(connection, name, epoch);
            }
            noteMissing(name, renewed && !locked);
            return renewed;
        }));
    }

    private void noteMissing(String name, boolean missing) {
        if (missing) {
            lockMissing.add(name);
        } else {
            lockMissing.remove(name);
        }
    }

    @Override
    public synchronized boolean release(String name, String owner, long epoch) {
        return Failing.translated(() -> locks.run(connection -> {
            boolean released = rows.release(connection, name, owner, epoch);
            locks.unlock(connection, name, epoch);
            noteMissing(name, false);
            return released;
        }));
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return rows.find(name);
    }

    /** A connection for each watch, until it is closed. */
    @Override
    public Watch watch(String name, Runnable changed) {
        LeaseNames.checked(name);
        return new LivenessWatch(database, name, changed, () -> lockMissing.contains(name)).start();
    }

    /** The database is the caller's; the locks end. */
    @Override
    public synchronized void close() {
        locks.close();
    }
}
