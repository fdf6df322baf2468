package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.server.configuration.FailureText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a database that starts at the same time as this node. */
final class Startup {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);
    /** A database that starts at the same time as this node is there after a few seconds. */
    private static final List<Duration> WAITS =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofSeconds(9), Duration.ofSeconds(16));

    /** How it waits between its attempts. */
    interface Pause {
        void rest(Duration time) throws InterruptedException;
    }

    private Startup() {}

    static Database openDatabase(DatabaseConfig options) {
        return openDatabase(() -> Database.openExclusive(options), time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    }

    /** Asks again after 1, 4, 9 and 16 s; a database that answers and refuses is not asked again. */
    static Database openDatabase(Supplier<Database> opening, Pause pause) {
        for (Duration wait : WAITS) {
            try {
                return opening.get();
            } catch (DatabaseUnavailableException e) {
                LOG.warn("{}; trying again in {} s", FailureText.of(e), wait.toSeconds());
                rest(pause, wait);
            } catch (DatabaseException e) {
                throw new StartupException(FailureText.of(e), e);
            }
        }
        try {
            return opening.get();
        } catch (DatabaseException e) {
            throw new StartupException(FailureText.of(e), e);
        }
    }

    private static void rest(Pause pause, Duration wait) {
        try {
            pause.rest(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("the start was interrupted while it waited for the database", e);
        }
    }
}
