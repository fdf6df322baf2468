package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Inserts new messages on PostgreSQL, in the transaction of its connection.
 *
 * <p>{@code on conflict do nothing} logs each row once more, to confirm it. So messages without dedupe keys, whose ids are hardly
 * ever known, are first inserted without it: many by {@code COPY}, few by a plain {@code INSERT}. Should one be known after all,
 * that is undone, and all are inserted once more, with it.
 */
record PostgresInsertion(Rows rows) {
    private static final String INSERT = """
            with input as (
                select * from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::smallint[], ?::smallint[],
                                     ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                                     ?::text[], ?::bigint[], ?::text[], ?::text[])
                    as t (id, due_at, not_before, expires_at, priority, max_attempts, steps, body, headers, dedupe_key,
                          lane, traceparent, tags, metadata, dedupe_window, time_zone, quiet_hours)
            ), fresh as (
                insert into delivery_message (accepted_at, not_before, expires_at, id, priority, max_attempts,
                                              steps, body, headers, dedupe_key, traceparent, tags, metadata, dedupe_window,
                                              time_zone, quiet_hours)
                select ?, not_before, expires_at, id, priority, max_attempts, steps, body, headers, dedupe_key,
                       traceparent, tags, metadata, dedupe_window, time_zone, quiet_hours
                from input
                on conflict do nothing
                returning id
            ), due as (
                insert into delivery_ready (run_at, id, attempt, priority, step, tried, lane)
                select due_at, id, 0, priority, 0, 0, lane from input join fresh using (id) where due_at <= ?
            ), waiting as (
                insert into delivery_later (run_at, id, attempt, priority, step, tried, lane)
                select due_at, id, 0, priority, 0, 0, lane from input join fresh using (id) where due_at > ?
            )
            select id from fresh
            """;

    /** Where one of them has a tag: those are entered where a search by tag looks. */
    private static final String INSERT_TAGGED = INSERT.replace("select id from fresh", """
            , tagged as (
                insert into delivery_tag (tag, id)
                select t.tag, input.id from input join fresh using (id)
                cross join unnest(string_to_array(input.tags, chr(10))) as t (tag)
            )
            select id from fresh""");

    private static final String ON_CONFLICT = "on conflict do nothing";
    private static final String INSERT_UNKNOWN = INSERT.replace(ON_CONFLICT, "");
    private static final String INSERT_UNKNOWN_TAGGED = INSERT_TAGGED.replace(ON_CONFLICT, "");

    /** Of a message without a dedupe key. */
    private static final String MESSAGE = "accepted_at, not_before, expires_at, id, priority, max_attempts, steps,"
            + " body, headers, traceparent, tags, metadata, time_zone, quiet_hours";

    private static final String TICKET = "run_at, id, attempt, priority, step, tried, lane";

    /** SQLSTATE of a row whose key is there already. */
    private static final String KNOWN = "23505";

    /** Whether these are inserted by several statements, which need a transaction around them. */
    static boolean copies(List<Reach> reaches) {
        return reaches.size() >= BinaryCopy.WORTHWHILE && areWithoutKeys(reaches);
    }

    private static boolean areWithoutKeys(List<Reach> reaches) {
        return reaches.stream().allMatch(reach -> reach.dedupeKey().isEmpty());
    }

