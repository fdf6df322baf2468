package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Counts the ends of messages in their batches, in the transaction that records the outcomes. A batch that is complete is never
 * touched again. {@link PostgresCompletion} does the same in its own statement.
 */
record BatchEnds(Rows rows) {
    private static final String ANY_OPEN = "select 1 as one from delivery_batch where completed_at is null";

    /** SQL Server takes some two thousand parameters. */
    private static final int CHUNK = 1_000;

    private static final String MEMBERS = """
            select m.id, m.batch, m.state from delivery_batch_message m join delivery_batch b on b.id = m.batch
            where b.completed_at is null and m.id in\s""";

    /** MySQL makes the changes in their order, each seeing those before it; so {@code remaining} is changed last. */
    private static final String COUNT_DOWN = """
            update delivery_batch set completed_at = case when remaining = ? then ? end, remaining = remaining - ?
            where id = ? and completed_at is null
            """;

    private static final String COUNT_UP =
            "update delivery_batch set remaining = remaining + 1 where id = ? and completed_at is null";

    private static final String SET_STATE = "update delivery_batch_message set state = ? where id = ? and batch = ?";

    private static final String BATCH_OF =
            "select batch from delivery_batch_message where id = ? and state is not null";

    /** One order for all, so that two transactions wait for one another in one direction only. */
    private static final Comparator<UUID> IN_ORDER = Comparator.comparing(UUID::toString);

    /** An ended message of an open batch. */
    private record Member(UUID batch, Outcome end, boolean wasOpen) {}

    /** Counts those of the outcomes that are ends. */
    void ended(Connection connection, List<Outcome> outcomes) throws SQLException {
        List<Outcome> ends =
                outcomes.stream().filter(outcome -> outcome.state().isFinal()).toList();
        if (ends.isEmpty() || !isAnyOpen(connection)) {
            return;
        }
        Map<UUID, List<Member>> batches = new TreeMap<>(IN_ORDER);
        for (Member member : members(connection, ends)) {
            batches.computeIfAbsent(member.batch(), batch -> new ArrayList<>()).add(member);
        }
        for (Map.Entry<UUID, List<Member>> batch : batches.entrySet()) {
            if (countDown(connection, batch.getKey(), batch.getValue())) {
                setStates(connection, batch.getValue());
            }
        }
    }

    private boolean isAnyOpen(Connection connection) throws SQLException {
        String sql = ANY_OPEN + rows.dialect().limitInAnyOrder(1);
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }

    private List<Member> members(Connection connection, List<Outcome> ends) throws SQLException {
        Map<UUID, Outcome> byId = new HashMap<>();
        ends.forEach(end -> byId.put(end.id(), end));
        List<UUID> ids = List.copyOf(byId.keySet());
        List<Member> members = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += CHUNK) {
            addMembers(connection, ids.subList(from, Math.min(ids.size(), from + CHUNK)), byId, members);
        }
        return members;
    }

    private void addMembers(Connection connection, List<UUID> ids, Map<UUID, Outcome> byId, List<Member> members)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(MEMBERS + "(" + Rows.placeholders(ids.size()) + ")")) {
            int index = 0;
            for (UUID id : ids) {
                rows.bind(statement, ++index, id);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Outcome end = byId.get(rows.id(row, "id"));
                    if (end != null) {
                        members.add(new Member(rows.id(row, "batch"), end, row.getString("state") == null));
                    }
                }
            }
        }
    }

    /** Locks the batch's row; false if it is complete. */
    private boolean countDown(Connection connection, UUID batch, List<Member> members) throws SQLException {
        int ended = (int) members.stream().filter(Member::wasOpen).count();
        long at = members.stream().mapToLong(member -> member.end().at()).max().orElseThrow();
        try (PreparedStatement statement = connection.prepareStatement(COUNT_DOWN)) {
            statement.setInt(1, ended);
            statement.setLong(2, at);
            statement.setInt(3, ended);
            rows.bind(statement, 4, batch);
            return statement.executeUpdate() == 1;
        }
    }

    private void setStates(Connection connection, List<Member> members) throws SQLException {
        Ledger.batch(connection, SET_STATE, members, (statement, member) -> {
            statement.setString(1, member.end().state().name());
            rows.bind(statement, 2, member.end().id());
            rows.bind(statement, 3, member.batch());
        });
    }

    /** A message that had ended goes on: its batch waits for it again, unless it is complete. */
    void reopened(Connection connection, UUID message) throws SQLException {
        Optional<UUID> batch = batchOf(connection, message);
        if (batch.isEmpty() || !countUp(connection, batch.get())) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(SET_STATE)) {
            statement.setString(1, null);
            rows.bind(statement, 2, message);
            rows.bind(statement, 3, batch.get());
            statement.executeUpdate();
        }
    }

    private Optional<UUID> batchOf(Connection connection, UUID message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BATCH_OF)) {
            rows.bind(statement, 1, message);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(rows.id(row, "batch")) : Optional.empty();
            }
        }
    }

    private boolean countUp(Connection connection, UUID batch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COUNT_UP)) {
            rows.bind(statement, 1, batch);
            return statement.executeUpdate() == 1;
        }
    }
}
