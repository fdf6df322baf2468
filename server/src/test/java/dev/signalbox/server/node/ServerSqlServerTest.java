package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.DedicatedConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A whole server whose database is SQL Server: one that it makes and leaves on the server that {@code SIGNALBOX_SQLSERVER_URL} names.
 * Without it, the stand-in over H2.
 */
class ServerSqlServerTest extends ServerDatabaseContract {
    ServerSqlServerTest() {
        super(freshDatabase(), "nvarchar(max)");
    }

    private static String freshDatabase() {
        String name = "signalbox_" + UUID.randomUUID().toString().replace("-", "");
        Optional<String> given = Optional.ofNullable(System.getenv("SIGNALBOX_SQLSERVER_URL"));
        if (given.isEmpty()) {
            return "sqlserver://sa@stand-in?database=" + name;
        }
        make(given.get(), name);
        return given.get().replaceFirst("(?i)\\b(database(name)?)=[^;&]*", "$1=" + name);
    }

    private static void make(String server, String name) {
        try (Database there = Database.open(DatabaseConfig.of(server));
                DedicatedConnection connection = DedicatedConnection.open(there, Duration.ofMinutes(1))) {
            for (String sql : List.of(
                    "create database " + name,
                    "alter database " + name + " set allow_snapshot_isolation on",
                    "alter database " + name + " set read_committed_snapshot on")) {
                connection.run(it -> execute(it, sql));
            }
        }
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
