package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealMariaDb;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What each statement reads on MariaDB does not grow with what waits or has ended. Judged by the rows it read, not by time. */
class MySqlPlanTest {
    private static final int MESSAGES = 40_000;

    /** Of a thing that touches a few dozen rows. A walk of one of the tables would read a hundred times as many. */
    private static final long FEW = 1_000;

    private static final Instant NOW = Instant.EPOCH.plusSeconds(3_600);

    private static Database database;
    private static JdbcQueue queue;

    @BeforeAll
    static void fill() {
        database = Database.open(DatabaseConfig.of(RealMariaDb.shared().freshDatabase()));
        queue = JdbcQueue.open(database, Time.of(() -> NOW), BodyProtection.NONE);
        for (String sql : List.of("""
                insert into delivery_message (id, accepted_at, priority, max_attempts, steps, body, dedupe_key,
                                              dedupe_window)
                select unhex(lpad(hex(seq), 32, '0')), seq, 5, 5, 'sms:+61400000000', 'x', concat('key', seq), 1000
                from seq_1_to_%d
                """, """
                insert into delivery_ready (lane, priority, run_at, id, step, attempt, tried)
                select 'sms', 5, seq, unhex(lpad(hex(seq), 32, '0')), 0, 0, 0 from seq_1_to_%d
                """, """
                insert into delivery_later (lane, priority, run_at, id, step, attempt, tried)
                select 'later', 5, 3700000000 + seq, unhex(concat('1', lpad(hex(seq), 31, '0'))), 0, 0, 0 from seq_1_to_%d
                """, """
                insert into delivery_outcome (id, attempt, step, result, state, at, millis, error)
                select unhex(concat('2', lpad(hex(seq), 31, '0'))), 1, 0, 'ACCEPTED', 'SENT', 3590000000 + seq, 1,
                       if(seq mod 4000 = 0, 'late', null) from seq_1_to_%d
                """)) {
            database.autoCommit(connection -> execute(connection, sql.formatted(MESSAGES)));
        }
        database.autoCommit(connection -> execute(
                connection, "analyze table delivery_message, delivery_ready, delivery_later, delivery_outcome"));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /** A connection, and how many rows it has read. */
    private record Counter(long connection, long rows) {}

    /** Each look reads some rows itself. */
    private static Counter counter() {
        return database.autoCommit(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select connection_id(), sum(variable_value)"
                            + " from information_schema.session_status where variable_name like 'HANDLER_READ%'")) {
                row.next();
                return new Counter(row.getLong(1), row.getLong(2));
            }
        });
    }

    /** The pool gives one thread the same connection each time, which is checked. */
    private static long rowsRead(Step step) throws SQLException {
        Counter first = counter();
        Counter before = counter();
        step.run();
        Counter after = counter();
        assertThat(after.connection()).isEqualTo(before.connection()).isEqualTo(first.connection());
        return after.rows() - before.rows() - (before.rows() - first.rows());
    }

    private static LaneLimits free(Channel lane) {
        return ClusterLimits.NONE.of(lane);
    }

    private static Store.Claim claim(Channel lane, UUID lease) {
        return new Store.Claim(lane, 20, free(lane), lease, "owner", Micros.of(Duration.ofMinutes(1)));
    }

    private static long now() {
        return Micros.of(NOW);
    }

    @Test
    void claimAndItsReturnReadTheirBatch() throws SQLException {
        UUID lease = Ids.next();
        List<Claimed> claimed = new ArrayList<>();
        long[] marks = new long[Limits.PRIORITY + 1];
        assertThat(rowsRead(() -> claimed.addAll(queue.store().claim(claim(Channel.SMS, lease), marks, now()))))
                .isLessThan(FEW);
        assertThat(claimed).hasSize(20);
        Rules rules = new Rules(DispatchOptions.DEFAULT.retry(), RandomGenerator.getDefault());
        Store.Rescuer released = orphan -> rules.released(orphan.claimed(), now());
        assertThat(rowsRead(() -> assertThat(queue.store().recover("owner", now(), 0, released))
                        .isEqualTo(20)))
                .isLessThan(FEW);
    }

    @Test
    void claimBehindItsMarksFindsNothingByProbes() throws SQLException {
        long[] marks = new long[Limits.PRIORITY + 1];
        Arrays.fill(marks, now() + 1);
        assertThat(rowsRead(() -> assertThat(queue.store().claim(claim(Channel.SMS, Ids.next()), marks, now()))
                        .isEmpty()))
                .isLessThan(FEW);
    }

    @Test
    void lookProbes() throws SQLException {
        Map<Channel, Long> marks = Map.of(Channel.SMS, now() + 1, Channel.EMAIL, 0L);
        assertThat(rowsRead(() -> {
                    Store.Outlook outlook = queue.store().look(marks, now());
                    assertThat(outlook.ready()).isEmpty();
                    assertThat(outlook.nextDue()).isEqualTo(3_700_000_001L);
                }))
                .isLessThan(FEW);
    }

    @Test
    void promotionOfNothingProbes() throws SQLException {
        assertThat(rowsRead(() -> assertThat(queue.store().promote(now(), 100)).isZero()))
                .isLessThan(FEW);
    }

    @Test
    void dedupeKeysAreFoundByTheirIndex() throws SQLException {
        List<Reach> known = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            known.add(Reach.to(Channel.SMS, "+61400000000")
                    .body("x")
                    .dedupeKey("key" + i)
                    .build());
        }
        Precedents precedents = new Precedents(new Rows(database.dialect()));
        assertThat(rowsRead(() -> database.transact(connection -> {
                    assertThat(precedents.receipts(connection, known, now()))
                            .allMatch(DeliveryQueue.Receipt::duplicate);
                    assertThat(precedents.withoutHolder(connection, known)).isEmpty();
                    assertThat(precedents.free(connection, known, now())).isTrue();
                    connection.rollback();
                    return known;
                })))
                .isLessThan(FEW);
    }

    @Test
    void pageOfManyWaitingReadsAPage() throws SQLException {
        MessageFilter filter =
                MessageFilter.ALL.withState(Optional.of(MessageState.PENDING)).withLimit(20);
        Rows rows = new Rows(database.dialect());
        var walk = new IndexWalk(
                rows, "delivery_message where true", Conditions.of(filter, rows).andRecorded(MessageState.PENDING));
        List<UUID> ids = new ArrayList<>();
        for (Optional<UUID> below : List.of(Optional.<UUID>empty(), Optional.of(new UUID(0, MESSAGES / 2)))) {
            assertThat(rowsRead(() -> database.autoCommit(connection -> {
                        try (var statement = connection.prepareStatement(walk.sql(below, 20))) {
                            walk.bind(statement, new UUID(0, 0), below);
                            return ids.addAll(IndexWalk.ids(rows, statement));
                        }
                    })))
                    .isLessThan(FEW);
        }
        assertThat(ids).hasSize(40);
    }

    @Test
    void numbersOfTheLanesAreProbed() throws SQLException {
        DueMessages due = new DueMessages(database.dialect());
        assertThat(rowsRead(() -> database.autoCommit(connection -> {
                    assertThat(due.lanes(connection)).containsExactly("sms");
                    return assertThat(due.oldest(connection, "sms")).isPresent();
                })))
                .isLessThan(FEW);
    }

    @Test
    void latestErrorsAreFoundAmongSuccesses() throws SQLException {
        Figures figures = new Figures(new Rows(database.dialect()), queue.store());
        long ofTheSample = 4 * 2_000; // The oldest of those that wait is looked for in a sample of each queue.
        assertThat(rowsRead(() -> database.autoCommit(connection -> figures.overview(connection, now()))))
                .isLessThan(3 * ofTheSample);
    }

    @Test
    void retentionReadsItsBite() throws SQLException {
        Retention retention = new Retention(Optional.of(Duration.ofDays(1)), Optional.empty());
        Removal removal = new Removal(new Rows(database.dialect()), retention);
        assertThat(rowsRead(() -> database.transact(
                        connection -> removal.bite(connection, Optional.of(new UUID(0, 1_000)), now(), 20))))
                .isLessThan(FEW);
    }
}
