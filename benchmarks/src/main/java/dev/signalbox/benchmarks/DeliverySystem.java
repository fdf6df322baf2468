package dev.signalbox.benchmarks;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.testing.services.RealPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A queue on a database of its own, as durable as it would be in production. */
record DeliverySystem(String name, Database database, DeliveryQueue queue, AutoCloseable place)
        implements AutoCloseable {

    /** On a server that is closed with it. */
    static DeliverySystem postgresql(RealPostgres server) {
        Database database = Database.open(DatabaseConfig.of(server.freshDatabase()));
        return new DeliverySystem("signalbox-postgresql", database, DeliveryQueue.on(database), server);
    }

    static DeliverySystem sqlite() throws IOException {
        Path folder = Files.createTempDirectory("signalbox-bench");
        Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("queue.db")));
        return new DeliverySystem("signalbox-sqlite", database, DeliveryQueue.on(database), () -> delete(folder));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }

    boolean hasWriteAheadLog() {
        return database.dialect() == Dialect.POSTGRESQL;
    }

    /** How many bytes PostgreSQL has written to its log so far. */
    long logBytes() {
        return database.autoCommit(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Closes the place also where the database fails to close. */
    @Override
    public void close() {
        Opened parts = new Opened();
        var _ = parts.opening(place);
        var _ = parts.opening(database);
        parts.close();
    }
}
