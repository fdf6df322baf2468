package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values stand in the tables of one dialect. */
final class Rows {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final boolean nativeUuid;

    Rows(Dialect dialect) {
        nativeUuid = dialect == Dialect.POSTGRESQL;
    }

    void bind(PreparedStatement statement, int index, UUID id) throws SQLException {
        if (nativeUuid) {
            statement.setObject(index, id);
        } else {
            statement.setBytes(index, bytes(id));
        }
    }

    UUID id(ResultSet row, String column) throws SQLException {
        if (nativeUuid) {
            return row.getObject(column, UUID.class);
        }
        ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(column));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static void bindTime(PreparedStatement statement, int index, long micros) throws SQLException {
        if (micros == Micros.NONE) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, micros);
        }
    }

    static String write(List<Step> steps) {
        return steps.size() == 1
                ? steps.getFirst().toString()
                : steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }

    static List<Step> readSteps(String text) {
        return text.indexOf('\n') < 0
                ? List.of(Step.parse(text))
                : Arrays.stream(text.split("\n", -1)).map(Step::parse).toList();
    }

    static @Nullable String write(Map<String, String> headers) {
        return headers.isEmpty() ? null : JSON.writeValueAsString(headers);
    }

    static Map<String, String> readHeaders(@Nullable String text) {
        return text == null ? Map.of() : JSON.readValue(text, HEADERS);
    }

    /** Reads the columns that ready, later and claims share; the lane and the order come from elsewhere in some. */
    Ticket ticket(ResultSet row, Channel lane, long runAt) throws SQLException {
        return new Ticket(
                id(row, "id"),
                lane,
                row.getInt("priority"),
                runAt,
                row.getInt("step"),
                row.getInt("attempt"),
                row.getInt("tried"),
                row.getLong("deadline"),
                row.getLong("unsure_since"));
    }

    /** Reads a row of the messages. */
    Reach reach(ResultSet row) throws SQLException {
        return new Reach(
                id(row, "id"),
                readSteps(row.getString("steps")),
                row.getString("body"),
                readHeaders(row.getString("headers")),
                Optional.ofNullable(row.getString("dedupe_key")),
                row.getInt("priority"),
                Micros.optional(row.getLong("not_before")),
                Micros.optional(row.getLong("expires_at")),
                row.getInt("max_attempts"));
    }

    /** Reads a ticket with the message columns that a claim needs. */
    Claimed claimed(ResultSet row, Channel lane, long runAt) throws SQLException {
        return new Claimed(
                ticket(row, lane, runAt),
                readSteps(row.getString("steps")),
                row.getString("body"),
                readHeaders(row.getString("headers")),
                row.getLong("expires_at"),
                row.getInt("max_attempts"),
                row.getLong("accepted_at"));
    }

    static String placeholders(int n) {
        return "?, ".repeat(n - 1) + "?";
    }
}
