package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Inserts new messages on SQLite. Works in the transaction of its connection. */
record SqliteMessages(Rows rows, Ledger ledger) {
    private static final String INSERT = """
            insert into delivery_message (id, accepted_at, due_at, not_before, expires_at, priority, max_attempts, steps,
                                          body, headers, dedupe_key, traceparent, tags, metadata, dedupe_window,
                                          time_zone, quiet_hours)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict do nothing
            """;

    private static final String INSERT_TAG = "insert into delivery_tag (tag, id) values (?, ?)";

    Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        Set<UUID> fresh = new HashSet<>();
        List<Ticket> tickets = new ArrayList<>();
        List<Map.Entry<String, UUID>> tags = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (Reach reach : reaches) {
                Ticket ticket = Ticket.first(reach, now);
                bind(statement, reach, ticket, now);
                if (statement.executeUpdate() == 1) {
                    fresh.add(reach.id());
                    tickets.add(ticket);
                    reach.labels().tags().forEach(tag -> tags.add(Map.entry(tag, reach.id())));
                }
            }
        }
        Ledger.batch(connection, INSERT_TAG, tags, (statement, tag) -> {
            statement.setString(1, tag.getKey());
            rows.bind(statement, 2, tag.getValue());
        });
        ledger.queue(connection, tickets, now);
        return fresh;
    }

    private void bind(PreparedStatement statement, Reach reach, Ticket ticket, long now) throws SQLException {
        rows.bind(statement, 1, reach.id());
        statement.setLong(2, now);
        statement.setLong(3, ticket.runAt());
        Rows.bindTime(statement, 4, Micros.of(reach.at()));
        Rows.bindTime(statement, 5, Micros.of(reach.expiresAt()));
        statement.setInt(6, reach.priority());
        statement.setInt(7, reach.maxAttempts());
        statement.setString(8, Rows.write(reach.steps()));
        statement.setString(9, reach.body());
        statement.setString(10, Rows.write(reach.headers()));
        statement.setString(11, reach.dedupeKey().orElse(null));
        statement.setString(12, reach.traceparent().orElse(null));
        statement.setString(13, Rows.writeTags(reach.labels().tags()));
        statement.setString(14, Rows.write(reach.labels().metadata()));
        Rows.bindTime(statement, 15, reach.dedupeWindow().map(Micros::of).orElse(Micros.NONE));
        statement.setString(16, Rows.zone(reach.recipientTime()));
        statement.setString(17, Rows.hours(reach.recipientTime()));
    }
}
