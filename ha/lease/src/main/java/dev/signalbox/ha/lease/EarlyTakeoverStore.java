package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
 *   <li>if the server was not started since: a restart, or another server in its place, ends all locks and says nothing about holders.
 * </ul>
 *
 * <p>What is left is a connection that ends while its process lives: cut by the network or by an administrator. A living holder is told by
 * its own {@link LivenessWatch}, renews at once, and either has its lock again or has lost. Until it has heard of it two act. That is why
 * such leases are only for work behind a fence.
 */
final class EarlyTakeoverStore implements LeaseStore {
    /** Statements are short, and a renewal has to have failed well before a lease of the usual length ends. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);

    private final Database database;
    private final DatabaseStore rows;
    private final LivenessLocks locks;
    /** Names of leases that are held through this store without a lock, since their last renewal. */
    private final Set<String> lockMissing = ConcurrentHashMap.newKeySet();

    private final String take;
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
                            or (signalbox_lease.lock_epoch = signalbox_lease.epoch
                                and signalbox_lease.lock_server = pg_postmaster_start_time()
                                and signalbox_lease.epoch <> all (?)
                                and pg_try_advisory_xact_lock_shared($hash))
                    returning name, epoch
                )
                select epoch, pg_advisory_lock(hashtextextended(name || ' ' || epoch, 0)) from taken
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
        return Failing.translated(
                () -> locks.run(connection -> rows.acquire(connection, this::take, name, owner, ttl)));
    }

    private Optional<Long> take(Connection connection, String name, String owner, long ttl) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(take)) {
            statement.setString(1, name);
            statement.setString(2, owner);
            statement.setLong(3, ttl);
            statement.setLong(4, ttl);
            statement.setArray(5, connection.createArrayOf("bigint", locks.epochs(name)));
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
