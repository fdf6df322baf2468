package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.DatabaseLeases;
import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases in PostgreSQL that are taken over when the connection of their holder ends. They last an hour, so no test waits for that. */
@Timeout(240)
class PostgresEarlyTakeoverTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Asked for so seldom that only a hint makes a waiting node look in time. */
    private static final LeaseOptions SELDOM = new LeaseOptions(HOUR, Duration.ofMinutes(1), Duration.ofSeconds(30));

    private final List<AutoCloseable> open = new ArrayList<>();
    private String url = "";
    private FaultProxy proxy;
    private LeaseStore holder;
    private LeaseStore other;
    private Database observer;

    @BeforeEach
    void openTwo() {
        url = RealPostgres.shared().freshDatabase();
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

    private static long granted(LeaseStore store, String owner) {
        assertThat(store.acquire("a", owner, HOUR)).isInstanceOf(Acquisition.Granted.class);
        return store.find("a").orElseThrow().epoch();
    }

    private static void requireRefused(LeaseStore store, String owner) {
        assertThat(store.acquire("a", owner, HOUR)).isInstanceOf(Acquisition.Refused.class);
    }

    private static void awaitGranted(LeaseStore store, String owner) {
        Awaitility.await("a grant to " + owner)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> store.acquire("a", owner, HOUR) instanceof Acquisition.Granted);
    }

    /** What a kill of the holder's process does: the system closes its connections. */
    @Test
    void aLeaseWhoseHoldersConnectionEndedIsTakenThoughItWouldLastAnHour() {
        other.release("a", "two", granted(other, "two"));
        long epoch = granted(holder, "one");
        requireRefused(other, "two");

        proxy.cut();

        awaitGranted(other, "two");
        assertThat(other.find("a").orElseThrow().epoch()).isGreaterThan(epoch);
    }

    /** A server that stops ends connections one after the other, so a waiting node may see the end of the holder's before its own. */
    @Test
    void aLeaseIsNotTakenFromAHolderWhoseConnectionTheServerEndedOnItsWayDown() {
        cutAsByAServerOnItsWayDown();

        requireRefused(other, "two");

        takeConnections(true);
        awaitGranted(other, "two");
    }

    @Test
    void whoLooksWhetherALockIsFreeDoesNotKeepIt() {
        long epoch = cutAsByAServerOnItsWayDown();
        requireRefused(other, "two");

        takeConnections(true);
        Awaitility.await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .until(() -> holder.renew("a", "one", epoch, HOUR) && isLocked("a " + epoch));
    }

    /** The holder's connection has ended, that of the other has not, and there are no new ones. Returns the epoch. */
    private long cutAsByAServerOnItsWayDown() {
        long epoch = granted(holder, "one");
        requireRefused(other, "two");
        assertThat(isLocked("a " + epoch)).isTrue();
        takeConnections(false);
        proxy.cutOnce();
        Awaitility.await("the end of the lock").atMost(PATIENCE).until(() -> !isLocked("a " + epoch));
        return epoch;
    }

    /** As a server on its way down refuses them, while those that are open go on. */
    private void takeConnections(boolean are) {
        String name = url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
        try (Database admin =
                Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()))) {
            admin.transact(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute("alter database \"" + name + "\" allow_connections " + are);
                }
            });
        }
    }

    @Test
    void theFormerHolderNeitherRenewsReleasesNorLocksWhatAnotherTook() {
        long epoch = granted(holder, "one");
        proxy.cutOnce();
        awaitGranted(other, "two");

        Awaitility.await("an answer")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .untilAsserted(
                        () -> assertThat(holder.renew("a", "one", epoch, HOUR)).isFalse());
        assertThat(isLocked("a " + epoch)).isFalse();
        assertThat(holder.release("a", "one", epoch)).isFalse();
        assertThat(other.find("a").orElseThrow().owner()).isEqualTo("two");
        requireRefused(holder, "one");
    }

    /** One that was cut and is the first to come back goes on with its term. */
    @Test
    void aHolderThatRenewsAfterItsConnectionWasCutIsWaitedForAgain() {
        long epoch = granted(holder, "one");
        proxy.cutOnce();

        Awaitility.await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .until(() -> holder.renew("a", "one", epoch, HOUR) && isLocked("a " + epoch));

        requireRefused(other, "two");
        proxy.cut();
        awaitGranted(other, "two");
    }

    private boolean isLocked(String key) {
        return observer.autoCommit(connection -> {
            try (var statement =
                    connection.prepareStatement("select not pg_try_advisory_xact_lock(hashtextextended(?, 0))")) {
                statement.setString(1, key);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }

    /** A frozen process keeps its connection. */
    @Test
    void aHolderWhoseConnectionIsSilentHasAllOfItsTime() {
        granted(holder, "one");

        proxy.stall();

        requireRefused(other, "two");
        assertThat(other.find("a")).isPresent();
        proxy.heal();
    }

    @Test
    void aHolderThroughAPlainStoreHasAllOfItsTime() {
        LeaseStore plain = DatabaseLeases.open(database(RealPostgres.through(proxy.port(), url)));
        granted(holder, "one");
        holder.release("a", "one", holder.find("a").orElseThrow().epoch());
        granted(plain, "plain");

        proxy.cut();

        requireRefused(other, "two");
    }

    @Test
    void aPlainStoreWaitsUntilALeaseRunsOut() {
        granted(holder, "one");

        proxy.cut();

        requireRefused(DatabaseLeases.open(database(url)), "plain");
        awaitGranted(other, "two");
    }

    @Test
    void aReleasedLeaseIsNotLockedAnyMore() {
        long epoch = granted(holder, "one");
        assertThat(isLocked("a " + epoch)).isTrue();

        assertThat(holder.release("a", "one", epoch)).isTrue();

        assertThat(isLocked("a " + epoch)).isFalse();
        assertThat(granted(other, "two")).isGreaterThan(epoch);
    }

    @Test
    void aLeaseThatWasRefusedIsNotLocked() {
        long epoch = granted(holder, "one");
        requireRefused(other, "two");

        assertThat(isLocked("a " + (epoch + 1))).isFalse();
    }

    @Test
    void aWatchTellsWhenTheHoldersConnectionEnds() {
        granted(holder, "one");
        AtomicInteger told = new AtomicInteger();
        closing(other.watch("a", told::incrementAndGet));
        awaitWaiting();
        int before = told.get();

        proxy.cut();

        Awaitility.await("the hint").atMost(PATIENCE).until(() -> told.get() > before);
    }

    /** The wait is for an hour; closing ends it, and its connection. */
    @Test
    void aWatchThatIsClosedWaitsNoMore() {
        granted(holder, "one");
        LeaseStore.Watch watch = other.watch("a", () -> {});
        awaitWaiting();

        watch.close();

        Awaitility.await("nobody waiting").atMost(PATIENCE).until(() -> waiting() == 0);
    }

    private void awaitWaiting() {
        Awaitility.await("one that waits for the lock").atMost(PATIENCE).until(() -> waiting() > 0);
    }

    private int waiting() {
        return observer.autoCommit(PostgresEarlyTakeoverTest::countWaiting);
    }

    private static int countWaiting(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    @Test
    void oneThatWaitsLeadsAsSoonAsTheLeadersConnectionsEnd() {
        Election first = closing(Leases.in(holder, "one").elect("a", SELDOM, new Told()));
        awaitLeader(first);
        Election second = closing(Leases.in(other, "two").elect("a", SELDOM, new Told()));
        Awaitility.await("both watches").atMost(PATIENCE).until(() -> waiting() == 2);

        proxy.cut();

        awaitLeader(second);
        proxy.heal();
    }

    /** Its lease would be renewed in twenty minutes only; its own watch tells it sooner. */
    @Test
    void aLeaderThatLivesHearsThatItsConnectionWasCut() {
        Told told = new Told();
        Election first = closing(Leases.in(holder, "one").elect("a", SELDOM, told));
        awaitLeader(first);
        Election second = closing(Leases.in(other, "two").elect("a", SELDOM, new Told()));
        Awaitility.await("both watches").atMost(PATIENCE).until(() -> waiting() == 2);

        proxy.cutOnce();

        Awaitility.await("one leader, or the same again")
                .atMost(PATIENCE)
                .until(() -> second.role() == Role.LEADER
                        ? told.ends.equals(List.of(LossReason.REVOKED))
                        : first.lease().isPresent()
                                && isLocked("a " + first.lease().get().epoch()));
        assertThat(first.role() == Role.LEADER).isNotEqualTo(second.role() == Role.LEADER);
    }

    private static void awaitLeader(Election election) {
        Awaitility.await(election.owner() + " to lead").atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
    }

    private static final class Told implements ElectionListener {
        final List<LossReason> ends = new CopyOnWriteArrayList<>();

        @Override
        public void elected(Lease lease) {}

        @Override
        public void lost(Lease lease, LossReason reason) {
            ends.add(reason);
        }
    }

    /** A restart ends all locks, which says nothing about the holders. */
    @Test
    void afterARestartOfTheServerAHolderHasAllOfItsTime() {
        RealPostgres server = closing(RealPostgres.start());
        String at = server.freshDatabase();
        LeaseStore first = node(at);
        LeaseStore second = node(at);
        long epoch = granted(first, "one");

        server.stop();
        server.startAgain();

        Awaitility.await("an answer")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .untilAsserted(() -> requireRefused(second, "two"));
        Awaitility.await("a renewal")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .until(() -> first.renew("a", "one", epoch, HOUR));
        requireRefused(second, "two");
        server.terminateBackends();
        Awaitility.await("a grant")
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(LeaseException.class)
                .until(() -> second.acquire("a", "two", HOUR) instanceof Acquisition.Granted);
    }

    @Test
    void otherDatabasesHaveNoEarlyTakeover(@TempDir Path folder) {
        Database sqlite = database("sqlite:" + folder.resolve("lease.db"));

        assertThatExceptionOfType(LeaseException.class)
                .isThrownBy(() -> DatabaseLeases.openWithEarlyTakeover(sqlite))
                .withMessage("leases can be taken over early in PostgreSQL only, not in SQLITE");
    }
}
