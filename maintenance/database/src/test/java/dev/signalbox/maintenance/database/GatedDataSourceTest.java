package dev.signalbox.maintenance.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.contract.DrainableContract;
import dev.signalbox.testing.services.RealPostgres;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The gate before a real pool on a real PostgreSQL. */
class GatedDataSourceTest extends DrainableContract {
    private static final int POOL = 5;

    private final Database database = Database.open(
            DatabaseConfig.of(RealPostgres.shared().freshDatabase()).withPoolSize(POOL));
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final GatedDataSource gated = join("database", Duration.ofMillis(300), Duration.ZERO);

    private GatedDataSource join(String name, Duration deadline, Duration wait) {
        return GatedDataSource.join(
                maintenance,
                database.dataSource(),
                PoolGateOptions.defaults().withName(name).withDeadline(deadline).withPatience(wait));
    }

    @Override
    protected void close() {
        maintenance.close();
        database.close();
    }

    @Override
    protected Drainable drainable() {
        return gated.drainable();
    }

    @Override
    protected Optional<Runnable> begin() throws SQLException {
        try {
            Connection connection = gated.getConnection();
            return Optional.of(() -> close(connection));
        } catch (SQLTransientConnectionException refused) {
            return Optional.empty();
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }

    private void leave() throws InterruptedException {
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
    }

    @Test
    void theRefusalSaysWhy() throws Exception {
        enter();

        assertThatThrownBy(gated::getConnection)
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("in maintenance");
        assertThat(gated.refused()).isEqualTo(1);
    }

    @Test
    void whoMayWaitGetsItsConnectionAfterwards() throws Exception {
        GatedDataSource patient = join("patient", LONG, LONG);
        enter();
        CompletableFuture<Integer> answer =
                CompletableFuture.supplyAsync(() -> one(patient), Thread::startVirtualThread);
        await().atMost(LONG).until(() -> patient.refused() > 0);
        assertThat(answer).isNotDone();
        leave();

        assertThat(answer.get()).isEqualTo(1);
    }

    @Test
    void aConnectionThatIsKeptTooLongIsAborted() throws Exception {
        try (Connection kept = gated.getConnection();
                Statement statement = kept.createStatement()) {
            enter();
            assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(DrainReport.Outcome.OVERDUE);
            assertThatThrownBy(() -> statement.executeQuery("select 1")).isInstanceOf(SQLException.class);
            assertThat(gated.underWay())
                    .as("counts no more, also if it is never closed")
                    .isZero();
        }
        assertThat(gated.underWay()).isZero();
        leave();
        assertThat(one(gated)).isEqualTo(1);
    }

    /** What a driver cannot abort must not keep the others from it. */
    @Test
    void connectionsThatCannotBeAbortedCountNoMoreEither() throws Exception {
        DataSource broken = (DataSource) Proxy.newProxyInstance(
                GatedDataSourceTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (_, _, _) -> withoutAbort(database.dataSource().getConnection()));
        GatedDataSource refusing = GatedDataSource.join(
                maintenance,
                broken,
                PoolGateOptions.defaults().withName("refusing").withDeadline(Duration.ofMillis(10)));
        List<Connection> kept = List.of(refusing.getConnection(), refusing.getConnection(), refusing.getConnection());

        enter();

        assertThat(refusing.underWay()).isZero();
        kept.forEach(GatedDataSourceTest::close);
        assertThat(refusing.underWay()).isZero();
    }

    private static Connection withoutAbort(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                GatedDataSourceTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("abort")) {
                        throw new SQLException("as the test wants");
                    }
                    return method.invoke(connection, arguments);
                });
    }

    /** It waited in the pool while the others were aborted, and must not be the one that is out in the window. */
    @Test
    void aConnectionThatThePoolGivesAfterTheCutIsGivenBack() throws Exception {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < POOL; i++) {
            all.add(database.dataSource().getConnection());
        }
        CompletableFuture<Integer> late = CompletableFuture.supplyAsync(() -> one(gated), Thread::startVirtualThread);
        await().atMost(LONG).until(() -> gated.underWay() == 1);
        enter();
        assertThat(late).isNotDone();
        all.forEach(GatedDataSourceTest::close);

        assertThatThrownBy(late::get)
                .rootCause()
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("until it was too late");
        assertThat(gated.underWay()).isZero();
        leave();
        List<Connection> again = new ArrayList<>();
        for (int i = 0; i < POOL; i++) {
            again.add(gated.getConnection());
        }
        again.forEach(GatedDataSourceTest::close);
    }

    @Test
    void theOtherWayToAConnectionIsBehindTheGateToo() throws Exception {
        enter();

        assertThatThrownBy(() -> gated.getConnection("user", "password"))
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("in maintenance");
    }

    @Test
    void aConnectionThatItsOwnerAbortsIsBack() throws Exception {
        Connection connection = gated.getConnection();

        connection.abort(Runnable::run);

        assertThat(gated.underWay()).isZero();
    }

    /** What works on connections is to have ended before they are taken away. */
    @Test
    void itDrainsAfterTheWork() {
        assertThat(gated.drainable().phase()).isEqualTo(Phase.RESOURCES);
    }

    @Test
    void closingTwiceCountsOnce() throws Exception {
        Connection first = gated.getConnection();
        Connection second = gated.getConnection();
        first.close();
        first.close();
        assertThat(gated.underWay()).isEqualTo(1);
        assertThat(second).isNotEqualTo(first);
        assertThat(Set.of(first, second)).contains(second);
        second.close();
        assertThat(gated.underWay()).isZero();
    }

    @Test
    void aPoolThatRefusesIsNotCounted() throws Exception {
        Database closed = Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
        GatedDataSource gate = GatedDataSource.join(
                maintenance, closed.dataSource(), PoolGateOptions.defaults().withName("closed"));
        closed.close();

        assertThatThrownBy(gate::getConnection).isInstanceOf(SQLException.class);
        assertThat(gate.underWay()).isZero();
    }

    @Test
    void itIsTheDataSourceThatItWraps() throws Exception {
        assertThat(gated.isWrapperFor(DataSource.class)).isTrue();
        assertThat(gated.unwrap(GatedDataSource.class)).isSameAs(gated);
        try (Connection connection = gated.getConnection()) {
            assertThat(connection.isWrapperFor(org.postgresql.PGConnection.class))
                    .isTrue();
        }
    }

    /** Many threads, many windows: none is stuck, none leaked, and none out while the gate says that all are back. */
    @Test
    void inManyWindowsNoConnectionIsOutWhileTheNodeIsClosed() throws Exception {
        var stop = new AtomicBoolean();
        var closed = new AtomicBoolean();
        var wrong = new AtomicLong();
        var used = new AtomicLong();
        GatedDataSource many = join("many", LONG, Duration.ZERO);
        List<Future<?>> callers = new ArrayList<>();
        // Not virtual ones: those that spin would keep the maintenance's own from running.
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < 16; i++) {
                callers.add(threads.submit(() -> {
                    while (!stop.get()) {
                        use(many, closed, wrong, used);
                    }
                }));
            }
            try {
                for (int window = 0; window < 50; window++) {
                    enter();
                    closed.set(true);
                    long before = many.refused();
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> many.refused() > before);
                    closed.set(false);
                    leave();
                }
            } finally {
                stop.set(true);
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        assertThat(wrong.get()).isZero();
        assertThat(used.get()).isPositive();
        assertThat(many.underWay()).isZero();
        assertThat(maintenance.reports())
                .isNotEmpty()
                .allMatch(report -> report.outcome() == DrainReport.Outcome.DRAINED);
    }

    private static void use(GatedDataSource source, AtomicBoolean closed, AtomicLong wrong, AtomicLong used) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            wrong.addAndGet(closed.get() ? 1 : 0);
            statement.execute("select 1");
            wrong.addAndGet(closed.get() ? 1 : 0);
            used.incrementAndGet();
        } catch (SQLTransientConnectionException refused) {
            Thread.onSpinWait();
        } catch (SQLException e) {
            wrong.incrementAndGet();
        }
    }

    private static int one(DataSource source) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("select 1")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
