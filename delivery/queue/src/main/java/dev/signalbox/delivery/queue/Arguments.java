package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Binds one column of many rows as one array, from left to right. */
final class Arguments {
    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    Arguments(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    void longs(long... values) throws SQLException {
        for (long value : values) {
            statement.setLong(++index, value);
        }
    }

    /** {@link Micros#NONE} is bound as null. */
    void time(long micros) throws SQLException {
        Rows.bindTime(statement, ++index, micros);
    }

    void text(String value) throws SQLException {
        statement.setString(++index, value);
    }

    void uuid(UUID value) throws SQLException {
        statement.setObject(++index, value);
    }

    void ints(int value) throws SQLException {
        statement.setInt(++index, value);
    }

    void integer(Optional<Integer> value) throws SQLException {
        statement.setObject(++index, value.orElse(null), Types.INTEGER);
    }

    <T> void uuids(Collection<T> items, Function<T, UUID> column) throws SQLException {
        array("uuid", items.stream().map(column).toArray());
    }

    <T> void texts(Collection<T> items, Function<T, @Nullable String> column) throws SQLException {
        array("text", items.stream().map(column).toArray());
    }

    /** A column that few have: where none has it, no array is sent, and {@code unnest} fills up with nulls. */
    <T> void fewTexts(Collection<T> items, Function<T, @Nullable String> column) throws SQLException {
        boolean used = items.stream().anyMatch(item -> column.apply(item) != null);
        texts(used ? items : List.of(), column);
    }

    <T> void fewTimes(Collection<T> items, ToLongFunction<T> column) throws SQLException {
        boolean used = items.stream().anyMatch(item -> column.applyAsLong(item) != Micros.NONE);
        times(used ? items : List.of(), column);
    }

    <T> void longs(Collection<T> items, ToLongFunction<T> column) throws SQLException {
        array("int8", items.stream().mapToLong(column).toArray());
    }

    <T> void times(Collection<T> items, ToLongFunction<T> column) throws SQLException {
        array(
                "int8",
                items.stream()
                        .mapToLong(column)
                        .mapToObj(micros -> micros == Micros.NONE ? null : micros)
                        .toArray());
    }

    <T> void ints(Collection<T> items, ToIntFunction<T> column) throws SQLException {
        array("int4", items.stream().mapToInt(column).toArray());
    }

    <T> void smalls(Collection<T> items, ToIntFunction<T> column) throws SQLException {
        array("int4", items.stream().mapToInt(column).toArray());
    }

    void array(String type, Object values) throws SQLException {
        statement.setArray(++index, connection.unwrap(PGConnection.class).createArrayOf(type, values));
    }
}
