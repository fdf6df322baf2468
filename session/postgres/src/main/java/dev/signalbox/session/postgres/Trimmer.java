package dev.signalbox.session.postgres;

import dev.signalbox.session.bus.EpochMicros;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Removes the oldest events, some at a time, and what belongs to sessions that are over. One node does so at a time. It looks at the
 * sessions that this node appended to, and in passing at all others, in the order of their names. Thread-safe.
 */
final class Trimmer {
    private static final int SESSIONS = 1_000;
    private static final int EVENTS_EACH = 1_000;
    /** How many pages of sessions it looks at in vain before it leaves the rest for the next time. */
    private static final int PAGES = 10;
    /** Sessions that were appended to and not looked at yet; beyond it, they are found in passing. */
    private static final int MOST_TOUCHED = 100_000;

    private static final String ALONE =
            "select pg_try_advisory_xact_lock(hashtextextended('signalbox session trim', 0))";

    private static final String PAGE = "select session from session_head where session > ? order by session limit ?";

    /** What is appended meanwhile is not seen, so it is neither kept nor removed here; the head is raised to the last event that was. */
    private static final String TRIM = """
            with known as (
                select w.session, f.number as first, l.number as last, l.at as last_at, l.batch
                from unnest(?::text[]) as w (session)
                left join lateral (
                    select number from session_event where session = w.session order by number limit 1
                ) f on true
                left join lateral (
                    select number, at, batch from session_event where session = w.session order by number desc limit 1
                ) l on true
            ), kept as (
                select w.*, k.number
                from known w left join lateral (
                    select number from session_event e
                    where e.session = w.session and e.number >= w.first
                    and (e.number >= w.first + ? or e.number > w.last - ? and e.at >= ?)
                    order by number limit 1
                ) k on true
                where w.first is not null and k.number is distinct from w.first
            ), emptied as (
                insert into session_head as h (begin, last, last_at, batch, session)
                select first, last, last_at, batch, session from kept where number is null
                on conflict (session) do update
                set last = excluded.last, last_at = excluded.last_at, batch = excluded.batch
            ), gone as (
                delete from session_event e using kept k
                where e.session = k.session and e.number < coalesce(k.number, k.last + 1)
                returning 1
            ), over as (
                delete from session_head h using known w
                where w.first is null and h.session = w.session and h.last > 0 and h.last_at < ?
                returning h.session
            ), groups as (
                delete from session_group g using over where g.session = over.session
            )
            select count(*) from gone
            """;

    private static final String FORGET_BATCHES = "delete from session_batch where at < ?";

    private final Connections connections;
    private final Retention retention;
    private final Set<String> touched = new HashSet<>();
    private String passed = "";

    Trimmer(Connections connections, Retention retention) {
        this.connections = connections;
        this.retention = retention;
    }

    synchronized void touch(Collection<String> sessions) {
        if (retention.maxEvents().isPresent() && touched.size() < MOST_TOUCHED) {
            touched.addAll(sessions);
        }
    }

    long trim(Instant now) {
        connections.use(connection -> forgetBatches(connection, now.minus(SessionStore.REMEMBERED)));
        long removed = 0;
        for (int page = 0; page < PAGES && removed == 0 && !retention.isForever(); page++) {
            removed = connections.transact(connection -> isAlone(connection) ? trimSome(connection, now) : 0L);
            if (passed.isEmpty()) {
                return removed;
            }
        }
        return removed;
    }

    private static int forgetBatches(Connection connection, Instant before) throws SQLException {
        try (Query query = Query.of(connection, FORGET_BATCHES)) {
            return query.with(EpochMicros.of(before)).run();
        }
    }

    private static boolean isAlone(Connection connection) throws SQLException {
        try (Query query = Query.of(connection, ALONE)) {
            return query.list(row -> row.getBoolean(1)).getFirst();
        }
    }

    private synchronized long trimSome(Connection connection, Instant now) throws SQLException {
        Set<String> sessions = someTouched();
        List<String> page = page(connection);
        sessions.addAll(page);
        long removed = trim(connection, sessions, now);
        if (removed == 0) {
            passed = page.size() < SESSIONS ? "" : page.getLast();
        } else {
            touch(sessions); // There may be more.
        }
        return removed;
    }

    private Set<String> someTouched() {
        Set<String> some = new HashSet<>();
        Iterator<String> next = touched.iterator();
        while (next.hasNext() && some.size() < SESSIONS) {
            some.add(next.next());
            next.remove();
        }
        return some;
    }

    private List<String> page(Connection connection) throws SQLException {
        try (Query query = Query.of(connection, PAGE)) {
            return query.with(passed).with(SESSIONS).list(row -> row.getString(1));
        }
    }

    private long trim(Connection connection, Set<String> sessions, Instant now) throws SQLException {
        long oldest =
                retention.maxAge().map(age -> EpochMicros.of(now.minus(age))).orElse(Long.MIN_VALUE);
        try (Query query = Query.of(connection, TRIM)) {
            return query.with(sessions.toArray(String[]::new))
                    .with(EVENTS_EACH)
                    .with(retention.maxEvents().orElse(Long.MAX_VALUE))
                    .with(oldest)
                    .with(oldest)
                    .number();
        }
    }
}
