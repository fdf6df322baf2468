package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.services.RealPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Stores on a real PostgreSQL, each with a pool of its own as on a node of its own. */
final class Postgres {
    private static @Nullable DatabaseConfig used;

    private Postgres() {}

    /** A place without sessions. Emptying the tables of the last test takes a tenth of the time of making them. */
    static synchronized DatabaseConfig empty() {
        if (used == null) {
            used = DatabaseConfig.of(RealPostgres.shared().freshDatabase());
        } else {
            try (Database database = Database.open(used)) {
                database.transact(Postgres::truncate);
            }
        }
        return used;
    }

    private static boolean truncate(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("truncate session_head, session_event, session_batch, session_group");
        }
    }

    /** A node's store; closing it closes the pool. */
    static SessionStore connect(DatabaseConfig config, Retention retention, InstantSource clock) {
        Database database = Database.open(config);
        return closingToo(PostgresSessions.open(database, retention, clock), database);
    }

    private static SessionStore closingToo(SessionStore store, Database database) {
        return (SessionStore) Proxy.newProxyInstance(
                SessionStore.class.getClassLoader(),
                new Class<?>[] {SessionStore.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            database.close();
                        }
                    }
                });
    }
}
