package dev.signalbox.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.HistoryCheck.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history check sees it when the fence does not hold: a node that lost its lease records its outcome all the same. */
class BrokenFenceTest {
    private static final Duration LEASE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Time time = Time.of(() -> now);
    private final Rows rows = new Rows(Dialect.SQLITE);
    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("queue.db")));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        database.close();
    }

    /** One node stalls in the middle of an attempt; another takes over and sends. Then the first one answers. */
    private List<Violation> stall(Supplier<JdbcQueue> ofTheStalled) {
        JdbcQueue queue = JdbcQueue.open(database, time, BodyProtection.NONE);
        queue.enqueue(Reach.to("sms:+61400000000").body("x").build());
        Dispatcher other = dispatcher(queue, () -> {});
        Dispatcher stalled = dispatcher(ofTheStalled.get(), () -> {
            now = now.plus(LEASE).plusSeconds(1);
            other.runOnce();
        });
        stalled.runOnce();
        return HistoryCheck.run(database, Map.of()).violations();
    }

    private Dispatcher dispatcher(JdbcQueue queue, Runnable beforeItAnswers) {
        Dispatcher dispatcher = Dispatcher.builder(queue)
                .sender(new AcceptingSender(beforeItAnswers))
                .options(DispatchOptions.DEFAULT.withLease(LEASE))
                .build();
        open.add(dispatcher);
        return dispatcher;
    }

    @Test
    void recordOfAStaleHolderIsFound() {
        Store fenced = JdbcQueue.store(database, time, rows);
        assertThat(stall(() ->
                        new JdbcQueue(database, time, new Wake(database), rows, new UnfencedStore(fenced, database))))
                .extracting(Violation::rule)
                .contains("nothing follows SENT", "every message is in exactly one place");
    }

    @Test
    void fenceLeavesNothingToFind() {
        Store fenced = JdbcQueue.store(database, time, rows);
        assertThat(stall(() -> new JdbcQueue(database, time, new Wake(database), rows, fenced)))
                .isEmpty();
    }

    private record AcceptingSender(Runnable before) implements Sender {
        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public SendResult send(Delivery delivery) {
            before.run();
            return new SendResult.Accepted(Optional.empty());
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(5);
        }

        @Override
        public int concurrency() {
            return 4;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ofDays(1);
        }
    }
}
