package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease that another has when it is asked for, and nobody when one looks who that is. */
class DatabaseStoreRaceTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("lease.db")));
        DatabaseLeases.migrate(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Acquisition acquire(LeaseTaking taking) {
        DatabaseStore store = new DatabaseStore(database);
        return database.autoCommit(connection -> store.acquire(connection, taking, "a", "one", HOUR));
    }

    @Test
    void aLeaseThatEndsBetweenTheStatementsIsTakenAtTheNextAttempt() {
        Iterator<Optional<Long>> attempts =
                List.of(Optional.<Long>empty(), Optional.of(7L)).iterator();

        assertThat(acquire((_, _, _, _) -> attempts.next())).isEqualTo(new Acquisition.Granted(7));
    }

    @Test
    void attemptsHaveAnEnd() {
        assertThatThrownBy(() -> acquire((_, _, _, _) -> Optional.empty()))
                .isInstanceOf(LeaseStoreUnavailableException.class)
                .hasMessage("the lease 'a' changes hands too fast to be taken");
    }
}
