package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class PeriodicRemovalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Logger logger = (Logger) LoggerFactory.getLogger(PeriodicRemoval.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO); // other tests of this process may have set the root's
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    private List<String> told(String what) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().contains(what))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage() + " "
                        + (event.getThrowableProxy() == null
                                ? ""
                                : event.getThrowableProxy().getClassName()))
                .toList();
    }

    @Test
    void removesPortionsUntilNothingIsLeftAndAgainAfterAPause() throws Exception {
        var left = new AtomicInteger(3);
        var portions = new AtomicInteger();
        try (var removal = new PeriodicRemoval(
                "items",
                () -> {
                    portions.incrementAndGet();
                    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
                },
                Duration.ofMillis(50))) {
            removal.start();
            await().atMost(PATIENCE).until(() -> portions.get() >= 5);
        }
        assertThat(left).hasValue(0);
    }

    @Test
    void aDatabaseThatIsAwayIsTriedAgain() throws Exception {
        Database away = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("away.db")));
        away.close();
        var portions = new AtomicInteger();
        try (var removal = new PeriodicRemoval(
                "items",
                () -> {
                    portions.incrementAndGet();
                    return away.read(connection -> true);
                },
                Duration.ofMillis(20))) {
            removal.start();
            await().atMost(PATIENCE).until(() -> portions.get() >= 2);
        }
        assertThatThrownBy(() -> away.read(connection -> true)).isInstanceOf(DatabaseException.class);
    }

    /** Each module has its own exception for a database that is away. */
    @Test
    void aDatabaseThatIsAwayIsToldOnceForAsLongAsThatLasts() throws Exception {
        var portions = new AtomicInteger();
        try (var removal = new PeriodicRemoval(
                "old batches",
                () -> switch (portions.incrementAndGet()) {
                    case 1, 2, 3 -> throw new DeliveryQueueException("the database does not answer", null);
                    case 4 -> false;
                    case 5, 6 -> throw new DatabaseException("the database does not answer", null);
                    default -> false;
                },
                Duration.ofMillis(20))) {
            removal.start();
            await().atMost(PATIENCE).until(() -> portions.get() >= 7);
        }
        assertThat(told("old batches"))
                .containsExactly(
                        "WARN old batches that are too old were not removed; it is tried again every 0 s "
                                + DeliveryQueueException.class.getName(),
                        "WARN old batches that are too old were not removed; it is tried again every 0 s "
                                + DatabaseException.class.getName());
    }

    @Test
    void aPortionThatFailsIsTriedAgain() throws Exception {
        var portions = new AtomicInteger();
        try (var removal = new PeriodicRemoval(
                "items",
                () -> {
                    portions.incrementAndGet();
                    throw new IllegalStateException("as the test wants it");
                },
                Duration.ofMillis(20))) {
            removal.start();
            await().atMost(PATIENCE).until(() -> portions.get() >= 2);
        }
        assertThat(told("items")).hasSizeGreaterThanOrEqualTo(2).allMatch(line -> line.startsWith("ERROR "));
    }

    @Test
    void closingWaitsForThePortionUnderWay() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        var removal = new PeriodicRemoval("items", () -> {
            begun.countDown();
            try {
                ended.set(go.await(1, TimeUnit.MINUTES));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        });
        removal.start();
        begun.await();
        Thread.ofVirtual().start(go::countDown);
        removal.close();
        assertThat(ended).isTrue();
    }
}
