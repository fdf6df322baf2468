package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.server.configuration.FailureText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a database that starts at the same time as this node. */
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);
    /** A database that starts at the same time as this node is there after a few seconds. */
    private static final List<Duration> WAITS =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(9), Duration.ofSeconds(16));

    private Startup() {}

    static Database openDatabase(DatabaseConfig options) {
        for (Duration wait : WAITS) {
            try {
                return Database.openExclusive(options);
            } catch (DatabaseUnavailableException e) {
                LOG.warn("{}; trying again in {} s", FailureText.of(e), wait.toSeconds());
                pause(wait);
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }
        try {
            return Database.openExclusive(options);
        } catch (DatabaseException e) {
            throw new StartupException(FailureText.of(e), e);
        }
    }

    private static void pause(Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("the start was interrupted while it waited for the database", e);
        }
    }
}
