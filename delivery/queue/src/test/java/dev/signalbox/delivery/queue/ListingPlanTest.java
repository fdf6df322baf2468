package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A page of waiting messages reads about a page of rows, however many wait. Judged by what the plan did, not by time. */
class ListingPlanTest {
    private static final int MESSAGES = 40_000;
    private static final int PAGE = 50;

    private static Database database;

    @BeforeAll
    static void fill() {
        database = Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
        JdbcQueue.open(database, Time.of(InstantSource.system()), BodyProtection.NONE);
        database.transact(connection -> execute(connection, """
                insert into delivery_message (accepted_at, id, priority, max_attempts, steps, body)
                select n, lpad(to_hex(n), 32, '0')::uuid, 5, 5, 'sms:+61400000000', 'x' from generate_series(1, %1$d) n;
                insert into delivery_ready (run_at, id, attempt, priority, step, tried, lane)
                select n, lpad(to_hex(n), 32, '0')::uuid, 0, 5, 0, 0, 'sms' from generate_series(1, %1$d) n;
                """.formatted(MESSAGES)));
        database.autoCommit(connection -> execute(connection, "analyze delivery_message, delivery_ready"));
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static JsonNode plan(MessageFilter filter, Optional<UUID> below) {
        Rows rows = new Rows(Dialect.POSTGRESQL);
        Conditions conditions = Conditions.of(filter, rows).andRecorded(MessageState.PENDING);
        var walk = new IndexWalk(rows, "delivery_message where true", conditions);
        return database.read(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("explain (analyze, format json) " + walk.sql(below, PAGE))) {
                walk.bind(statement, conditions.lowest(), below);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return JsonMapper.shared()
                            .readTree(row.getString(1))
                            .path(0)
                            .path("Plan");
                }
            }
        });
    }

    private static void assertReadsOnlyAPage(JsonNode plan) {
        assertThat(plan.findValuesAsString("Node Type")).doesNotContain("Sort", "Seq Scan", "Hash Join");
        assertThat(plan.findValues("Actual Rows"))
                .isNotEmpty()
                .allSatisfy(rows -> assertThat(rows.asDouble()).isLessThanOrEqualTo(PAGE));
    }

    @Test
    void firstPageOfManyWaiting() {
        assertReadsOnlyAPage(plan(MessageFilter.ALL, Optional.empty()));
    }

    @Test
    void laterPageOfManyWaiting() {
        assertReadsOnlyAPage(plan(MessageFilter.ALL, Optional.of(new UUID(0, MESSAGES / 2))));
    }

    @Test
    void channelOfManyWaiting() {
        assertReadsOnlyAPage(plan(MessageFilter.ALL.withChannel(Optional.of(Channel.SMS)), Optional.empty()));
    }
}
