package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Something to do on a connection. It must not close it, commit or roll back, and may be run again from its start when
 * the database asks for that (deadlock, serialization failure).
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
}
