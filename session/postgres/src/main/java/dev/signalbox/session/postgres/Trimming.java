package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Removes the oldest events, some at a time, and what belongs to sessions that are over. It passes over sessions that are being
 * appended to at the moment, so it neither waits nor is waited for long. Thread-safe.
 */
final class Trimming {
    private static final int SESSIONS = 100;
    private static final int EVENTS_EACH = 1_000;

    /**
     * A head may be newer than the events that this statement sees, if somebody appended while it waited for the row. So what it does
     * not see counts as neither kept nor gone: the head is over only if its own time says so.
     */
    private static final String TRIM = """
            with worn as (
                select session, first, last, last_at from session_head
                where last - first >= ? or first_at < ?
                limit ? for update skip locked
            ), kept as (
                select w.session, w.last, w.last_at, k.number, k.at
                from worn w left join lateral (
                    select number, at from session_event e
                    where e.session = w.session and e.number >= w.first
                    and (e.number >= w.first + ? or e.number > w.last - ? and e.at >= ?)
                    order by number limit 1
                ) k on true
            ), gone as (
                delete from session_event e using kept k
                where e.session = k.session and e.number < coalesce(k.number, k.last + 1)
                returning 1
            ), moved as (
                update session_head h set first = k.number, first_at = k.at
                from kept k where h.session = k.session and k.number is not null
            ), over as (
                delete from session_head h using kept k
                where h.session = k.session and k.number is null and k.last_at < ?
                returning h.session
            ), groups as (
                delete from session_group g using over where g.session = over.session
            ), claims as (
                delete from session_claim c using over where c.session = over.session
            )
            select count(*) from gone
            """;

    private static final String FORGET_BATCHES = "delete from session_batch where at < ?";

    private final Database database;
    private final Retention retention;

    Trimming(Database database, Retention retention) {
        this.database = database;
        this.retention = retention;
    }

    long trim(Instant now) {
        return database.autoCommit(connection -> {
            forgetBatches(connection, now.minus(SessionStore.REMEMBERED));
            return retention.isForever() ? 0 : trim(connection, now);
        });
    }

    private static void forgetBatches(Connection connection, Instant before) throws SQLException {
        try (Query query = Query.of(connection, FORGET_BATCHES)) {
            query.with(Micros.of(before)).run();
        }
    }

    private long trim(Connection connection, Instant now) throws SQLException {
        long most = retention.maxEvents().orElse(Long.MAX_VALUE);
        long oldest = retention.maxAge().map(age -> Micros.of(now.minus(age))).orElse(Long.MIN_VALUE);
        try (Query query = Query.of(connection, TRIM)) {
            return query.with(most)
                    .with(oldest)
                    .with(SESSIONS)
                    .with(EVENTS_EACH)
                    .with(most)
                    .with(oldest)
                    .with(oldest)
                    .number();
        }
    }
}
