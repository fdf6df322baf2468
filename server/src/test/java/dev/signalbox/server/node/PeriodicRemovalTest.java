package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeriodicRemovalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

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
