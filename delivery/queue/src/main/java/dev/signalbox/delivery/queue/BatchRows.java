package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.MessageBatches.Page;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads batches. Works in the transaction of its connection. */
record BatchRows(Rows rows) {
    private static final String SELECT =
            "select id, created_at, total, remaining, completed_at, callback, told_by from delivery_batch";

    private static final String ONE = SELECT + " where id = ?";

    private static final String BELOW = " where created_at <= ? and (created_at < ? or id < ?)";

    private static final String ENDED =
            "select batch, state, count(*) as n from delivery_batch_message where state is not null and batch in ";

    /** The place of a batch in the list: that of its creation. */
    private record Cursor(long createdAt, UUID id) {
        private static final Pattern WRITTEN =
                Pattern.compile("(\\d{1,18})\\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

        static Cursor parse(String text) {
            Matcher parts = WRITTEN.matcher(text);
            Limits.check(parts.matches(), "cursor", "is not one that a list of batches gave");
            return new Cursor(Long.parseLong(parts.group(1)), UUID.fromString(parts.group(2)));
        }

        @Override
        public String toString() {
            return createdAt + "." + id;
        }
    }

    /** The row of a batch, without its ended messages. */
    private record Row(
            UUID id, long createdAt, int total, int open, long completedAt, List<Step> callback, Optional<UUID> told) {
        MessageBatch with(Map<MessageState, Integer> ended) {
            return new MessageBatch(
                    id, Micros.instant(createdAt), total, open, ended, Micros.optional(completedAt), callback, told);
        }
    }

    Optional<MessageBatch> one(Connection connection, UUID id) throws SQLException {
        return one(connection, id, ONE);
    }

    /** Locks its row; empty if another has it locked. */
    Optional<MessageBatch> locked(Connection connection, UUID id) throws SQLException {
        return one(connection, id, rows.dialect().forUpdateSkipLocked(ONE));
    }

    private Optional<MessageBatch> one(Connection connection, UUID id, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            rows.bind(statement, 1, id);
            return withEnded(connection, read(statement)).stream().findFirst();
        }
    }

    /** The newest first. */
    Page page(Connection connection, Optional<String> cursor, int limit) throws SQLException {
        Optional<Cursor> below = cursor.map(Cursor::parse);
        String sql = SELECT + (below.isPresent() ? BELOW : "") + " order by created_at desc, id desc"
                + rows.dialect().limit();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 0;
            if (below.isPresent()) {
                statement.setLong(++index, below.get().createdAt());
                statement.setLong(++index, below.get().createdAt());
                rows.bind(statement, ++index, below.get().id());
            }
            statement.setInt(++index, limit + 1);
            List<Row> found = read(statement);
            List<Row> shown = found.subList(0, Math.min(limit, found.size()));
            return new Page(
                    withEnded(connection, shown),
                    found.size() > limit ? Optional.of(cursor(shown.getLast())) : Optional.empty());
        }
    }

    private static String cursor(Row last) {
        return new Cursor(last.createdAt(), last.id()).toString();
    }

    private List<Row> read(PreparedStatement statement) throws SQLException {
        List<Row> found = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String callback = row.getString("callback");
                boolean told = row.getObject("told_by") != null;
                found.add(new Row(
                        rows.id(row, "id"),
                        row.getLong("created_at"),
                        row.getInt("total"),
                        row.getInt("remaining"),
                        row.getLong("completed_at"),
                        callback == null ? List.of() : Rows.readSteps(callback),
                        told ? Optional.of(rows.id(row, "told_by")) : Optional.empty()));
            }
        }
        return found;
    }

    private List<MessageBatch> withEnded(Connection connection, List<Row> found) throws SQLException {
        Map<UUID, Map<MessageState, Integer>> ended = found.isEmpty()
                ? Map.of()
                : ended(connection, found.stream().map(Row::id).toList());
        return found.stream()
                .map(row -> row.with(ended.getOrDefault(row.id(), Map.of())))
                .toList();
    }

    private Map<UUID, Map<MessageState, Integer>> ended(Connection connection, List<UUID> batches) throws SQLException {
        Map<UUID, Map<MessageState, Integer>> ended = new HashMap<>();
        String sql = ENDED + "(" + Rows.placeholders(batches.size()) + ") group by batch, state";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (UUID batch : batches) {
                rows.bind(statement, ++index, batch);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ended.computeIfAbsent(rows.id(row, "batch"), batch -> new EnumMap<>(MessageState.class))
                            .put(MessageState.valueOf(row.getString("state")), row.getInt("n"));
                }
            }
        }
        return ended;
    }
}
