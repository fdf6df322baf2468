package dev.signalbox.benchmarks;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.postgres.PostgresSessions;

/** A node's bus on PostgreSQL, with a pool of its own and the settings that one starts with. */
final class SessionNode implements AutoCloseable {
    private final Database database;
    private final SessionBus<byte[]> bus;

    SessionNode(String url) {
        database = Database.open(DatabaseConfig.of(url));
        bus = SessionBus.builder(PostgresSessions.open(database, Retention.FOREVER), Codec.bytes())
                .build();
    }

    SessionBus<byte[]> bus() {
        return bus;
    }

    @Override
    public void close() {
        bus.close();
        database.close();
    }
}
