package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims on PostgreSQL while others hold tickets. */
class PostgresClaimTest {
    private static final long LENGTH = Micros.of(Duration.ofSeconds(20));

    private static final String TAKE = "select id from delivery_claim('sms', %d, array_fill(0::bigint, '{10}'),"
            + " gen_random_uuid(), null, 20000000, 'another', '{}', '{}', '{}', null)";

    /** The short way gives up before. */
    private static final String WAITS = """
            select count(*) from pg_locks
            where not granted and waitstart < clock_timestamp() - interval '200 ms'
              and pid in (select pid from pg_stat_activity where datname = current_database())
            """;

    private Database database;
    private JdbcQueue queue;
    private List<UUID> ids;

    @BeforeEach
    void fill() {
        database = Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
        queue = JdbcQueue.open(database, Time.of(InstantSource.system()), BodyProtection.NONE);
        ids = queue.enqueueAll(List.of(reach("first"), reach("second"), reach("third"), reach("fourth"))).stream()
                .map(DeliveryQueue.Receipt::id)
                .toList();
    }

    private static Reach reach(String body) {
        return Reach.to("sms:+61400000000").body(body).build();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<String> claim(int limit) {
        LaneLimits free = ClusterLimits.NONE.of(Channel.SMS);
        Store.Claim claim = new Store.Claim(Channel.SMS, limit, free, UUID.randomUUID(), "a", LENGTH);
        return queue.store().claim(claim, new long[10], queue.time().now()).stream()
                .map(Claimed::body)
                .toList();
    }

    private Connection transaction() throws SQLException {
        Connection connection = database.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void lock(Connection connection, UUID id) throws SQLException {
        execute(connection, "select id from delivery_ready where id = '" + id + "' for update");
    }

    private long count(String sql) {
        return database.autoCommit(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Test
    void claimTakesTheFirstAndLeavesTheRest() {
        assertThat(claim(3)).containsExactly("first", "second", "third");
        assertThat(claim(3)).containsExactly("fourth");
        assertThat(claim(3)).isEmpty();
        assertThat(count("select sum(open) from delivery_lease")).isEqualTo(4);
    }

    /** To lock each ticket before it is deleted would log each once more. One that somebody holds changes nothing for the others. */
    @Test
    void claimLogsEachTicketOnce() throws SQLException {
        queue.enqueueAll(Collections.nCopies(196, "more").stream()
                .map(PostgresClaimTest::reach)
                .toList());
        try (Connection holding = transaction();
                Connection connection = database.dataSource().getConnection()) {
            lock(holding, ids.getFirst());
            long before = logged(connection);
            execute(connection, TAKE.formatted(150));
            assertThat(count("select sum(open) from delivery_lease")).isEqualTo(150);
            assertThat(logged(connection) - before).isBetween(150L, 225L);
            holding.rollback();
        }
    }

    /** How many records this connection has written to the write-ahead log. */
    private static long logged(Connection connection) throws SQLException {
        execute(connection, "select pg_stat_force_next_flush()");
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select wal_records from pg_stat_get_backend_wal(pg_backend_pid())")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void claimPassesOverWhatSomebodyHolds() throws SQLException {
        try (Connection holding = transaction()) {
            lock(holding, ids.getFirst());
            assertThat(claim(2)).containsExactly("second", "third");
            assertThat(claim(2)).containsExactly("fourth");
            assertThat(claim(2)).isEmpty();
            holding.rollback();
        }
        assertThat(claim(2))
                .as("whose lock is gone, and left its mark in the row")
                .containsExactly("first");
    }

    @Test
    void claimsOfOneLaneAtATimeTakeWhatTheOthersLeave() throws SQLException {
        try (Connection other = transaction();
                Connection third = transaction()) {
            execute(other, TAKE.formatted(1));
            execute(third, TAKE.formatted(1));
            assertThat(claim(10)).containsExactly("third", "fourth");
            other.commit();
            third.rollback();
        }
        assertThat(claim(10)).containsExactly("second");
        assertThat(count("select count(*) from delivery_lease")).isEqualTo(3);
    }

    @Test
    void claimThatMustWaitGoesOnWithoutItsShortWay() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection locking = transaction()) {
            execute(locking, "lock table delivery_ready in share mode");
            Future<List<String>> claim = threads.submit(() -> claim(10));
            await().atMost(Duration.ofMinutes(1)).until(() -> count(WAITS) > 0);
            locking.rollback();
            assertThat(claim.get()).containsExactly("first", "second", "third", "fourth");
        }
    }
}
