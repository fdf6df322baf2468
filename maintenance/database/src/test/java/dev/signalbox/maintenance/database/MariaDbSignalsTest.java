package dev.signalbox.maintenance.database;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.testing.contract.SignalSourceContract;
import dev.signalbox.testing.services.RealMariaDb;
import org.junit.jupiter.api.AfterEach;

class MariaDbSignalsTest extends SignalSourceContract {
    private final Database database =
            Database.open(DatabaseConfig.of(RealMariaDb.shared().freshDatabase()));

    @Override
    protected SharedSignals open() {
        return DatabaseSignals.open(database, "cluster");
    }

    @AfterEach
    void closeDatabase() {
        database.close();
    }
}
