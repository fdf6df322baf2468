package dev.signalbox.session.postgres;

import dev.signalbox.session.bus.EventId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.PGConnection;

/** One statement with its arguments, bound from left to right. For one thread. */
final class Query implements AutoCloseable {
    @FunctionalInterface
    interface Row<R> {
        R read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    private Query(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    static Query of(Connection connection, String sql) throws SQLException {
        return new Query(connection, connection.prepareStatement(sql));
    }

    Query with(long value) throws SQLException {
        statement.setLong(++index, value);
        return this;
    }

    Query with(String value) throws SQLException {
        statement.setString(++index, value);
        return this;
    }

    Query with(UUID value) throws SQLException {
        statement.setObject(++index, value);
        return this;
    }

    /** Two arguments: the offset and the batch. Null for what is unknown of it. */
    Query with(Optional<EventId> id) throws SQLException {
        statement.setObject(++index, id.map(EventId::offset).orElse(null), Types.BIGINT);
        statement.setObject(
                ++index, id.filter(EventId::isIdentified).map(EventId::batch).orElse(null), Types.OTHER);
        return this;
    }

    Query with(byte[] value) throws SQLException {
        statement.setBytes(++index, value);
        return this;
    }

    Query with(String[] values) throws SQLException {
        return array("text", values);
    }

    Query with(long[] values) throws SQLException {
        return array("int8", values);
    }

    Query with(byte[][] values) throws SQLException {
        return array("bytea", values);
    }

    private Query array(String type, Object values) throws SQLException {
        statement.setArray(++index, connection.unwrap(PGConnection.class).createArrayOf(type, values));
        return this;
    }

    <R> List<R> list(Row<R> row) throws SQLException {
        List<R> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(row.read(result));
            }
        }
        return rows;
    }

    /** The only number of the only row. */
    long number() throws SQLException {
        return list(row -> row.getLong(1)).getFirst();
    }

    /** How many rows it changed. */
    int run() throws SQLException {
        return statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
