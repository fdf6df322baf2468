package dev.signalbox.maintenance.database;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Phase;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * A gate before a pool: during maintenance nobody gets a connection, and those that are out are awaited. The pool itself is not
 * touched, so none of its settings have to be restored. For everything that takes a {@link DataSource}: JDBC, Jdbi, Hibernate,
 * Spring. Thread-safe, as the pool is.
 */
public final class GatedDataSource implements DataSource {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(GatedDataSource.class);

    private final DataSource pool;
    private final Duration patience;
    private final AdmissionGate gate = new AdmissionGate();
    private final Set<GatedConnection> out = ConcurrentHashMap.newKeySet();
    private final AtomicLong cuts = new AtomicLong();
    private final Drainable drainable;

    @FunctionalInterface
    private interface Borrowing {
        Connection borrow() throws SQLException;
    }

    private GatedDataSource(DataSource pool, PoolGateOptions options) {
        this.pool = pool;
        this.patience = options.patience();
        this.drainable = Drainable.of(options.name(), Phase.RESOURCES, options.deadline(), gate, this::abortAll);
    }

    /**
     * A gate that takes part in a maintenance from now on, in the phase {@link Phase#RESOURCES}.
     *
     * @throws IllegalArgumentException if the name is taken there
     */
    public static GatedDataSource join(Maintenance maintenance, DataSource pool, PoolGateOptions options) {
        GatedDataSource made = new GatedDataSource(pool, options);
        maintenance.add(made.drainable);
        return made;
    }

    /**
     * Borrows a connection from the pool.
     *
     * @throws SQLTransientConnectionException during maintenance
     */
    @Override
    public Connection getConnection() throws SQLException {
        return gated(pool::getConnection);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return gated(() -> pool.getConnection(user, password));
    }

    private Connection gated(Borrowing borrowing) throws SQLException {
        long before = admitted();
        GatedConnection lent = borrowed(borrowing);
        // Race: this one may have waited in the pool while those that were out were aborted.
        if (cuts.get() != before) {
            giveBack(lent);
            throw new SQLTransientConnectionException(
                    "in maintenance: the pool had no connection until it was too late; try again later");
        }
        return lent.proxy();
    }

    /**
     * Passes the gate. Returns how often connections were aborted before. Race: a thread that is held up just behind the gate may
     * miss a whole drain, and one that waits before it does; both have to pass it once more.
     */
    private long admitted() throws SQLException {
        while (true) {
            long before = cuts.get();
            if (!enter()) {
                throw new SQLTransientConnectionException(
                        "in maintenance: no connections are given out; try again later");
            }
            if (cuts.get() == before) {
                return before;
            }
            gate.leave();
        }
    }

    private GatedConnection borrowed(Borrowing borrowing) throws SQLException {
        try {
            GatedConnection lent = new GatedConnection(borrowing.borrow(), this::returned);
            out.add(lent);
            return lent;
        } catch (SQLException | RuntimeException | Error e) {
            gate.leave();
            throw e;
        }
    }

    /** Nobody else would close it, and a pool counts what was only aborted as out for ever. */
    private static void giveBack(GatedConnection unused) {
        try {
            unused.proxy().close();
        } catch (SQLException e) {
            LOG.debug("A connection that came too late was broken", e);
        }
    }

    private boolean enter() throws SQLException {
        try {
            return patience.isZero() ? gate.enter() : gate.enter(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for the maintenance to end", e);
        }
    }

    private void returned(GatedConnection lent) {
        out.remove(lent);
        gate.leave();
    }

    private void abortAll() {
        cuts.incrementAndGet();
        for (GatedConnection lent : out) {
            try {
                lent.abort();
            } catch (SQLException e) {
                LOG.warn("A connection could not be aborted", e);
            }
        }
    }

    Drainable drainable() {
        return drainable;
    }

    /** How many connections are out. */
    public long underWay() {
        return gate.inside();
    }

    /** How often a connection was refused since the start. */
    public long refused() {
        return gate.refused();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        pool.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || pool.isWrapperFor(type);
    }
}
