package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose database is not there yet. */
class StartupTest {
    private final List<Duration> waits = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    Path folder;

    private static DatabaseUnavailableException away() {
        return new DatabaseUnavailableException("the database is away", null);
    }

    private static List<Duration> seconds(long... seconds) {
        List<Duration> durations = new ArrayList<>();
        for (long second : seconds) {
            durations.add(Duration.ofSeconds(second));
        }
        return durations;
    }

    @Test
    void databaseThatComesIsAwaited() {
        try (Database database = Startup.openDatabase(
                () -> {
                    if (asked.incrementAndGet() < 4) {
                        throw away();
                    }
                    return Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("app.db")));
                },
                waits::add)) {
            assertThat(database.health()).isEmpty();
        }
        assertThat(waits).isEqualTo(seconds(1, 4, 9));
    }

    @Test
    void databaseThatDoesNotComeEndsTheStart() {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> Startup.openDatabase(
                        () -> {
                            asked.incrementAndGet();
                            throw away();
                        },
                        waits::add))
                .withMessageContaining("away");
        assertThat(waits).isEqualTo(seconds(1, 4, 9, 16));
        assertThat(asked).hasValue(5);
    }

    @Test
    void databaseThatRefusesEndsTheStartAtOnce() {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(() -> Startup.openDatabase(
                        () -> {
                            throw new DatabaseException("the database refused", null);
                        },
                        waits::add))
                .withMessageContaining("refused");
        assertThat(waits).isEmpty();
    }
}
