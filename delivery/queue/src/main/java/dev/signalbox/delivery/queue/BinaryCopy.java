package dev.signalbox.delivery.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Inserts rows by PostgreSQL's {@code COPY … (format binary)}. It is the one way to insert that logs all rows of a page together:
 * an {@code INSERT} of many rows logs each by itself, which costs about 45 bytes more a row. It cannot pass over rows that conflict
 * with others. It holds at most {@link #PIECE} bytes and one row at a time.
 */
final class BinaryCopy {
    /** Fewer rows are not worth its round trips: a transaction around it, and two of its own. */
    static final int WORTHWHILE = 50;

    /** Writes one row: one call for each column, in their order. */
    @FunctionalInterface
    interface Row<T> {
        void write(BinaryCopy out, T item);
    }

    private static final int PIECE = 65_536;

    /** The signature of the format, its flags, and the length of an extension: both are 0. */
    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private static final short END = -1;
    private static final int NULL = -1;

    private ByteBuffer buffer = ByteBuffer.allocate(PIECE);

    private BinaryCopy() {}

    /** Whether it is the driver's own connection, or a wrapper that gives it out: a caller's may be neither. */
    static boolean isFor(Connection connection) throws SQLException {
        return connection.isWrapperFor(PGConnection.class);
    }

    /** @param columns their names, with commas between them */
    static <T> void insert(Connection connection, String table, String columns, List<T> items, Row<T> row)
            throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        String sql = "copy " + table + " (" + columns + ") from stdin (format binary)";
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            new BinaryCopy().write(copy, (short) columns.split(",", -1).length, items, row);
            copy.endCopy();
        } finally {
            if (copy.isActive()) { // A row could not be written; the connection is of no use until the copy has ended.
                copy.cancelCopy();
            }
        }
    }

    private <T> void write(CopyIn copy, short columns, List<T> items, Row<T> row) throws SQLException {
        buffer.put(HEADER);
        for (T item : items) {
            room(Short.BYTES).putShort(columns);
            row.write(this, item);
            if (buffer.position() >= PIECE) {
                flush(copy);
            }
        }
        room(Short.BYTES).putShort(END);
        flush(copy);
    }

    private void flush(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes))
                    .put(buffer.flip());
        }
        return buffer;
    }

    BinaryCopy smallint(int value) {
        room(Integer.BYTES + Short.BYTES).putInt(Short.BYTES).putShort((short) value);
        return this;
    }

    BinaryCopy integer(int value) {
        room(2 * Integer.BYTES).putInt(Integer.BYTES).putInt(value);
        return this;
    }

    BinaryCopy bigint(long value) {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
        return this;
    }

    /** {@link Micros#NONE} is null. */
    BinaryCopy time(long micros) {
        return micros == Micros.NONE ? nothing() : bigint(micros);
    }

    BinaryCopy uuid(UUID value) {
        room(Integer.BYTES + 2 * Long.BYTES)
                .putInt(2 * Long.BYTES)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits());
        return this;
    }

    BinaryCopy text(@Nullable String value) {
        if (value == null) {
            return nothing();
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
        return this;
    }

    private BinaryCopy nothing() {
        room(Integer.BYTES).putInt(NULL);
        return this;
    }
}
