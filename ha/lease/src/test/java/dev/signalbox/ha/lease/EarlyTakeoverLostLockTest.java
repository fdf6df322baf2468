package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DedicatedConnection;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A holder in PostgreSQL whose connection was cut and that cannot have its lock back, as while the server still keeps its former connection.
 * Here another connection keeps that lock, for as long as the test wants. Leases last an hour, so no test waits for that.
 */
@Timeout(240)
class EarlyTakeoverLostLockTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Renewed each twenty minutes, so only a hint makes a holder renew in time. */
    private static final LeaseOptions SELDOM = new LeaseOptions(HOUR, Duration.ofMinutes(1), Duration.ofSeconds(30));

    private final List<AutoCloseable> open = new ArrayList<>();
    private FaultProxy proxy;
    private LeaseStore holder;
    private LeaseStore other;
    private Database observer;

    @BeforeEach
    void openTwo() {
        String url = RealPostgres.shared().freshDatabase();
        proxy = closing(FaultProxy.before(RealPostgres.shared().port()));
        holder = node(RealPostgres.through(proxy.port(), url));
        other = node(url);
        observer = database(url);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
    }

    private <C extends AutoCloseable> C closing(C part) {
        open.add(part);
        return part;
    }

    private Database database(String at) {
        return closing(Database.open(DatabaseConfig.of(at)));
    }

    private LeaseStore node(String at) {
        return closing(DatabaseLeases.openWithEarlyTakeover(database(at)));
    }

    @Test
    void aRenewalWithoutTheLockIsNotTakenEarlyOnceTheLockIsFree() {
        long epoch = granted(holder, "one");
        try (DedicatedConnection former = DedicatedConnection.open(observer, PATIENCE)) {
            proxy.cutOnce();
            lock(former, epoch);
            awaitRenewal(epoch);
        }
        awaitUnlocked(epoch);

        assertThat(other.acquire("a", "two", HOUR)).isInstanceOf(Acquisition.Refused.class);
    }

    @Test
    void theNextRenewalHasTheLockAgainAndThenTheLeaseIsTakenEarly() {
        long epoch = granted(holder, "one");
        try (DedicatedConnection former = DedicatedConnection.open(observer, PATIENCE)) {
            proxy.cutOnce();
            lock(former, epoch);
            awaitRenewal(epoch);
        }
        awaitUnlocked(epoch);

        assertThat(holder.renew("a", "one", epoch, HOUR)).isTrue();

        assertThat(isLocked(epoch)).isTrue();
        proxy.cut();
        Awaitility.await("a grant")
                .atMost(PATIENCE)
                .until(() -> other.acquire("a", "two", HOUR) instanceof Acquisition.Granted);
    }

    /** Until it has renewed, another may take the lease. */
    @Test
    void aRenewalThatFindsItsConnectionBrokenIsDoneOnAnother() {
        long epoch = granted(holder, "one");
        proxy.cutOnce();
        awaitUnlocked(epoch);

        assertThat(holder.renew("a", "one", epoch, HOUR)).isTrue();

        assertThat(isLocked(epoch)).isTrue();
    }

    @Test
    void aLeaderWithoutItsLockRenewsUntilItHasItBack() throws Exception {
        Election leader = closing(Leases.in(holder, "one").elect("a", SELDOM, new Silent()));
        Awaitility.await("the term").atMost(PATIENCE).until(() -> leader.role() == Role.LEADER);
        long epoch = leader.lease().orElseThrow().epoch();
        awaitWaiting(1); // The leader's own watch.
        try (DedicatedConnection former = DedicatedConnection.open(observer, PATIENCE)) {
            CompletableFuture<Void> locked =
                    CompletableFuture.runAsync(() -> lock(former, epoch), Thread::startVirtualThread);
            awaitWaiting(2); // It comes before the leader, who never waits for the lock.
            proxy.cutOnce();
            locked.get(60, TimeUnit.SECONDS);
            awaitRenewalsWithoutLock(epoch);
        }

        Awaitility.await("the lock").atMost(PATIENCE).until(() -> isLocked(epoch) && saysLocked(epoch));

        assertThat(leader.lease().map(Lease::epoch)).contains(epoch);
    }

    /** The end of its watch, and the next one's beginning, make it renew once each; more only that the lock is missing. */
    private void awaitRenewalsWithoutLock(long epoch) {
        Set<Long> ends = new HashSet<>();
        Awaitility.await("renewals without the lock").atMost(PATIENCE).until(() -> {
            if (!saysLocked(epoch)) {
                ends.add(number("select until from signalbox_lease where name = 'a'"));
            }
            return ends.size() > 3;
        });
    }

    /** A listener's failure must not leave a waiting node without hints for good. */
    @Test
    void aWatchWhoseListenerFailedGoesOn() {
        granted(holder, "one");
        AtomicInteger told = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(2);
        closing(other.watch("a", () -> {
            told.incrementAndGet();
            if (failed.getCount() > 0) {
                failed.countDown();
                throw new IllegalStateException("as the test wants");
            }
        }));
        awaitWaiting(1);
        int before = told.get();
        assertThat(failed.getCount()).isZero();

        proxy.cut();

        Awaitility.await("the hint").atMost(PATIENCE).until(() -> told.get() > before);
    }

    private static long granted(LeaseStore store, String owner) {
        assertThat(store.acquire("a", owner, HOUR)).isInstanceOf(Acquisition.Granted.class);
        return store.find("a").orElseThrow().epoch();
    }

    /** The connection is opened anew, so the first attempts may fail. */
    private void awaitRenewal(long epoch) {
        Awaitility.await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .until(() -> holder.renew("a", "one", epoch, HOUR));
        assertThat(saysLocked(epoch)).isFalse();
    }

    private void awaitUnlocked(long epoch) {
        Awaitility.await("the end of the lock").atMost(PATIENCE).until(() -> !isLocked(epoch));
    }

    private void awaitWaiting(int count) {
        Awaitility.await(count + " that wait for the lock")
                .atMost(PATIENCE)
                .until(() -> number("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and wait_event_type = 'Lock'")
                        == count);
    }

    private static void lock(DedicatedConnection connection, long epoch) {
        connection.run(open -> {
            try (PreparedStatement statement =
                    open.prepareStatement("select pg_advisory_lock(" + LivenessLocks.HASH + ")")) {
                statement.setString(1, LivenessLocks.key("a", epoch));
                return statement.execute();
            }
        });
    }

    private boolean isLocked(long epoch) {
        return number("select count(*) from (select pg_try_advisory_xact_lock(hashtextextended('"
                        + LivenessLocks.key("a", epoch) + "', 0)) as free) tried where not free")
                == 1;
    }

    /** Whether the row tells others that the lock counts. */
    private boolean saysLocked(long epoch) {
        return number("select count(*) from signalbox_lease where name = 'a' and lock_epoch = " + epoch) == 1;
    }

    private long number(String query) {
        return observer.<Long>autoCommit(connection -> number(connection, query));
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static final class Silent implements ElectionListener {
        @Override
        public void elected(Lease lease) {}

        @Override
        public void lost(Lease lease, LossReason reason) {}
    }
}
