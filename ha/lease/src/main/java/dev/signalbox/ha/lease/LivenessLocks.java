package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.database.DedicatedConnection;
import dev.signalbox.database.Work;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The advisory locks by which a process shows PostgreSQL that it lives, one for each of its terms, on one connection: PostgreSQL ends
 * them with the connection, and the system closes that with the process. For one thread at a time.
 *
 * <p>A server notices the end of an idle connection at once, and that of a busy one when its statement is over; so nothing slow may run
 * on this connection.
 */
final class LivenessLocks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LivenessLocks.class);

    /** The lock of a term whose key, see {@link #key}, is the parameter. */
    static final String HASH = "hashtextextended(?, 0)";

    /** The same for a row of the table {@code signalbox_lease}. */
    static final String HASH_OF_ROW = "hashtextextended(signalbox_lease.name || ' ' || signalbox_lease.epoch, 0)";

    private record Term(String name, long epoch) {}

    private final Database database;
    private final Duration answerWithin;
    private final Set<Term> held = new HashSet<>();
    private @Nullable DedicatedConnection connection;

    LivenessLocks(Database database, Duration answerWithin) {
        this.database = database;
        this.answerWithin = answerWithin;
    }

    /** Names have no blanks, so no two terms have one key. */
    static String key(String name, long epoch) {
        return name + " " + epoch;
    }

    /**
     * Runs the work on the connection of the locks, which is opened if there is none. After a failure nobody knows what is locked, so
     * the connection is given up, and the locks with it: terms that go on are locked again at their next renewal.
     */
    <T> T run(Work<T> work) {
        DedicatedConnection open = connection;
        if (open == null) {
            open = DedicatedConnection.open(database, answerWithin);
            connection = open;
        }
        try {
            return open.run(work);
        } catch (DatabaseException e) {
            close();
            throw e;
        }
    }

    /**
     * The same for work that may be done twice: a connection that broke since it was used last is found out by the work, which is then
     * tried on another.
     */
    <T> T runRepeatable(Work<T> work) {
        boolean mayBeBroken = connection != null;
        try {
            return run(work);
        } catch (DatabaseUnavailableException e) {
            if (!mayBeBroken) {
                throw e;
            }
            return run(work);
        }
    }

    /** Notes a lock that a statement of the caller's has taken on this connection. */
    void taken(String name, long epoch) {
        held.add(new Term(name, epoch));
    }

    /** The terms of that name whose locks this process holds. */
    Long[] epochs(String name) {
        return held.stream()
                .filter(term -> term.name().equals(name))
                .map(Term::epoch)
                .toArray(Long[]::new);
    }

    /** Takes the lock of a term unless it is held already. Returns false if another connection has it, such as a former one of ours. */
    boolean lock(Connection open, String name, long epoch) throws SQLException {
        Term term = new Term(name, epoch);
        if (!held.contains(term) && call(open, "select pg_try_advisory_lock(" + HASH + ")", term)) {
            held.add(term);
        }
        return held.contains(term);
    }

    void unlock(Connection open, String name, long epoch) throws SQLException {
        Term term = new Term(name, epoch);
        if (held.remove(term) && !call(open, "select pg_advisory_unlock(" + HASH + ")", term)) {
            LOG.warn("the lock of the lease '{}' with epoch {} was gone before it was given back", name, epoch);
        }
    }

    /** Gives back a lock that a statement of the caller's shares. */
    static boolean unshare(Connection open, String name, long epoch) throws SQLException {
        return call(open, "select pg_advisory_unlock_shared(" + HASH + ")", new Term(name, epoch));
    }

    private static boolean call(Connection open, String sql, Term term) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement(sql)) {
            statement.setString(1, key(term.name(), term.epoch()));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Ends the connection and all locks. Idempotent; the next {@link #run} opens another. */
    @Override
    public void close() {
        held.clear();
        DedicatedConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (DatabaseException e) {
                LOG.debug("the connection of the liveness locks was broken", e);
            }
        }
    }
}
