package dev.signalbox.maintenance.database;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.testing.contract.SignalSourceContract;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** On the stand-in for SQL Server. */
class SqlServerSignalsTest extends SignalSourceContract {
    private final Database database = Database.open(DatabaseConfig.of(
            "sqlserver://sa@stand-in?database=s" + UUID.randomUUID().toString().replace("-", "")));

    @Override
    protected SharedSignals open() {
        return DatabaseSignals.open(database, "cluster");
    }

    @AfterEach
    void closeDatabase() {
        database.close();
    }
}
