package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Finds the reaches that stand in place of those which were not new, and in what they differ. It is asked only after an
 * insert found the id or dedupe key taken, so new reaches pay nothing for it. Works in the transaction of its connection.
 */
final class Precedents {
    /** How far apart the distances of two relative times may be: the moments they were resolved at are not exact. */
    private static final long SLACK = Micros.of(Duration.ofSeconds(5));

    private static final int CHUNK = 200;

    private final Rows rows;

    Precedents(Rows rows) {
        this.rows = rows;
    }

    /** @param priority as its caller asked, whatever an operator has made of it */
    private record Precedent(Reach reach, int priority, long acceptedAt) {}

    /** The receipts of reaches that are not new, in their order. */
    List<Receipt> receipts(Connection connection, List<Reach> offered, long now) throws SQLException {
        List<Receipt> receipts = new ArrayList<>(offered.size());
        for (int from = 0; from < offered.size(); from += CHUNK) {
            List<Reach> chunk = offered.subList(from, Math.min(offered.size(), from + CHUNK));
            Map<Object, Precedent> found = find(connection, chunk);
            for (Reach reach : chunk) {
                receipts.add(receipt(found, reach, now));
            }
        }
        return receipts;
    }

    /** The id counts before the dedupe key: who gives a known id means that reach. */
    private static Receipt receipt(Map<Object, Precedent> found, Reach offered, long now) throws SQLException {
        Precedent first = found.get(offered.id());
        if (first == null) {
            first = offered.dedupeKey().map(found::get).orElse(null);
        }
        if (first == null) {
            throw new SQLException("a message conflicts with another that this transaction cannot see");
        }
        return new Receipt(first.reach().id(), true, differing(first, offered, now));
    }

    private static List<String> differing(Precedent first, Reach offered, long now) {
        Reach reach = first.reach();
        List<String> differing = new ArrayList<>();
        note(differing, "steps", reach.steps().equals(offered.steps()));
        // Nobody knows any more what a body was that has been removed.
        boolean redacted = reach.body().equals(Reach.REDACTED_BODY);
        note(differing, "body", redacted || reach.body().equals(offered.body()));
        note(differing, "headers", reach.headers().equals(offered.headers()));
        RecipientTime time = reach.recipientTime();
        note(
                differing,
                "timeZone",
                time.timeZone().equals(offered.recipientTime().timeZone()));
        note(
                differing,
                "quietHours",
                time.quietHours().equals(offered.recipientTime().quietHours()));
        note(differing, "tags", reach.labels().tags().equals(offered.labels().tags()));
        note(
                differing,
                "metadata",
                reach.labels().metadata().equals(offered.labels().metadata()));
        note(differing, "dedupeKey", reach.dedupeKey().equals(offered.dedupeKey()));
        note(differing, "priority", first.priority() == offered.priority());
        note(differing, "at", isSame(Micros.of(reach.at()), first.acceptedAt(), Micros.of(offered.at()), now));
        note(
                differing,
                "expiresAt",
                isSame(Micros.of(reach.expiresAt()), first.acceptedAt(), Micros.of(offered.expiresAt()), now));
        note(differing, "maxAttempts", reach.maxAttempts() == offered.maxAttempts());
        return differing;
    }

    private static void note(List<String> differing, String field, boolean same) {
        if (!same) {
            differing.add(field);
        }
    }

    private static boolean isSame(long one, long acceptedAt, long other, long now) {
        if (one == Micros.NONE || other == Micros.NONE) {
            return one == other;
        }
        return one == other || Math.abs((one - acceptedAt) - (other - now)) <= SLACK;
    }

    /**
     * Frees the dedupe keys of these reaches that another holds beyond its window; false if there are none. Of several nodes that
     * find the same one, one frees it: the others wait for the row, and then see that it is free.
     */
    boolean free(Connection connection, List<Reach> offered, long now) throws SQLException {
        String free = """
                update delivery_message set dedupe_freed_at = ?
                where accepted_at + dedupe_window <= ? and %s
                """.formatted(rows.holdsOneOf(offered.size()));
        try (PreparedStatement statement = connection.prepareStatement(free)) {
            statement.setLong(1, now);
            statement.setLong(2, now);
            int index = 2;
            for (Reach reach : offered) {
                statement.setString(++index, reach.dedupeKey().orElse(null));
            }
            return statement.executeUpdate() > 0;
        }
    }

    /**
     * Those whose dedupe key nobody holds now. Race: without a transaction around it, another call may have freed the key and not
     * inserted its own message yet.
     */
    List<Reach> withoutHolder(Connection connection, List<Reach> offered) throws SQLException {
        String held = "select dedupe_key from delivery_message where " + rows.holdsOneOf(offered.size());
        Set<String> keys = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(held)) {
            int index = 0;
            for (Reach reach : offered) {
                statement.setString(++index, reach.dedupeKey().orElse(null));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    keys.add(row.getString(1));
                }
            }
        }
        return offered.stream()
                .filter(reach -> reach.dedupeKey().filter(keys::contains).isEmpty())
                .toList();
    }

    /** By id and by dedupe key. */
    private Map<Object, Precedent> find(Connection connection, List<Reach> offered) throws SQLException {
        List<UUID> ids = offered.stream().map(Reach::id).distinct().toList();
        List<String> keys = offered.stream()
                .map(Reach::dedupeKey)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        String sql = "select * from delivery_message where id in (" + Rows.placeholders(ids.size()) + ")"
                + (keys.isEmpty()
                        ? ""
                        : " union all select * from delivery_message where " + rows.holdsOneOf(keys.size()));
        Map<Object, Precedent> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 0;
            for (UUID id : ids) {
                rows.bind(statement, ++index, id);
            }
            for (String key : keys) {
                statement.setString(++index, key);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int asked = row.getInt("asked_priority");
                    int priority = row.wasNull() ? row.getInt("priority") : asked;
                    Precedent precedent = new Precedent(rows.reach(row), priority, row.getLong("accepted_at"));
                    found.put(precedent.reach().id(), precedent);
                    if (row.getObject("dedupe_freed_at") == null) {
                        precedent.reach().dedupeKey().ifPresent(key -> found.put(key, precedent));
                    }
                }
            }
        }
        return found;
    }
}
