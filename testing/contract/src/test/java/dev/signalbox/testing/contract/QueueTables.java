package dev.signalbox.testing.contract;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of the queue in a database that many tests use, one after the other. */
final class QueueTables {
    private static final List<String> TABLES = List.of(
            "message",
            "ready",
            "later",
            "lease",
            "lease_entry",
            "outcome",
            "dead",
            "tally",
            "lane",
            "pause",
            "budget",
            "recipient",
            "recurring",
            "tag",
            "batch",
            "batch_message");

    private QueueTables() {}

    /** Deletes what is in them. If they are not there, they are made. */
    static DatabaseConfig emptied(DatabaseConfig config) {
        try (Database database = Database.open(config)) {
            DeliveryQueue.on(database);
            database.transact(QueueTables::empty);
        }
        return config;
    }

    private static int empty(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.addBatch("delete from delivery_" + table);
            }
            return statement.executeBatch().length;
        }
    }
}
