package dev.signalbox.testing.contract;

import dev.signalbox.database.DatabaseConfig;
import java.util.Optional;

/**
 * The SQL Server that {@code SIGNALBOX_SQLSERVER_URL} names, whose messages and leases the tests delete; without it a stand-in over
 * H2, which shows nothing of locks and plans.
 */
final class SqlServer {
    private static final String STAND_IN = "sqlserver://sa@stand-in?database=contract";

    private SqlServer() {}

    static DatabaseConfig config() {
        return DatabaseConfig.of(
                Optional.ofNullable(System.getenv("SIGNALBOX_SQLSERVER_URL")).orElse(STAND_IN));
    }
}
