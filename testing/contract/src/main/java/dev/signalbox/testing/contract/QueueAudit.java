package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.HistoryCheck;
import java.util.Map;

/** Checks in the tables what must always hold, whatever a test did. */
final class QueueAudit {
    private final Database database;

    QueueAudit(Database database) {
        this.database = database;
    }

    void check() {
        assertThat(HistoryCheck.run(database, Map.of()).violations()).isEmpty();
    }
}
