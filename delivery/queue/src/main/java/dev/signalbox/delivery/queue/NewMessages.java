package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Inserts new messages where a statement cannot return which of its rows were new: on all but PostgreSQL. Works in the transaction
 * of its connection.
 */
record NewMessages(Rows rows, Ledger ledger) {
    private static final String INSERT = """
            insert into delivery_message (id, accepted_at, not_before, expires_at, priority, max_attempts, steps,
                                          body, headers, dedupe_key, traceparent, tags, metadata, dedupe_window,
                                          time_zone, quiet_hours)
            values\s""";

    private static final int COLUMNS = 16;
    private static final String ROW = "(" + Rows.placeholders(COLUMNS) + ")";

    /** How many rows one statement has at most, and how many characters: servers refuse one of several megabytes. */
    private static final int MOST_TOGETHER = 250;

    /** It refuses more than 2,100 parameters, too. */
    private static final int MOST_TOGETHER_ON_SQL_SERVER = 120;

    private static final int MOST_CHARACTERS = 500_000;

    private static final String INSERT_TAG = "insert into delivery_tag (tag, id) values (?, ?)";

    Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        List<Reach> fresh = rows.dialect() == Dialect.SQLITE
                ? oneByOne(connection, reaches, now)
                : inPieces(connection, reaches, now);
        List<Map.Entry<String, UUID>> tags = new ArrayList<>();
        for (Reach reach : fresh) {
            reach.labels().tags().forEach(tag -> tags.add(Map.entry(tag, reach.id())));
        }
        Ledger.batch(connection, INSERT_TAG, tags, (statement, tag) -> {
            statement.setString(1, tag.getKey());
            rows.bind(statement, 2, tag.getValue());
        });
        ledger.queue(
                connection,
                fresh.stream().map(reach -> Ticket.first(reach, now)).toList(),
                now);
        return fresh.stream().map(Reach::id).collect(Collectors.toSet());
    }

    private List<Reach> oneByOne(Connection connection, List<Reach> reaches, long now) throws SQLException {
        List<Reach> fresh = new ArrayList<>();
        String sql = rows.dialect().ifAbsent(INSERT + ROW);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Reach reach : reaches) {
                bind(statement, 0, reach, now);
                if (statement.executeUpdate() == 1) {
                    fresh.add(reach);
                }
            }
        }
        return fresh;
    }

    private List<Reach> inPieces(Connection connection, List<Reach> reaches, long now) throws SQLException {
        int most = rows.dialect() == Dialect.SQLSERVER ? MOST_TOGETHER_ON_SQL_SERVER : MOST_TOGETHER;
        List<Reach> fresh = new ArrayList<>();
        int from = 0;
        int characters = 0;
        for (int i = 0; i < reaches.size(); i++) {
            int more = characters(reaches.get(i));
            if (i - from == most || (i > from && characters + more > MOST_CHARACTERS)) {
                fresh.addAll(together(connection, reaches.subList(from, i), now));
                from = i;
                characters = 0;
            }
            characters += more;
        }
        fresh.addAll(together(connection, reaches.subList(from, reaches.size()), now));
        return fresh;
    }

    /** At most, but for what encryption adds, and without what is never long. */
    private static int characters(Reach reach) {
        int pairs = reach.headers().size() + reach.labels().metadata().size();
        return reach.body().length()
                + Limits.HEADER_VALUE * pairs
                + Limits.ADDRESS * reach.steps().size();
    }

    /**
     * In one statement, which only says how many were new. Unless all were, it is undone, and they are inserted one by one. Those
     * that are alone are so at once.
     */
    private List<Reach> together(Connection connection, List<Reach> reaches, long now) throws SQLException {
        if (reaches.size() <= 1) {
            return oneByOne(connection, reaches, now);
        }
        return insertAll(connection, reaches, now) ? reaches : oneByOne(connection, reaches, now);
    }

    /** All or none; returns whether all. On SQL Server a statement is so by itself, and savepoints cannot be released. */
    private boolean insertAll(Connection connection, List<Reach> reaches, long now) throws SQLException {
        if (rows.dialect() == Dialect.SQLSERVER) {
            return countNew(connection, reaches, now) == reaches.size();
        }
        Savepoint before = connection.setSavepoint();
        if (countNew(connection, reaches, now) == reaches.size()) {
            connection.releaseSavepoint(before);
            return true;
        }
        connection.rollback(before);
        return false;
    }

    private int countNew(Connection connection, List<Reach> reaches, long now) throws SQLException {
        String sql = rows.dialect().ifAbsent(INSERT + (ROW + ", ").repeat(reaches.size() - 1) + ROW);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < reaches.size(); i++) {
                bind(statement, i * COLUMNS, reaches.get(i), now);
            }
            return statement.executeUpdate();
        }
    }

    /** @param before how many parameters there are before those of this row */
    private void bind(PreparedStatement statement, int before, Reach reach, long now) throws SQLException {
        rows.bind(statement, before + 1, reach.id());
        statement.setLong(before + 2, now);
        Rows.bindTime(statement, before + 3, Micros.of(reach.at()));
        Rows.bindTime(statement, before + 4, Micros.of(reach.expiresAt()));
        statement.setInt(before + 5, reach.priority());
        statement.setInt(before + 6, reach.maxAttempts());
        statement.setString(before + 7, Rows.write(reach.steps()));
        statement.setString(before + 8, rows.body(reach));
        statement.setString(before + 9, Rows.write(reach.headers()));
        statement.setString(before + 10, reach.dedupeKey().orElse(null));
        statement.setString(before + 11, reach.traceparent().orElse(null));
        statement.setString(before + 12, Rows.writeTags(reach.labels().tags()));
        statement.setString(before + 13, Rows.write(reach.labels().metadata()));
        Rows.bindTime(
                statement, before + 14, reach.dedupeWindow().map(Micros::of).orElse(Micros.NONE));
        statement.setString(before + 15, Rows.zone(reach.recipientTime()));
        statement.setString(before + 16, Rows.hours(reach.recipientTime()));
    }
}
