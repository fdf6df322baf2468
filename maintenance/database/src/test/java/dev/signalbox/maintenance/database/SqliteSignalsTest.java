package dev.signalbox.maintenance.database;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.testing.contract.SignalSourceContract;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteSignalsTest extends SignalSourceContract {
    @TempDir
    private Path folder;

    private @Nullable Database database;

    @Override
    protected SharedSignals open() {
        if (database == null) {
            database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("signals.db")));
        }
        return DatabaseSignals.open(database, "cluster");
    }

    @AfterEach
    void closeDatabase() {
        if (database != null) {
            database.close();
        }
    }
}