    /** As {@link Store#insert} says. */
    Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        boolean alone = connection.getAutoCommit();
        try {
            if (alone && areWithoutKeys(reaches)) {
                return insert(connection, reaches, now, isTagged(reaches) ? INSERT_UNKNOWN_TAGGED : INSERT_UNKNOWN);
            }
            if (!alone && copies(reaches) && BinaryCopy.isFor(connection)) {
                return copyOrUndo(connection, reaches, now);
            }
        } catch (SQLException e) {
            if (!KNOWN.equals(e.getSQLState())) {
                throw e;
            }
        }
        return insert(connection, reaches, now, isTagged(reaches) ? INSERT_TAGGED : INSERT);
    }

    private static boolean isTagged(List<Reach> reaches) {
        return reaches.stream().anyMatch(reach -> !reach.labels().tags().isEmpty());
    }

    private Set<UUID> copyOrUndo(Connection connection, List<Reach> reaches, long now) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            copy(connection, reaches, now);
        } catch (SQLException e) {
            if (KNOWN.equals(e.getSQLState())) {
                connection.rollback(before);
            }
            throw e;
        }
        connection.releaseSavepoint(before);
        Set<UUID> fresh = new HashSet<>();
        reaches.forEach(reach -> fresh.add(reach.id()));
        return fresh;
    }

    private void copy(Connection connection, List<Reach> reaches, long now) throws SQLException {
        BinaryCopy.insert(connection, "delivery_message", MESSAGE, reaches, (out, reach) -> message(out, reach, now));
        Predicate<Ticket> due = ticket -> ticket.runAt() <= now;
        List<Ticket> tickets = tickets(reaches, now);
        List<Ticket> ready = tickets.stream().filter(due).toList();
        List<Ticket> later = tickets.stream().filter(due.negate()).toList();
        BinaryCopy.insert(connection, "delivery_ready", TICKET, ready, PostgresInsertion::ticket);
        BinaryCopy.insert(connection, "delivery_later", TICKET, later, PostgresInsertion::ticket);
        List<Map.Entry<String, UUID>> tags = reaches.stream()
                .flatMap(reach -> reach.labels().tags().stream().map(tag -> Map.entry(tag, reach.id())))
                .toList();
        BinaryCopy.insert(
                connection,
                "delivery_tag",
                "tag, id",
                tags,
                (out, tag) -> out.text(tag.getKey()).uuid(tag.getValue()));
    }

    private void message(BinaryCopy out, Reach reach, long now) {
        out.bigint(now)
                .time(Micros.of(reach.at()))
                .time(Micros.of(reach.expiresAt()))
                .uuid(reach.id())
                .smallint(reach.priority())
                .smallint(reach.maxAttempts())
                .text(Rows.write(reach.steps()))
                .text(rows.body(reach))
                .text(Rows.write(reach.headers()))
                .text(reach.traceparent().orElse(null))
                .text(Rows.writeTags(reach.labels().tags()))
                .text(Rows.write(reach.labels().metadata()))
                .text(Rows.zone(reach.recipientTime()))
                .text(Rows.hours(reach.recipientTime()));
    }

    private static void ticket(BinaryCopy out, Ticket ticket) {
        out.bigint(ticket.runAt())
                .uuid(ticket.id())
                .integer(ticket.attempt())
                .smallint(ticket.priority())
                .smallint(ticket.step())
                .smallint(ticket.tried())
                .text(ticket.lane().name());
    }

    private static List<Ticket> tickets(List<Reach> reaches, long now) {
        return reaches.stream().map(reach -> Ticket.first(reach, now)).toList();
    }

    private Set<UUID> insert(Connection connection, List<Reach> reaches, long now, String sql) throws SQLException {
        List<Ticket> tickets = tickets(reaches, now);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Arguments in = new Arguments(connection, statement);
            in.uuids(reaches, Reach::id);
            in.longs(tickets, Ticket::runAt);
            in.times(reaches, reach -> Micros.of(reach.at()));
            in.times(reaches, reach -> Micros.of(reach.expiresAt()));
            in.smalls(reaches, Reach::priority);
            in.smalls(reaches, Reach::maxAttempts);
            in.texts(reaches, reach -> Rows.write(reach.steps()));
            in.texts(reaches, rows::body);
            in.texts(reaches, reach -> Rows.write(reach.headers()));
            in.texts(reaches, reach -> reach.dedupeKey().orElse(null));
            in.texts(tickets, ticket -> ticket.lane().name());
            in.fewTexts(reaches, reach -> reach.traceparent().orElse(null));
            in.fewTexts(reaches, reach -> Rows.writeTags(reach.labels().tags()));
            in.fewTexts(reaches, reach -> Rows.write(reach.labels().metadata()));
            in.fewTimes(reaches, PostgresInsertion::window);
            in.fewTexts(reaches, reach -> Rows.zone(reach.recipientTime()));
            in.fewTexts(reaches, reach -> Rows.hours(reach.recipientTime()));
            in.longs(now, now, now);
            return PostgresStore.ids(statement);
        }
    }

    private static long window(Reach reach) {
        return reach.dedupeWindow().map(Micros::of).orElse(Micros.NONE);
    }
}
